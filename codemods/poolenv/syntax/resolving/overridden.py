"""Calls that a base class makes of a method which its subclasses override."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.kinship import is_below
from poolenv.syntax.resolving.references import (
    ClassReference,
    FunctionReference,
    Instance,
    Reference,
)

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver


def is_overridden(
    resolver: Resolver, reference: Reference, target: Scope, caller: Scope | None
) -> bool:
    """What is called is a method of an object of a base class, which the target overrides.

    ``caller`` is the object's own method that calls it, if one does: a class that has another
    one of its own does not call it.
    """
    match reference:
        case FunctionReference(scope=scope, receiver=Instance(call=None)):
            above, below = scope.parent, target.parent
        case _:
            return False
    if scope.name != target.name or above is None or below is None:
        return False
    if not (above.is_class and below.is_class and is_below(resolver, below, above)):
        return False
    if caller is None:
        return True
    inside = caller.parent
    if inside is not None and inside.is_class and is_below(resolver, below, inside):
        above = inside
    return not _replaced(resolver, below, above, caller.name)


def _replaced(resolver: Resolver, scope: Scope, above: Scope, method: str) -> bool:
    """A class, or one between it and a base, has a method of its own instead of the base's."""
    if scope is above:
        return False
    if replaces(scope, method):
        return True
    bases = [b.scope for b in resolver.bases(scope) if isinstance(b, ClassReference)]
    return any(
        is_below(resolver, base, above) and _replaced(resolver, base, above, method)
        for base in bases
    )


def replaces(scope: Scope, method: str) -> bool:
    """Whether a class has a method of its own that leaves the one of its base alone."""
    own = _uses_of_base(scope, method)
    return own is not None and not own


def keeps_back(scope: Scope, method: str) -> bool:
    """Whether a class has a method of its own that gives its base's none of what it is given."""
    own = _uses_of_base(scope, method)
    return own is not None and all(call is not None and _gives_constants(call) for call in own)


def _uses_of_base(scope: Scope, method: str) -> list[ast.Call | None] | None:
    """Where a class's own method names a method of that name: the calls of it, None for others.

    None where the class has no such method, or something else by its name.
    """
    if method not in scope.uses_of_base:
        own = [binding.node for binding in scope.bindings.get(method, ())]
        found: list[ast.Call | None] | None = None
        if own and all(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in own):
            nodes = [inner for node in own for inner in ast.walk(node)]
            calls = {node.func: node for node in nodes if isinstance(node, ast.Call)}
            named = [n for n in nodes if isinstance(n, ast.Attribute) and n.attr == method]
            found = [calls.get(node) for node in named]
        scope.uses_of_base[method] = found
    return scope.uses_of_base[method]


def _gives_constants(call: ast.Call) -> bool:
    """A call that passes something, and only what is written in it."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return bool(given) and all(isinstance(value, ast.Constant) for value in given)


def is_beside(
    resolver: Resolver,
    inside: Scope | None,
    target: Scope,
    below: Callable[[Scope], Iterable[Scope]],
) -> bool:
    """A class calls a method of ``self`` that it lacks: the target is one of a class joined to it.

    That is a class below it, or another base of one of these; ``below`` gives its subclasses.
    """
    owner = target.parent
    if inside is None or owner is None or not (inside.is_class and owner.is_class):
        return False
    if is_below(resolver, owner, inside):
        return True
    return any(is_below(resolver, one, owner) for one in below(inside))
