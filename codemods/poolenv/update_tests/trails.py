"""Where the object that a test looks at comes from: a module, a call of the test, a file's text."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.fixtures import FunctionDef
from poolenv.update_tests.flow import Flow, Seen
from poolenv.update_tests.modules import Modules
from poolenv.update_tests.tables import strings_in

_TEST_LIBRARIES = frozenset({"pytest", "mock", "pytest_mock", "_pytest", "freezegun", "yaml"})
_DEPTH = 12


@dataclass(slots=True)
class Trail:
    """What lies on the way back from an object."""

    imports: set[str] = field(default_factory=set)
    """Files of the repository that a name on the way is imported from."""
    texts: list[str] = field(default_factory=list)
    """Texts passed on the way: paths and dotted names among them."""
    calls: list[Seen] = field(default_factory=list)
    """Every call on the way."""
    foreign: bool = False
    """It is made by a call of a library that is neither this repository's nor for tests."""


class Trails:
    """Follows objects back through names, calls, fixtures and helpers of the test files."""

    def __init__(self, flow: Flow, modules: Modules) -> None:
        self.flow = flow
        self.modules = modules

    def of(self, seen: Seen) -> Trail:
        """The trail of one expression."""
        trail = Trail()
        for row in seen.rows.values():
            trail.texts += strings_in(row.expr)
        self._walk(seen, trail, {}, 0)
        return trail

    def _walk(self, seen: Seen, trail: Trail, done: dict[int, ast.expr], depth: int) -> None:
        expr = seen.expr
        if depth > _DEPTH or id(expr) in done:
            return
        done[id(expr)] = expr
        match expr:
            case ast.Name():
                self._name(seen, expr, trail, done, depth)
            case ast.Attribute(value=value) | ast.Await(value=value) | ast.Starred(value=value):
                for found in self.flow.values(seen):
                    if found.expr is not expr:
                        self._walk(found, trail, done, depth + 1)
                self._walk(seen.at(value), trail, done, depth + 1)
            case ast.Subscript(value=value):
                self._walk(seen.at(value), trail, done, depth + 1)
            case ast.Call():
                self._call(seen, expr, trail, done, depth)
            case ast.Constant() | ast.BinOp(op=ast.Div()):
                trail.texts += strings_in(expr)

    def _call(
        self, seen: Seen, call: ast.Call, trail: Trail, done: dict[int, ast.expr], depth: int
    ) -> None:
        trail.calls.append(seen)
        trail.texts += strings_in(call)
        trail.foreign |= _calls_foreign(seen, call)
        self._walk(seen.at(call.func), trail, done, depth + 1)
        for argument in (*call.args, *(k.value for k in call.keywords)):
            self._walk(seen.at(argument), trail, done, depth + 1)

    def _name(
        self, seen: Seen, name: ast.Name, trail: Trail, done: dict[int, ast.expr], depth: int
    ) -> None:
        stepped = False
        for found in self.flow.values(seen):
            if found.expr is not name:
                stepped = True
                self._walk(found, trail, done, depth + 1)
        if stepped:
            return
        for position, scope in enumerate(seen.scopes):
            for binding in scope.bindings.get(name.id, ())[-1:]:
                if isinstance(binding.node, ast.alias):
                    self._import(seen, binding.node, binding.stmt, scope, trail)
                elif isinstance(binding.node, FunctionDef):
                    inner = scope.child(binding.node)
                    for result in results_of(inner):
                        scopes = (inner, *seen.scopes[position:])
                        self._walk(Seen(result, scopes, {}), trail, done, depth + 1)
                return

    def _import(
        self, seen: Seen, alias: ast.alias, stmt: ast.stmt, scope: Scope, trail: Trail
    ) -> None:
        name = alias.asname or alias.name.partition(".")[0]
        for binding in scope.bindings.get(alias.asname or alias.name, scope.bindings.get(name, [])):
            if binding.stmt is stmt:
                trail.imports |= self.modules.imported(seen.module.path, binding)


def results_of(scope: Scope) -> Iterator[ast.expr]:
    """What a function returns or yields."""
    yield from (statement.value for statement in scope.returns if statement.value is not None)
    yield from (value for value, _ in scope.yields)


def _calls_foreign(seen: Seen, call: ast.Call) -> bool:
    """The called name is imported from a third-party library."""
    root: ast.expr = call.func
    while isinstance(root, ast.Attribute):
        root = root.value
    name = root.id if isinstance(root, ast.Name) else ""
    for scope in seen.scopes:
        for binding in scope.bindings.get(name, ())[-1:]:
            alias, stmt = binding.node, binding.stmt
            return isinstance(alias, ast.alias) and _is_foreign(alias, stmt)
    return False


def _is_foreign(alias: ast.alias, stmt: ast.stmt) -> bool:
    """Neither of the standard library nor for tests; the repository's own count by imports."""
    if isinstance(stmt, ast.ImportFrom):
        top = (stmt.module or "").partition(".")[0] if not stmt.level else ""
    else:
        top = alias.name.partition(".")[0]
    return bool(top) and top not in sys.stdlib_module_names and top not in _TEST_LIBRARIES
