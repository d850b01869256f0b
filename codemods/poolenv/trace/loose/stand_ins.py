"""What an object of a test stands in for: the mock of ``@patch("app.db.settings")``.

It is a parameter, what ``with patch(…) as mock`` or ``mocker.patch(…)`` gives, or an object that
is handed to ``patch`` or ``monkeypatch.setattr``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.expressions import keyword_of, last_name, text_of
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.resolving.arguments import positional_names
from poolenv.syntax.resolving.imports import module_reference
from poolenv.syntax.resolving.references import At, FunctionReference, ModuleReference, Reference
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.syntax.resolving.results import returned

_RETURNED = "return_value"


def stood_in_for(resolver: Resolver, base: ast.expr, scope: Scope) -> list[Reference]:
    """What an expression of a test's function stands in for; nothing where it is no stand-in."""
    match base:
        case ast.Name(id=name):
            return [r for call in _calls_for(name, scope) for r in replaced(resolver, call, scope)]
        case ast.Attribute(value=inner, attr=attr):
            found = stood_in_for(resolver, inner, scope)
            if attr == _RETURNED:
                return _results(resolver, found)
            return [r for one in found for r in resolver.attribute(one, attr)]
    return []


def handed_in_for(
    resolver: Resolver, made: ast.expr, stmt: ast.stmt, scope: Scope
) -> list[Reference]:
    """What an object stands in for that is made in a statement of a test, maybe for a name."""
    match stmt:
        case ast.Assign(targets=[ast.Name() as name], value=value) if value is made:
            return stood_in_for(resolver, name, scope)
    return [
        reference
        for call in _patches(stmt)
        if made in (new_value(call), keyword_of(call, _RETURNED))
        for reference in replaced(resolver, call, scope)
    ]


def new_value(call: ast.Call) -> ast.expr | None:
    """What a call of ``patch`` or ``setattr`` puts there; None for the mock that it makes."""
    place = 1 if text_of(call.args[0] if call.args else None) is not None else 2
    return call.args[place] if len(call.args) > place else keyword_of(call, "new", "value")


def replaced(resolver: Resolver, call: ast.Call, scope: Scope) -> list[Reference]:
    """What a call of ``patch`` or ``setattr`` replaces; the result where it says what that is."""
    found: list[Reference] = []
    match call.args:
        case [ast.Constant(value=str() as name), *_]:
            found = _named(resolver, name, scope.module)
        case [base, ast.Constant(value=str() as attr), *_]:
            bases = resolver.refer(base, At(scope, None))
            found = [r for one in bases for r in resolver.attribute(one, attr)]
    return _results(resolver, found) if keyword_of(call, _RETURNED) is not None else found


def _named(resolver: Resolver, name: str, importer: Module) -> list[Reference]:
    """What a dotted name means, from the module that its longest beginning names."""
    base, _, attr = name.rpartition(".")
    if not base:
        return []
    module = module_reference(resolver, base, importer)
    if not any(isinstance(r, ModuleReference) for r in module):
        module = _named(resolver, base, importer)
    return [r for one in module for r in resolver.attribute(one, attr)]


def _results(resolver: Resolver, functions: list[Reference]) -> list[Reference]:
    """What functions return."""
    return [
        reference
        for one in functions
        if isinstance(one, FunctionReference)
        for reference in returned(resolver, one, None, None)
    ]


def _calls_for(name: str, scope: Scope) -> Iterator[ast.Call]:
    """The calls of ``patch`` and alike that a name of a function has its stand-in from."""
    node = scope.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    yield from _decorating(name, scope, node.decorator_list)
    for inner in ast.walk(node):
        match inner:
            case ast.withitem(context_expr=ast.Call() as call, optional_vars=ast.Name(id=bound)):
                if bound == name and _is_patch(call) and new_value(call) is None:
                    yield call
            case ast.Assign(targets=[ast.Name(id=bound)], value=ast.Call() as call):
                if bound == name and _is_patch(call) and new_value(call) is None:
                    yield call
            case ast.Call() as call if _is_patch(call):
                for given in (new_value(call), keyword_of(call, _RETURNED)):
                    if isinstance(given, ast.Name) and given.id == name:
                        yield call


def _decorating(name: str, scope: Scope, decorators: list[ast.expr]) -> Iterator[ast.Call]:
    """The decorator that passes a parameter: the last one passes the first."""
    patches = [d for d in reversed(decorators) if isinstance(d, ast.Call) and _is_patch(d)]
    passing = [call for call in patches if new_value(call) is None]
    names = positional_names(scope)
    if scope.parent is not None and scope.parent.is_class:
        names = names[1:]
    if name in names[: len(passing)]:
        yield passing[names.index(name)]


def _patches(stmt: ast.stmt) -> Iterator[ast.Call]:
    for node in ast.walk(stmt):
        if isinstance(node, ast.Call) and _is_patch(node):
            yield node


def _is_patch(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="patch") | ast.Attribute(attr="patch"), attr="object"):
            return True
    return last_name(call.func) in ("patch", "setattr")
