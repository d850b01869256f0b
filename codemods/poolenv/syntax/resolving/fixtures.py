"""pytest fixtures: which functions are fixtures, and which one a parameter's name means."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.expressions import keyword_of, last_name, text_of
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.program import Program

FunctionDef = ast.FunctionDef | ast.AsyncFunctionDef


def is_asked_by_pytest(scope: Scope) -> bool:
    """pytest calls this function with fixtures: a test, or a fixture, also that of a plugin."""
    node, source = scope.node, scope.module.source
    if not isinstance(node, FunctionDef):
        return False
    if source.is_test and node.name.startswith("test"):
        return True
    return fixture_decorator(node) is not None and (source.is_test or "pytest" in source.text)


def fixture_of(program: Program, name: str, scope: Scope) -> Scope | None:
    """The fixture function that gives a function's parameter its value; None where none does."""
    scopes: list[Scope] = []
    around: Scope | None = scope
    while around is not None:
        scopes.append(around)
        around = around.parent
    found = fixture_scope(program, name, tuple(scopes))
    return found[0] if found is not None else None


def fixture_scope(program: Program, name: str, scopes: tuple[Scope, ...]) -> list[Scope] | None:
    """The scopes of the fixture function that ``name`` asks for, innermost first."""
    here = scopes[0].node
    for position, scope in enumerate(scopes):
        if scope.is_function:
            continue
        found = _in(scope, name, here)
        if found is not None:
            return [found, *scopes[position:]]
    path = scopes[-1].module.path
    for conftest in conftests(program, path):
        module = program.module(conftest)
        found = _in(module.scope, name, here) if module is not None else None
        if module is not None and found is not None:
            return [found, module.scope]
    return None


def conftests(program: Program, path: str) -> list[str]:
    """The conftest.py files that a test file sees, nearest first."""
    folders = path.split("/")[:-1]
    names = ["/".join([*folders[:n], "conftest.py"]) for n in range(len(folders), -1, -1)]
    return [name for name in names if name in program.snapshot.python]


def fixture_decorator(function: FunctionDef) -> ast.expr | None:
    """The decorator that makes a function a pytest fixture, if there is one."""
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if last_name(called) in ("fixture", "yield_fixture"):
            return decorator
    return None


def parametrized(decorators: list[ast.expr]) -> list[tuple[list[str], ast.expr]]:
    """The argument names and the table of each ``parametrize`` decorator."""
    found: list[tuple[list[str], ast.expr]] = []
    for decorator in decorators:
        match decorator:
            case ast.Call(func=ast.Attribute(attr="parametrize"), args=[names, table, *_]):
                found.append((_names(names), table))
            case ast.Call(func=ast.Attribute(attr="parametrize"), args=[names]):
                argvalues = keyword_of(decorator, "argvalues")
                if argvalues is not None:
                    found.append((_names(names), argvalues))
    return found


def rows_for(scope: Scope, name: str) -> tuple[ast.expr, int | None] | None:
    """The table that ``parametrize`` of a test or its class takes a parameter from.

    With the parameter's place in a row; None where a row is the parameter's value itself.
    """
    holders = [scope]
    if scope.parent is not None and scope.parent.is_class:
        holders.append(scope.parent)
    for holder in holders:
        for names, table in parametrized(getattr(holder.node, "decorator_list", [])):
            if name in names:
                return table, names.index(name) if len(names) > 1 else None
    return None


def is_param(row: ast.expr) -> bool:
    """``pytest.param(…)`` is a row, with an identifier or marks."""
    return isinstance(row, ast.Call) and last_name(row.func) == "param"


def _names(node: ast.expr) -> list[str]:
    written = text_of(node)
    if written is not None:
        return [name.strip() for name in written.split(",") if name.strip()]
    elements = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    return [name for element in elements if (name := text_of(element))]


def _in(scope: Scope, name: str, asking: object) -> Scope | None:
    for bindings in scope.bindings.values():
        for binding in bindings:
            node = binding.node
            if not isinstance(node, FunctionDef) or node is asking:
                continue
            decorator = fixture_decorator(node)
            if decorator is None:
                continue
            if (text_of(keyword_of(decorator, "name")) or node.name) == name:
                return scope.child(node)
    return None
