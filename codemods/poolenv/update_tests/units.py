"""The test functions of a file, each with all the code that runs for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from poolenv.syntax.bindings.expressions import text_of
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.fixtures import FunctionDef, fixture_scope
from poolenv.update_tests.fixtures import autouse
from poolenv.update_tests.tables import parameter_names

Place = tuple[ast.AST, tuple[Scope, ...]]
"""A node with the scopes it stands in, innermost first."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One top-level function or method, or the statements of the module itself."""

    scopes: tuple[Scope, ...]
    """Innermost first: the function, its class, the module."""
    nodes: tuple[ast.AST, ...]
    """What belongs to it: the function with its decorators, or the module's plain statements."""
    inside: tuple[Place, ...]
    """Every node of it with the scopes it stands in, nested functions included."""
    around: tuple[Place, ...]
    """Fixtures, set-up methods, helpers, class decorators and module values that it uses."""

    @property
    def module(self) -> Module:
        """The file it stands in."""
        return self.scopes[0].module

    @property
    def is_function(self) -> bool:
        """A function or method, not the module's own statements."""
        return self.scopes[0].is_function

    def walk_around(self) -> Iterator[Place]:
        """Every node of what the unit uses."""
        for node, scopes in self.around:
            yield from _walk(node, scopes)


def unit_of(
    scopes: tuple[Scope, ...], nodes: tuple[ast.AST, ...], around: tuple[Place, ...]
) -> Unit:
    """A unit of these nodes, walked once."""
    inside = tuple(place for node in nodes for place in _walk(node, scopes))
    return Unit(scopes, nodes, inside, around)


def _walk(node: ast.AST, scopes: tuple[Scope, ...]) -> Iterator[Place]:
    """Every node below one, in the order of the text; any depth of nesting."""
    waiting = [(node, scopes)]
    while waiting:
        current, around = waiting.pop()
        yield current, around
        inner = around
        if isinstance(current, FunctionDef | ast.ClassDef) and current is not around[0].node:
            inner = (around[0].child(current), *around)
        children = list(ast.iter_child_nodes(current))
        waiting += [(child, inner) for child in reversed(children)]


def units_of(program: Program, module: Module) -> Iterator[Unit]:
    """The units of a file: its plain statements first, then each function and method."""
    plain: list[ast.AST] = [
        s for s in module.tree.body if not isinstance(s, FunctionDef | ast.ClassDef)
    ]
    yield unit_of((module.scope,), tuple(plain), ())
    yield from _functions(program, module.tree.body, (module.scope,))


def _functions(program: Program, body: list[ast.stmt], scopes: tuple[Scope, ...]) -> Iterator[Unit]:
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _functions(program, statement.body, (scopes[0].child(statement), *scopes))
        elif isinstance(statement, FunctionDef):
            own = (scopes[0].child(statement), *scopes)
            yield unit_of(own, (statement,), tuple(_around(program, statement, own)))
        elif isinstance(statement, ast.If | ast.Try | ast.With):
            for inner in ast.iter_child_nodes(statement):
                if isinstance(inner, FunctionDef | ast.ClassDef):
                    yield from _functions(program, [inner], scopes)


def _around(
    program: Program, function: ast.FunctionDef | ast.AsyncFunctionDef, scopes: tuple[Scope, ...]
) -> Iterator[Place]:
    used = [tuple(found) for found in autouse(program, scopes)]
    wanted = [(name, scopes) for name in (*parameter_names(scopes[0]), *_asked(function, scopes))]
    seen: set[str] = set()
    while wanted:
        name, where = wanted.pop()
        found = None if name in seen else fixture_scope(program, name, where)
        seen.add(name)
        if found is not None:
            used.append(tuple(found))
            wanted += [(each, tuple(found)) for each in parameter_names(found[0])]
    yield from ((found[0].node, found[1:]) for found in dict.fromkeys(used) if found[1:])
    for position, scope in enumerate(scopes[1:], start=1):
        if isinstance(scope.node, ast.ClassDef):
            for decorator in scope.node.decorator_list:
                yield decorator, scopes[position + 1 :]
    yield from _module_names((function, *(found[0].node for found in used)), scopes[-1])


def _asked(
    function: ast.FunctionDef | ast.AsyncFunctionDef, scopes: tuple[Scope, ...]
) -> Iterator[str]:
    """Fixtures named by ``usefixtures`` on the function, its class, or the file."""
    places: list[ast.AST] = list(function.decorator_list)
    for scope in scopes[1:]:
        if isinstance(scope.node, ast.ClassDef):
            places += scope.node.decorator_list
        for binding in scope.bindings.get("pytestmark", ()):
            places.append(binding.node)
    for place in places:
        for node in ast.walk(place):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "usefixtures":
                yield from (name for argument in node.args if (name := text_of(argument)))


def _module_names(nodes: tuple[ast.AST, ...], module_scope: Scope) -> Iterator[Place]:
    """Module values and helper functions that these nodes name, helpers' own names included."""
    seen: set[str] = set()
    queue = list(nodes)
    while queue:
        node = queue.pop()
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        for name in sorted((names & set(module_scope.bindings)) - seen):
            seen.add(name)
            for binding in module_scope.bindings[name][-1:]:
                if binding.kind in ("assign", "def"):
                    yield binding.node, (module_scope,)
                    queue.append(binding.node)
