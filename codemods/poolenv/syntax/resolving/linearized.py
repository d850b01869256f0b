"""The order in which Python looks a name up in classes that share a base further up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poolenv.syntax.bindings.reaching import reaching
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.classes import instance_values
from poolenv.syntax.resolving.references import ClassReference, Reference

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver

_DEPTH = 20


def bases_for(resolver: Resolver, scope: Scope, attr: str) -> tuple[Reference, ...]:
    """The bases to look an attribute up in, one after the other with what is above them.

    Where two of them share a base above, the class alone that has the attribute first.
    """
    bases = resolver.bases(scope)
    classes = [base.scope for base in bases if isinstance(base, ClassReference)]
    if len(classes) < 2:
        return bases
    orders = [_order(resolver, one, _DEPTH) for one in classes]
    shared = {id(one) for one in orders[0]}.intersection(*({id(s) for s in o} for o in orders[1:]))
    if not shared:
        return bases
    for above in _merged([*orders, classes]):
        if reaching(above, attr, None)[0] or instance_values(above, attr):
            return (ClassReference(above),)
    return bases


def _order(resolver: Resolver, scope: Scope, depth: int) -> list[Scope]:
    """A class and those above it in the order of look-up (C3)."""
    bases = [b.scope for b in resolver.bases(scope) if isinstance(b, ClassReference)]
    if depth == 0 or not bases:
        return [scope]
    return [scope, *_merged([*(_order(resolver, base, depth - 1) for base in bases), bases])]


def _merged(orders: list[list[Scope]]) -> list[Scope]:
    found: list[Scope] = []
    left = [order for order in orders if order]
    while left:
        heads = (order[0] for order in left)
        first = next((h for h in heads if not any(h in order[1:] for order in left)), left[0][0])
        found.append(first)
        left = [rest for order in left if (rest := [s for s in order if s is not first])]
    return found
