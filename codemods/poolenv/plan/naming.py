"""Names of environment variables: the repository's own, shared where engines agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from poolenv.model import Policy, Pool, PoolKey, Remark, Site
from poolenv.plan.existing import Existing, defaults_of, shared_name, spoken_for, taken, two_names
from poolenv.plan.labels import apart_from, constant_label, label, with_label
from poolenv.plan.named import Named, Unit, Values, place_of, units_of
from poolenv.plan.servers import Servers
from poolenv.plan.targets import Sinks


@dataclass(slots=True)
class Names:
    """The names given so far, each with the family and the defaults it has."""

    pools: Mapping[PoolKey, Pool]
    before: Mapping[str, Values]
    """The variables that the repository reads, with their defaults of today."""
    operands: frozenset[str]
    """Those that only calculations read: no argument joins them."""
    used: dict[str, tuple[str, Values]] = field(default_factory=dict)
    given: dict[Site, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def give(self, unit: Unit, name: str) -> None:
        """Name all sites of a unit."""
        self.given.update({one.site: name for one in unit.members})
        if len(unit.values) > 1:
            values = " and ".join(sorted(unit.values))
            site = unit.first.site
            text = f"{name} sets {site.argument} in every branch; unset, it is {values}"
            self.remarks.append(Remark(site.path, site.line, text))

    def give_own(self, unit: Unit, shared: str, of_family: str, variable: str) -> None:
        """Name a unit after its engine, as another engine's default differs."""
        candidates = self._own(unit, shared, variable)
        numbered = (f"{candidates[-1]}_{number}" for number in range(2, 10_000))
        wanted = (of_family, unit.values)
        alike = [n for n in candidates if self.used.get(n) == wanted]
        name = next(
            n
            for n in chain(alike, candidates, numbered)
            if self.used.get(n, wanted) == wanted and self.may_join(unit, n)
        )
        self.used[name] = wanted
        self.give(unit, name)
        self.remarks.append(_set_apart(unit, name, shared, alike=self.used.get(shared) == wanted))

    def agrees(self, unit: Unit, name: str) -> bool:
        """A variable of the repository has the unit's defaults, today's and the new ones."""
        return unit.values <= self.used[name][1] and self.may_join(unit, name)

    def may_join(self, unit: Unit, name: str) -> bool:
        """Whoever sets a variable today meant a value like this one: a probe's 1 is no 200.

        An argument that is added may also take a variable whose default is the wanted one.
        """
        if name in self.operands:
            return False
        today = self.before.get(name)
        if not today or unit.before <= today:
            return True
        return unit.first.site.source is None and unit.values <= today

    def _own(self, unit: Unit, shared: str, variable: str) -> list[str]:
        """Names after the literal, the engine, its module, its folder: the first leads."""
        one = unit.first
        pool = self.pools.get(one.site.pool)
        near = [
            constant_label(one.constant or "", variable, one.site.argument),
            label(one.owner or (pool.name if pool is not None else None) or ""),
        ]
        parts = reversed(one.site.pool.path.removesuffix(".py").split("/"))
        every = (*near, *map(label, parts))
        speaking = [new for text in every if (new := apart_from(text, shared))]
        names = [with_label(shared, text, variable) for text in dict.fromkeys(speaking)]
        return names or [shared] if any(near) else [shared, *names]


def variable_names(
    wanted: Iterable[Named],
    there: Existing,
    pools: tuple[Pool, ...],
    servers: Servers,
    policy: Policy,
    sinks: Sinks,
) -> tuple[dict[Site, str], tuple[Remark, ...]]:
    """A variable for every site that becomes an environment read, and what to say about them.

    The sites that read a variable already give the names and defaults to agree with.
    """
    by_family: dict[str, list[Named]] = {}
    for one in wanted:
        by_family.setdefault(servers.family(one.site, policy, sinks), []).append(one)
    reading = [site for site in there.sites if site.env is not None and not site.in_test]
    found: dict[str, list[Site]] = {}
    for site in reading:
        found.setdefault(servers.family(site, policy, sinks), []).append(site)
    names = Names({pool.key: pool for pool in pools}, there.before, there.operands, taken(found))
    for of_family, members in sorted(by_family.items()):
        argument = sinks.argument(members[0].site.sink, members[0].site.argument)
        shared = shared_name(of_family, found)
        defaults = defaults_of(site for site in reading if site.env == shared).get(shared)
        units = sorted(units_of(members), key=lambda unit: place_of(unit.first))
        agreed = defaults or _most_common(units)
        for unit in units:
            own = spoken_for(unit, found.get(of_family, ()))
            if own is not None and names.agrees(unit, own):
                names.give(unit, own)
        units = [unit for unit in units if unit.first.site not in names.given]
        for unit in units:
            agrees = unit.values == agreed or (defaults and unit.values <= defaults)
            if agrees and names.may_join(unit, shared):
                names.used[shared] = (of_family, unit.values)
                names.give(unit, shared)
        for unit in units:
            if unit.first.site not in names.given:
                names.give_own(unit, shared, of_family, argument.variable)
    return names.given, (*names.remarks, *two_names(found))


def _most_common(units: list[Unit]) -> Values | None:
    """The defaults that more engines have than any others; None where two are as common."""
    counted = Counter(unit.values for unit in units).most_common(2)
    if len(counted) == 2 and counted[0][1] == counted[1][1]:
        return None
    return counted[0][0]


def _set_apart(unit: Unit, name: str, shared: str, *, alike: bool) -> Remark:
    site = unit.first.site
    values = " or ".join(sorted(unit.before if alike else unit.values))
    verb = "was" if alike else "is"
    what = f"{site.argument} {verb} {values} here and something else in another engine"
    if name == shared:
        return Remark(site.path, site.line, f"{what}: {name} sets this one only")
    return Remark(site.path, site.line, f"{what}: {name} sets this one, {shared} does not")
