"""Most connections of each pool after the change."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from poolenv.catalogue.possibilities import most_of
from poolenv.model import Addition, Decision, Pool, PoolChange, PoolKey, Scalar, Verdict
from poolenv.plan.pool_limits import keys_of, lost_of
from poolenv.plan.targets import Sinks

_CHANGES = frozenset({Verdict.REWRITE, Verdict.CHANGE_DEFAULT})


def pool_changes(
    pools: Iterable[Pool],
    decisions: Iterable[Decision],
    added: Iterable[Addition],
    sinks: Sinks,
) -> tuple[PoolChange, ...]:
    """Every pool with its most connections before and after."""
    by_pool: dict[PoolKey, list[Decision]] = {}
    for decision in decisions:
        by_pool.setdefault(decision.site.pool, []).append(decision)
    extra: dict[PoolKey, dict[str, Scalar]] = {}
    for addition in added:
        if addition.edit is not None:
            extra.setdefault(addition.pool, {})[addition.argument] = addition.value
    return tuple(_change(pool, by_pool, extra, sinks) for pool in pools)


def _change(
    pool: Pool,
    by_pool: dict[PoolKey, list[Decision]],
    extra: dict[PoolKey, dict[str, Scalar]],
    sinks: Sinks,
) -> PoolChange:
    keys = keys_of(pool)
    decided = [d for key in keys for d in by_pool.get(key, ())]
    after: dict[str, tuple[Scalar, ...]] = {}
    for name, values in pool.arguments.items():
        becomes = [_new(decided, name, value) for value in values]
        after[name] = tuple(dict.fromkeys(v for several in becomes for v in several))
    for key in keys:
        for name, value in extra.get(key, {}).items():
            after[name] = (value,)
    sink = sinks.sink(pool.sink)
    limit = most_of(sink, after, lost_of(pool), pool.pool_class)
    return PoolChange(pool, pool.max_connections, limit.connections, MappingProxyType(after))


def _new(decided: list[Decision], argument: str, value: Scalar) -> list[Scalar]:
    found = [
        d.new_value if d.verdict in _CHANGES else d.site.value
        for d in decided
        if d.site.argument == argument and d.site.value == value
    ]
    return found or [value]
