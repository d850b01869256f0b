"""Which parameters of the repository's functions an argument of a call goes to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.classes import has_decorator
from poolenv.syntax.resolving.references import At, ClassReference, FunctionReference

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver


def receiving(
    resolver: Resolver, call: ast.Call, node: ast.expr, at: At
) -> Iterator[tuple[Scope, str]]:
    """The parameters of functions of the repository that an argument of a call goes to."""
    for reference in resolver.refer(call.func, at):
        match reference:
            case FunctionReference(scope=scope):
                bound = reference.receiver is not None
            case ClassReference(scope=owner):
                made = [b.node for b in owner.bindings.get("__init__", ())]
                if len(made) != 1 or not isinstance(made[0], ast.FunctionDef):
                    continue
                scope, bound = owner.child(made[0]), True
            case _:
                continue
        name = _parameter(scope, call, node, bound=bound)
        if name is not None:
            yield scope, name


def _parameter(scope: Scope, call: ast.Call, node: ast.expr, *, bound: bool) -> str | None:
    parameters = scope.parameters()
    if parameters is None:
        return None
    for keyword in call.keywords:
        if keyword.value is node:
            return keyword.arg
    if node not in call.args or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    positional = [*parameters.posonlyargs, *parameters.args]
    index = call.args.index(node) + int(bound and not has_decorator(scope, "staticmethod"))
    return positional[index].arg if index < len(positional) else None
