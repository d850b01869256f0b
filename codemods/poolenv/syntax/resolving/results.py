"""What calls give: instances, what functions return, what a few library functions hand back."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from poolenv.syntax.resolving.copies import copied
from poolenv.syntax.resolving.imports import module_reference
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    External,
    Frame,
    FunctionReference,
    Instance,
    Partial,
    Reference,
)

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver

_FRAMES = 6
ATTRIBUTE_READERS = frozenset({"builtins.getattr", "builtins.object.__getattribute__"})
"""Functions that give the attribute of their first argument which the second one names."""
_TRANSPARENT = frozenset({"typing.cast", "functools.wraps", "copy.copy", "copy.deepcopy"})


def result(resolver: Resolver, function: Reference, call: ast.Call, at: At) -> list[Reference]:
    """What calling ``function`` gives."""
    match function:
        case ClassReference(scope=scope):
            return [Instance(scope, call, at)]
        case External():
            return _external_result(resolver, function, call, at)
        case Partial(inner=inner):
            return result(resolver, inner, call, at)
        case FunctionReference():
            return returned(resolver, function, call, at)
        case Instance(scope=scope):
            methods = resolver.member(scope, "__call__", function)
            return [r for m in methods for r in result(resolver, m, call, at)]
    return []


def _external_result(
    resolver: Resolver, function: External, call: ast.Call, at: At
) -> list[Reference]:
    first = call.args[0] if call.args else None
    original = copied([function], call)
    if original is not None:
        return list(resolver.refer(original, at))
    match function.plain:
        case "functools.partial" | "functools.partialmethod" if first is not None:
            return [Partial(inner, call, at) for inner in resolver.refer(first, at)]
        case "importlib.import_module" | "builtins.__import__" | "pytest.importorskip":
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                return module_reference(resolver, first.value, at.scope.module)
        case name if name in ATTRIBUTE_READERS and first is not None and len(call.args) > 1:
            attr = call.args[1]
            if isinstance(attr, ast.Constant) and isinstance(attr.value, str):
                bases = resolver.refer(first, at)
                return [r for base in bases for r in resolver.attribute(base, attr.value)]
            return []
        case "builtins.type" if first is not None and len(call.args) == 1:
            found = resolver.refer(first, at)
            return [ClassReference(r.scope) for r in found if isinstance(r, Instance)]
        case name if name in _TRANSPARENT and call.args:
            return list(resolver.refer(call.args[-1], at))
    return [External(f"{function.name}()", call, at)]


def looked_up_default(call: ast.Call) -> ast.expr | None:
    """What ``options.pop("pool_class", QueuePool)`` gives where nobody says otherwise."""
    match call:
        case ast.Call(
            func=ast.Attribute(attr="get" | "pop" | "setdefault"),
            args=[_, ast.Name() | ast.Attribute() as default],
        ):
            return default
        case ast.Call(
            func=ast.Name(id="getattr"), args=[_, _, ast.Name() | ast.Attribute() as default]
        ):
            return default
    return None


def returned(
    resolver: Resolver, function: FunctionReference, call: ast.Call | None, at: At | None
) -> list[Reference]:
    """What a function of the repository returns (or yields, for fixtures and contexts)."""
    frame = function.frame
    if call is not None and at is not None:
        depth = (at.frame.depth if at.frame else 0) + 1
        if depth > _FRAMES:
            return []
        frame = Frame(call, at, depth, receiver=function.receiver)
    scope = function.scope
    if isinstance(scope.node, ast.Lambda):
        return list(resolver.refer(scope.node.body, At(scope, None, frame)))
    found: list[Reference] = []
    for stmt in scope.returns:
        if stmt.value is not None:
            found.extend(resolver.refer(stmt.value, At(scope, stmt, frame)))
    for value, stmt2 in scope.yields:
        found.extend(resolver.refer(value, At(scope, stmt2, frame)))
    return found
