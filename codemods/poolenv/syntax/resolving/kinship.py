"""Which classes of the repository derive from which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import ClassReference

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver


def are_related(resolver: Resolver, one: Scope, other: Scope) -> bool:
    """One of two classes is the other, or derives from it."""
    return one is other or is_below(resolver, one, other) or is_below(resolver, other, one)


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
