"""Most connections of each pool after the change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from poolenv.catalogue.possibilities import most_of
from poolenv.model import Addition, Decision, Pool, PoolChange, PoolKey, Scalar, Span, Verdict
from poolenv.plan.pool_limits import keys_of, lost_of, ways_of
from poolenv.plan.targets import Sinks

_CHANGES = frozenset({Verdict.REWRITE, Verdict.CHANGE_DEFAULT})


def pool_changes(
    pools: Iterable[Pool],
    decisions: Iterable[Decision],
    added: Iterable[Addition],
    sinks: Sinks,
) -> tuple[PoolChange, ...]:
    """Every pool with its most connections before and after.

    A literal changes for all pools that it feeds, also for those whose own site is kept, or
    that the trace lists no site of as another pool has the same one. An added argument is one
    of all pools that the same call opens, those of tests included.
    """
    every, opened = tuple(decisions), tuple(pools)
    extra: dict[Span, dict[str, Scalar]] = {}
    for addition in added:
        if addition.edit is not None and addition.call is not None:
            extra.setdefault(addition.call, {})[addition.argument] = addition.value
    after = _After(every, new_values(every), sinks, uses_of(opened))
    return tuple(_change(pool, after, extra) for pool in opened)


def new_values(decisions: Iterable[Decision]) -> dict[Span, Scalar]:
    """What becomes of each literal that an edit changes."""
    return {
        d.site.source: d.new_value
        for d in decisions
        if d.verdict in _CHANGES and d.edit is not None and d.site.source is not None
    }


def uses_of(pools: Iterable[Pool]) -> dict[PoolKey, set[PoolKey]]:
    """The library's own calls behind each call that opens pools."""
    found: dict[PoolKey, set[PoolKey]] = {}
    for pool in pools:
        for key in ways_of(pool):
            found.setdefault(key, set()).add(keys_of(pool)[-1])
    return found


@dataclass(frozen=True, slots=True)
class _After:
    """What arguments are after the change."""

    decisions: tuple[Decision, ...]
    by_source: dict[Span, Scalar]
    sinks: Sinks
    uses: dict[PoolKey, set[PoolKey]]

    def of(self, pool: Pool, name: str, value: Scalar) -> tuple[Scalar, ...] | None:
        """The values that one of an argument's values becomes; None where it can't be told."""
        alike = [d for d in self.decisions if _same(d.site.value, value)]
        keys = keys_of(pool)
        own = [d for d in alike if d.site.pool in keys and d.site.argument == name]
        own = own or [d for d in alike if d.site.pool in pool.between and d.site.argument == name]
        if own:
            return tuple(dict.fromkeys(self._new(d) for d in own))
        if name not in pool.passed:
            return (value,)
        argument = self.sinks.argument(pool.sink, name)
        listed = [d for d in alike if d.site.role is argument.role]
        for near in (self._of_use(pool, name, listed), _at(pool, listed), listed):
            found = tuple(dict.fromkeys(self._new(d) for d in near))
            if found:
                break
        else:
            return (value,)
        own_default = argument.has_default and _same(argument.default, value)
        unsure = len(found) > 1 or (own_default and len(keys) > 1 and found != (value,))
        return None if unsure else found

    def _of_use(self, pool: Pool, name: str, listed: list[Decision]) -> list[Decision]:
        """Those at another way to the same call of the library."""
        use = keys_of(pool)[-1]
        ways = {key for key, uses in self.uses.items() if use in uses}
        return [d for d in listed if d.site.argument == name and d.site.pool in ways]

    def _new(self, decision: Decision) -> Scalar:
        source = decision.site.source
        if source is not None and source in self.by_source:
            return self.by_source[source]
        return decision.new_value if decision.verdict in _CHANGES else decision.site.value


def _same(one: Scalar, other: Scalar) -> bool:
    return one == other and isinstance(one, bool) is isinstance(other, bool)


def _at(pool: Pool, listed: list[Decision]) -> list[Decision]:
    """Those whose literal begins where a setting stands, which is its own pool."""
    place = (pool.key.path, pool.key.line)
    return [d for d in listed if (s := d.site.source) is not None and (s.path, s.line) == place]


def _change(pool: Pool, of: _After, extra: dict[Span, dict[str, Scalar]]) -> PoolChange:
    lost = set(lost_of(pool))
    after: dict[str, tuple[Scalar, ...]] = {}
    for name, values in pool.arguments.items():
        becomes = [of.of(pool, name, value) for value in values]
        known = [several for several in becomes if several is not None]
        if len(known) < len(becomes):
            lost.add(name)
        after[name] = tuple(dict.fromkeys(v for several in known for v in several))
    if pool.call is not None:
        after.update({name: (value,) for name, value in extra.get(pool.call, {}).items()})
    sink = of.sinks.sink(pool.sink)
    limit = most_of(sink, after, frozenset(lost), pool.pool_class)
    return PoolChange(pool, pool.max_connections, limit.connections, MappingProxyType(after))
