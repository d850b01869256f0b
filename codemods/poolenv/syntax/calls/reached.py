"""Whether an expression refers to a function or class, and whether a receiver goes with it."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.resolving.kinship import is_below
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    FunctionReference,
    Instance,
    Partial,
    Reference,
)
from poolenv.syntax.resolving.resolve import Resolver


def means(resolver: Resolver, hit: Found, target: Scope) -> bool:
    """Whether a node that was found by its name refers to a class or function."""
    assert isinstance(hit.node, ast.expr)
    references = resolver.refer(hit.node, At(hit.scope, hit.stmt))
    kinds = ClassReference | FunctionReference
    return any(isinstance(r, kinds) and r.scope is target for r in references)


def reaches(resolver: Resolver, reference: Reference, target: Scope) -> bool | None:
    """Whether a reference is the target function, and then whether it is bound to a receiver."""
    match reference:
        case FunctionReference(scope=scope, receiver=receiver) if scope is target:
            return receiver is not None
        case Partial(inner=inner):
            return reaches(resolver, inner, target)
        case Instance(scope=scope) if target.name == "__call__" and target.parent is not None:
            if scope is target.parent or is_below(resolver, scope, target.parent):
                return True
    return None


def reached_by_partial(resolver: Resolver, call: ast.Call, at: At, target: Scope) -> bool | None:
    """The same of the function in ``partial(function, …)`` and ``partialmethod(function, …)``."""
    inner = (r.inner for r in resolver.refer(call, at) if isinstance(r, Partial))
    found = [one for r in inner if (one := reaches(resolver, r, target)) is not None]
    if not found:
        return None
    of_method = last_name(call.func) == "partialmethod"
    return of_method or any(found)
