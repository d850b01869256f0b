"""Calls that a base class makes of a method which its subclasses override."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poolenv.syntax.references import ClassReference, FunctionReference, Instance, Reference
from poolenv.syntax.scopes import Scope

if TYPE_CHECKING:
    from poolenv.syntax.resolve import Resolver


def is_overridden(resolver: Resolver, reference: Reference, target: Scope) -> bool:
    """What is called is a method of ``self`` of a base class, which the target overrides."""
    match reference:
        case FunctionReference(scope=scope, receiver=Instance(call=None)):
            above, below = scope.parent, target.parent
        case _:
            return False
    if scope.name != target.name or above is None or below is None:
        return False
    return above.is_class and below.is_class and is_below(resolver, below, above)


def is_below(resolver: Resolver, scope: Scope, above: Scope) -> bool:
    """A class derives from another one of the repository, directly or not."""
    seen: list[Scope] = []
    waiting = [scope]
    while waiting:
        found = [b.scope for b in resolver.bases(waiting.pop()) if isinstance(b, ClassReference)]
        if above in found:
            return True
        waiting.extend(b for b in found if b not in seen)
        seen.extend(found)
    return False
