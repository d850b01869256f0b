"""Rules for whole pools: a cap on a maximum that is a sum, and the minimum below a maximum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from poolenv.catalogue.entry import Sink
from poolenv.catalogue.limits import minimum_after
from poolenv.model import Action, Policy, Pool, PoolKey, Remark, Role, Scalar, Site, Span
from poolenv.plan.calculations import Calculated
from poolenv.plan.targets import Sinks, Target, is_above


@dataclass(frozen=True, slots=True)
class Members:
    """The sites of one pool, by position, with the targets they share with all others."""

    pool: Pool
    sink: Sink
    sites: tuple[Site, ...]
    indexes: tuple[int, ...]
    found: dict[int, Target]
    calculated: Calculated

    def of(self, *names: str) -> list[int]:
        """The sites of some arguments."""
        return [index for index in self.indexes if self.sites[index].argument in names]

    def in_role(self, role: Role) -> list[int]:
        """The sites of one role; not the operands, which are no values of it."""
        operands = self.calculated.operands
        return [i for i in self.indexes if self.sites[i].role is role and i not in operands]

    def may_change(self, index: int) -> bool:
        """Nothing is calculated with the literal of a site."""
        return index not in self.calculated.held


def members_of(
    pools: Iterable[Pool],
    sites: tuple[Site, ...],
    found: dict[int, Target],
    sinks: Sinks,
    which: Calculated,
) -> list[Members]:
    """The pools with their sites, those of wrappers included.

    The defaults of a wrapper are together, too, as somebody else may call it without arguments.
    """
    by_pool: dict[PoolKey, list[int]] = {}
    for index, site in enumerate(sites):
        by_pool.setdefault(site.pool, []).append(index)
    every = tuple(pools)
    together = [(pool, tuple(_sites_of(pool, sites, by_pool))) for pool in every]
    opened = {pool.key for pool in every}
    inside = {key: pool for pool in every for key in ways_of(pool) if key not in opened}
    for key, pool in inside.items():
        if key in by_pool:
            own = [sites[i] for i in by_pool[key]]
            arguments = {n: tuple(s.value for s in own if s.argument == n) for n in pool.arguments}
            wrapped = {**pool.arguments, **{n: v for n, v in arguments.items() if v}}
            together.append((replace(pool, key=key, arguments=wrapped), tuple(by_pool[key])))
    return [
        Members(pool, sinks.sink(pool.sink), sites, indexes, found, which)
        for pool, indexes in together
    ]


def keys_of(pool: Pool) -> tuple[PoolKey, ...]:
    """The calls at which a pool's sites may be listed: a wrapper's, and the library's own."""
    use, call = pool.use, pool.call
    if use is None and call is not None:
        use = PoolKey(call.path, call.line, call.column)
    return (pool.key,) if use is None or use == pool.key else (pool.key, use)


def ways_of(pool: Pool) -> tuple[PoolKey, ...]:
    """The same with the calls of wrappers inside wrappers between them, from outside in."""
    keys = keys_of(pool)
    return (*keys[:1], *(key for key in pool.between if key not in keys), *keys[1:])


def _sites_of(
    pool: Pool, sites: tuple[Site, ...], by_pool: Mapping[PoolKey, list[int]]
) -> Iterator[int]:
    """The sites of a pool; those inside a wrapper where their value counts.

    A wrapper's default is listed at the call inside, and is another's where the call outside
    passes something else.
    """
    for key in ways_of(pool):
        for index in by_pool.get(key, ()):
            site = sites[index]
            if key == pool.key or site.value in pool.arguments.get(site.argument, ()):
                yield index


def lost_of(pool: Pool) -> frozenset[str]:
    """The arguments that the code passes with a value that can't be known."""
    return pool.lost | (pool.passed - pool.arguments.keys())


def other_classes(pools: Iterable[Pool]) -> Iterator[Remark]:
    """What to say of pools that are of another class in another branch."""
    for pool in pools:
        if pool.other_class is not None and not pool.in_test:
            limit = "has no limit" if pool.other_class == "NullPool" else "has another limit"
            what = f"a {pool.other_class} in another branch, where it {limit}"
            yield Remark(pool.key.path, pool.key.line, what)


def maximum_cap(policy: Policy) -> int | None:
    """The number of ``cap max=N``."""
    for rule in policy.rules:
        if rule.action is Action.CAP and rule.target == Role.MAX.value:
            return rule.value if isinstance(rule.value, int) else None
    return None


def is_number(value: Scalar) -> bool:
    """A whole number that is no flag."""
    return isinstance(value, int) and not isinstance(value, bool)


def effective_maximum(sink: Sink, pool: Pool) -> str | None:
    """The argument that limits a pool where the first of several that is given does."""
    for name in sink.limit_first:
        argument = next(a for a in sink.arguments if a.name == name)
        if name in lost_of(pool) or any(v is not None for v in pool.arguments.get(name, ())):
            return name
        if name not in pool.passed and argument.has_default and argument.default is not None:
            return name
    return None


def split_maximum(one: Members, policy: Policy, sinks: Sinks) -> None:
    """``cap max=10`` where the maximum is a sum: overflow is lowered first, then size."""
    cap = maximum_cap(policy)
    if cap is None:
        return
    if len(one.sink.limit_sum) < 2:
        _cap_effective(one, cap, sinks)
        return
    size = 0
    for index in one.in_role(Role.SIZE):
        _hold_below(
            one, index, cap, f"size + overflow is capped at {cap}: size alone is above", sinks
        )
        value = one.found[index].value
        size = max(size, value if isinstance(value, int) else 0)
    if not one.in_role(Role.SIZE):
        size = max([0, *default_numbers(one.sink, Role.SIZE)])
    left = max(0, cap - size)
    for index in one.in_role(Role.OVERFLOW):
        why = f"size + overflow is capped at {cap}: overflow is lowered first, {left} is left"
        _hold_below(one, index, left, why, sinks)


