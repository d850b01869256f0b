"""Which parameters of the repository's functions an argument of a call goes to."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.arguments import receiving_parameter
from poolenv.syntax.resolving.references import At, ClassReference, FunctionReference
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
        name = receiving_parameter(call, node, scope, bound=bound)
        if name is not None:
            yield scope, name
