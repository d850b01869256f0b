"""What the policy makes of each site's value: set, capped, split over two arguments, or kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from poolenv.catalogue.entry import Argument, Catalogue, Sink
from poolenv.catalogue.limits import minimum_after
from poolenv.catalogue.possibilities import number
from poolenv.model import Action, Policy, Pool, PoolKey, Role, Rule, Scalar, Site


@dataclass(frozen=True, slots=True)
class Target:
    """The default a site gets, and why."""

    value: Scalar
    reason: str | None
    """None: the value stays."""


@dataclass(frozen=True, slots=True)
class Sinks:
    """The catalogue by sink id and argument name."""

    catalogue: Catalogue

    def sink(self, sink_id: str) -> Sink:
        """The sink of an id."""
        return next(s for s in self.catalogue.sinks if s.id == sink_id)

    def argument(self, sink_id: str, name: str) -> Argument:
        """One argument of a sink."""
        return next(a for a in self.sink(sink_id).arguments if a.name == name)


def targets(
    sites: Iterable[Site], pools: tuple[Pool, ...], policy: Policy, sinks: Sinks
) -> Mapping[int, Target]:
    """The target of every site, by position in ``sites``."""
    every = tuple(sites)
    found = {index: own_target(site, policy, sinks) for index, site in enumerate(every)}
    by_pool: dict[PoolKey, list[int]] = {}
    for index, site in enumerate(every):
        by_pool.setdefault(site.pool, []).append(index)
    for pool in pools:
        members = _members(pool, by_pool)
        _split_maximum(pool, members, every, found, policy, sinks)
        _lower_minimum(pool, members, every, found, sinks)
    return found


def _members(pool: Pool, by_pool: Mapping[PoolKey, list[int]]) -> list[int]:
    keys = {pool.key} | ({pool.use} if pool.use is not None else set())
    return [index for key in keys for index in by_pool.get(key, ())]


def matches(rule: Rule, argument: Argument) -> bool:
    """The rule speaks of this argument, by its role or by its own name."""
    return rule.target in (argument.role.value, argument.name)


def own_target(site: Site, policy: Policy, sinks: Sinks) -> Target:
    """What the rules that name the site's own role or argument make of its value."""
    argument = sinks.argument(site.sink, site.argument)
    value = number(site.value)
    result = Target(value, None)
    for rule in policy.rules:
        if rule.action is Action.ENSURE or not matches(rule, argument):
            continue
        if rule.action is Action.SET:
            if rule.value != value or isinstance(rule.value, bool) is not isinstance(value, bool):
                result = Target(rule.value, f"set to {_shown(rule.value)}")
        elif value in argument.version_dependent:
            continue
        elif _is_above(value, rule.value, argument):
            what = "no limit" if value in argument.no_limit else _shown(value)
            result = Target(rule.value, f"{what} is above the cap of {_shown(rule.value)}")
    return result


def _shown(value: Scalar) -> str:
    return str(value)


def _is_above(value: Scalar, cap: Scalar, argument: Argument) -> bool:
    """A value is above a cap; "no limit" is above each, whatever number means it."""
    if not isinstance(cap, int | float) or isinstance(value, bool):
        return False
    if value in argument.no_limit:
        return True
    return isinstance(value, int | float) and value > cap


def _split_maximum(
    pool: Pool,
    members: list[int],
    sites: tuple[Site, ...],
    found: dict[int, Target],
    policy: Policy,
    sinks: Sinks,
) -> None:
    """``cap max=10`` on a pool whose maximum is a sum: overflow is lowered first, then size."""
    sink = sinks.sink(pool.sink)
    cap = next(
        (r.value for r in policy.rules if r.action is Action.CAP and r.target == Role.MAX.value),
        None,
    )
    if not isinstance(cap, int) or len(sink.limit_sum) < 2:
        return
    by_role: dict[Role, list[int]] = {}
    for index in members:
        by_role.setdefault(sites[index].role, []).append(index)
    sizes = [found[i].value for i in by_role.get(Role.SIZE, ())] or list(_default(sink, Role.SIZE))
    size = max((v for v in sizes if isinstance(v, int)), default=0)
    for index in by_role.get(Role.SIZE, ()):
        value = found[index].value
        if _is_above(value, cap, sinks.argument(pool.sink, sites[index].argument)):
            found[index] = Target(cap, f"size + overflow is capped at {cap}: size alone is above")
    left = max(0, cap - min(size, cap))
    for index in by_role.get(Role.OVERFLOW, ()):
        value = found[index].value
        if _is_above(value, left, sinks.argument(pool.sink, sites[index].argument)):
            reason = (
                f"size + overflow is capped at {cap}: overflow is lowered first, {left} is left"
            )
            found[index] = Target(left, reason)


def _default(sink: Sink, role: Role) -> tuple[Scalar, ...]:
    return tuple(a.default for a in sink.arguments if a.role is role and a.has_default)


def _lower_minimum(
    pool: Pool,
    members: list[int],
    sites: tuple[Site, ...],
    found: dict[int, Target],
    sinks: Sinks,
) -> None:
    """A maximum below the minimum raises, so the minimum goes down with it."""
    sink = sinks.sink(pool.sink)
    if sink.min_argument is None:
        return
    maxima = [i for i in members if sites[i].role is Role.MAX and found[i].reason is not None]
    for index in maxima:
        most = found[index].value
        if not isinstance(most, int):
            continue
        for other in members:
            if sites[other].argument != sink.min_argument:
                continue
            least = minimum_after(sink, most, {sink.min_argument: found[other].value})
            if least is not None:
                found[other] = Target(least, f"the maximum is now {most}, a minimum above raises")
