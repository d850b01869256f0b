"""What a module's name is bound to where an edited expression is evaluated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from poolenv.syntax.source.positions import Lines

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Scope = (
    ast.Module
    | ast.ClassDef
    | ast.FunctionDef
    | ast.AsyncFunctionDef
    | ast.Lambda
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
)


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that binds a name in a scope."""

    line: int
    node: ast.AST
    is_import: bool
    """A plain ``import NAME`` or ``import NAME.sub``: the module itself."""
    is_global: bool = False
    """Bound by a function that declares the name ``global``."""


def scopes_at(tree: ast.Module, lines: Lines, start: int, end: int) -> tuple[Scope, ...]:
    """The scopes in which an expression at a range of characters is evaluated, outermost first.

    Decorators, defaults and annotations belong to the scope around their function, and the
    first iterable of a comprehension to the scope around it. An empty range (an insertion)
    that touches the edge of an expression is not inside it.
    """
    found: list[Scope] = [tree]
    node: ast.AST = tree
    while True:
        child = _child_around(node, lines, start, end)
        if child is None:
            return tuple(found)
        if _opens_scope(node, child):
            assert isinstance(node, Scope)
            found.append(node)
        node = child


def _opens_scope(node: ast.AST, child: ast.AST) -> bool:
    if isinstance(node, ast.ClassDef):
        return child in node.body
    if isinstance(node, ast.Lambda):
        return child is node.body
    if isinstance(node, _FUNCTIONS):
        return isinstance(node.body, list) and child in node.body
    if isinstance(node, _COMPREHENSIONS):
        return child is not node.generators[0].iter
    return False


def _child_around(node: ast.AST, lines: Lines, start: int, end: int) -> ast.AST | None:
    for child in _positioned_children(node):
        first, last = lines.range_of(child)
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([first, *(lines.range_of(d)[0] for d in child.decorator_list)])
        if first <= start and end <= last and (start < end or first < start < last):
            return child
    return None


def _positioned_children(node: ast.AST) -> Iterator[ast.expr | ast.stmt | ast.keyword | ast.arg]:
    """Children with positions; those without (``arguments``, ``comprehension``) are seen through.

    A comprehension's clause is seen through to its own children.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.stmt | ast.keyword | ast.arg):
            yield child
        else:
            yield from _positioned_children(child)


def bindings_in(scope: Scope, name: str) -> Iterator[Binding]:
    """Every place of a scope (nested ones left out) that binds or deletes a name."""
    if isinstance(scope, _FUNCTIONS):
        arguments = scope.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
        yield from (Binding(a.lineno, a, False) for a in every if a.arg == name)
    for node in _own_nodes(scope):
        yield from _bound_by(node, name)


def _own_nodes(scope: Scope) -> Iterator[ast.AST]:
    """The nodes evaluated in a scope, without the insides of functions, classes and lambdas."""
    body: list[ast.AST]
    if isinstance(scope, _COMPREHENSIONS):
        body = [generator.target for generator in scope.generators]
    elif isinstance(scope, ast.Lambda):
        body = [scope.body]
    else:
        body = list(scope.body)
    while body:
        node = body.pop()
        yield node
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            body.extend(_evaluated_outside(node))
        elif isinstance(node, _COMPREHENSIONS):
            # Only a walrus leaves a comprehension; its targets are its own.
            body.extend(n for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
        else:
            body.extend(ast.iter_child_nodes(node))


def _evaluated_outside(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef,
) -> Iterator[ast.AST]:
    if isinstance(node, ast.ClassDef):
        yield from (*node.decorator_list, *node.bases, *node.keywords)
        return
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list


def _bound_by(node: ast.AST, name: str) -> Iterator[Binding]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                bound = alias.asname or alias.name.split(".")[0]
                is_module = alias.asname is None or alias.asname == alias.name
                if bound == name:
                    yield Binding(node.lineno, node, is_module)
        case ast.ImportFrom(names=names):
            if any((alias.asname or alias.name) == name for alias in names):
                yield Binding(node.lineno, node, False)
        case ast.Name(id=identifier, ctx=ast.Store() | ast.Del()) if identifier == name:
            yield Binding(node.lineno, node, False)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node.name == name:
            yield Binding(node.lineno, node, False)
        case ast.ExceptHandler(name=identifier) if identifier == name:
            yield Binding(node.lineno, node, False)
        case ast.MatchAs(name=identifier) | ast.MatchStar(name=identifier) if identifier == name:
            yield Binding(node.lineno, node, False)
        case ast.MatchMapping(rest=identifier) if identifier == name:
            yield Binding(node.lineno, node, False)


def declares_global(scope: Scope, name: str) -> bool:
    """Whether a function or class says ``global NAME``."""
    return any(isinstance(n, ast.Global) and name in n.names for n in _own_nodes(scope))


def declares_nonlocal(scope: Scope, name: str) -> bool:
    """Whether a function says ``nonlocal NAME``."""
    return any(isinstance(n, ast.Nonlocal) and name in n.names for n in _own_nodes(scope))


def module_bindings(tree: ast.Module, name: str) -> Iterator[Binding]:
    """What binds a name of the module: its own statements, and functions that say ``global``."""
    yield from bindings_in(tree, name)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and (
            declares_global(node, name)
        ):
            for binding in bindings_in(node, name):
                yield Binding(binding.line, binding.node, binding.is_import, is_global=True)


def always_imports(statement: ast.stmt, name: str) -> bool:
    """Whether a statement binds the module on every way through it."""
    match statement:
        case ast.Import():
            return any(binding.is_import for binding in _bound_by(statement, name))
        case ast.If(body=body, orelse=orelse):
            return _any_imports(body, name) and _any_imports(orelse, name)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=finalbody):
            tried = _any_imports(body, name) or _any_imports(orelse, name)
            handled = all(_any_imports(handler.body, name) for handler in handlers)
            return _any_imports(finalbody, name) or (tried and handled)
    return False


def _any_imports(body: list[ast.stmt], name: str) -> bool:
    return any(always_imports(statement, name) for statement in body)