def _cap_effective(one: Members, cap: int, sinks: Sinks) -> None:
    """A size that is the maximum itself, or a minimum that is as no other is given."""
    effective = effective_maximum(one.sink, one.pool)
    names = (effective,) if effective else (*one.sink.limit_sum, *one.sink.limit_largest)
    for index in one.of(*names):
        argument = sinks.argument(one.pool.sink, one.sites[index].argument)
        if argument.role is not Role.MAX:
            why = f"{argument.name} is the maximum here, which is capped at {cap}"
            _hold_below(one, index, cap, why, sinks)


def _hold_below(one: Members, index: int, most: int, why: str, sinks: Sinks) -> None:
    """Lower a value to what it may be at most, where it is above and may change."""
    argument = sinks.argument(one.pool.sink, one.sites[index].argument)
    if one.may_change(index) and is_above(one.found[index].value, most, argument):
        one.found[index] = Target(most, why)


def default_numbers(sink: Sink, role: Role) -> list[int]:
    """The library's own numbers for a role."""
    defaults = [a.default for a in sink.arguments if a.role is role and a.has_default]
    return [value for value in defaults if isinstance(value, int)]


_LOWERED = "the maximum is now"


def lower_minimum(one: Members, policy: Policy) -> None:
    """A maximum below the minimum raises, so the minimum goes down with it."""
    name = one.sink.min_argument
    maxima = one.in_role(Role.MAX)
    cap = maximum_cap(policy)
    if name is not None and cap is not None and _default_is_above(one, cap):
        _lower(one, name, cap)
        return
    if name is None or not any(one.found[i].reason for i in (*maxima, *one.of(name))):
        return
    lifted = {v for a in one.sink.arguments if a.role is Role.MAX for v in a.no_limit}
    numbers = [v for i in maxima if isinstance(v := one.found[i].value, int) and v not in lifted]
    if not numbers:
        return
    _lower(one, name, min(numbers))


def _default_is_above(one: Members, cap: int) -> bool:
    """The code leaves the maximum to the library, whose own number is above the cap."""
    maxima = [a for a in one.sink.arguments if a.role is Role.MAX and a.has_default]
    given = one.pool.passed | one.pool.lost
    if not maxima or one.pool.in_test or any(a.name in given for a in maxima):
        return False
    return all(is_above(a.default, cap, a) for a in maxima)


def _lower(one: Members, name: str, most: int) -> None:
    for index in one.of(name):
        least = minimum_after(one.sink, most, {name: one.found[index].value})
        if least is not None and one.may_change(index):
            one.found[index] = Target(least, f"{_LOWERED} {most}, a minimum above raises")


def lowest_minimum_where_shared(sites: tuple[Site, ...], found: dict[int, Target]) -> None:
    """A minimum that went down for one pool is as low for every other one that it feeds."""
    lowered: dict[Span, Target] = {}
    for index, target in found.items():
        source = sites[index].source
        if source is None or not (target.reason or "").startswith(_LOWERED):
            continue
        low = lowered.get(source, target).value
        if isinstance(low, int) and isinstance(target.value, int) and target.value <= low:
            lowered[source] = target
    for index, site in enumerate(sites):
        if site.role is Role.MIN and site.source is not None and site.source in lowered:
            found[index] = lowered[site.source]


def hold_maximum(one: Members, refused: Mapping[int, str | None]) -> list[tuple[int, str]]:
    """Maxima that may not be lowered, as a minimum above would stay; each with the reason."""
    name = one.sink.min_argument
    if name is None:
        return []
    stays = [i for i in one.of(name) if refused[i] is not None or not one.may_change(i)]
    fixed = [v for i in stays if isinstance(v := one.sites[i].value, int)]
    held: list[tuple[int, str]] = []
    for index in one.in_role(Role.MAX):
        target = one.found[index]
        if target.reason is None or not isinstance(target.value, int):
            continue
        if name in lost_of(one.pool) and not _bounds(one, index, name):
            held.append((index, f"{name} is not known, and one above the maximum raises"))
        elif any(value > target.value for value in fixed):
            held.append((index, f"{name} is above {target.value} and can't be lowered with it"))
    return held


def _bounds(one: Members, index: int, name: str) -> bool:
    """The minimum is bounded by the maximum's own literal: ``min(keep, max_size)``."""
    source = one.sites[index].source
    return any(
        one.sites[i].source == source and any("min(" in step.text for step in one.sites[i].chain)
        for i in one.of(name)
    )


def lowered_with(one: Members, held: Iterable[int]) -> list[int]:
    """Minima that went down for maxima which are held after all."""
    name = one.sink.min_argument
    if name is None or not any(True for _ in held):
        return []
    return [i for i in one.of(name) if (one.found[i].reason or "").startswith(_LOWERED)]


def lowest_where_shared(sites: tuple[Site, ...], found: dict[int, Target], policy: Policy) -> None:
    """One literal that several pools cap differently gets the lowest of the caps."""
    if any(rule.action is Action.SET for rule in policy.rules):
        return
    by_source: dict[object, list[int]] = {}
    for index, site in enumerate(sites):
        if site.source is not None:
            by_source.setdefault(site.source, []).append(index)
    for indexes in by_source.values():
        numbers = [v for i in indexes if isinstance(v := found[i].value, int)]
        roles = {sites[i].role for i in indexes}
        if len(set(numbers)) < 2 or len(numbers) < len(indexes) or len(roles) > 1:
            continue
        lowest = next(i for i in indexes if found[i].value == min(numbers))
        found.update(dict.fromkeys(indexes, found[lowest]))
