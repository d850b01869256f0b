"""Names of environment variables: the repository's own, shared where engines agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from poolenv.catalogue.possibilities import number
from poolenv.model import Policy, Pool, PoolKey, Remark, Role, Scalar, Site, Span
from poolenv.plan.labels import apart_from, constant_label, label, with_label
from poolenv.plan.servers import Servers
from poolenv.plan.targets import Sinks

Values = frozenset[str]
"""The defaults of one variable, several where one argument has several literals."""


@dataclass(frozen=True, slots=True)
class Named:
    """One site that needs a variable: its new default, and what its literal is called."""

    site: Site
    value: Scalar
    before: Scalar = None
    """What it is today; the library's default for an argument that is added."""
    owner: str | None = None
    """The class whose attribute the literal is."""
    constant: str | None = None
    """The name that the literal is given to."""


@dataclass(frozen=True, slots=True)
class Unit:
    """The sites that have to have one variable: one argument of one engine."""

    members: tuple[Named, ...]

    @property
    def values(self) -> Values:
        """The defaults of the variable."""
        return frozenset(text_of(one.value) for one in self.members)

    @property
    def before(self) -> Values:
        """What the sites are today, as far as it is known."""
        return frozenset(text_of(m.before) for m in self.members if m.before is not None)

    @property
    def first(self) -> Named:
        """The member that comes first in the repository."""
        return min(self.members, key=_place)


def text_of(value: Scalar) -> str:
    """A default as it is compared: 30 and 30.0 are one, True and 1 are not."""
    whole = isinstance(value, float) and value.is_integer()
    return repr(int(value)) if isinstance(value, float) and whole else repr(value)


@dataclass(frozen=True, slots=True)
class Existing:
    """All sites with the defaults they will have, and what their variables have today."""

    sites: tuple[Site, ...]
    before: Mapping[str, Values]


@dataclass(slots=True)
class Names:
    """The names given so far, each with the family and the defaults it has."""

    pools: Mapping[PoolKey, Pool]
    before: Mapping[str, Values]
    """The variables that the repository reads, with their defaults of today."""
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
        name = next(
            n
            for n in chain(candidates, numbered)
            if self.used.get(n, wanted) == wanted and self.may_join(unit, n)
        )
        self.used[name] = wanted
        self.give(unit, name)
        self.remarks.append(_set_apart(unit, name, shared, alike=self.used.get(shared) == wanted))

    def may_join(self, unit: Unit, name: str) -> bool:
        """Whoever sets a variable today meant a value like this one: a probe's 1 is no 200.

        An argument that is added may also take a variable whose default is the wanted one.
        """
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


def limiting(wanted: list[Named], sinks: Sinks) -> list[Named]:
    """One argument per literal: of several that it feeds, the one that limits the pool first."""
    best: dict[Span | None, int] = {}
    for one in wanted:
        source = one.site.source
        best[source] = min(best.get(source, _NO_LIMIT), _rank(one.site, sinks))
    return [one for one in wanted if _rank(one.site, sinks) == best[one.site.source]]


_NO_LIMIT = 99


def _rank(site: Site, sinks: Sinks) -> int:
    sink = sinks.sink(site.sink)
    order = sink.limit_first or sink.limit_sum or sink.limit_largest
    return order.index(site.argument) if site.argument in order else _NO_LIMIT


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
    names = Names({pool.key: pool for pool in pools}, there.before, _taken(found))
    for of_family, members in sorted(by_family.items()):
        argument = sinks.argument(members[0].site.sink, members[0].site.argument)
        shared = _shared_name(of_family, found)
        defaults = defaults_of(site for site in reading if site.env == shared).get(shared)
        units = sorted(_units(members), key=lambda unit: _place(unit.first))
        agreed = defaults or _most_common(units)
        for unit in units:
            agrees = unit.values == agreed or (defaults and unit.values <= defaults)
            if agrees and names.may_join(unit, shared):
                names.used[shared] = (of_family, unit.values)
                names.give(unit, shared)
        for unit in units:
            if unit.first.site not in names.given:
                names.give_own(unit, shared, of_family, argument.variable)
    return names.given, (*names.remarks, *_two_names(found))


def _place(one: Named) -> tuple[str, int, int, str]:
    return one.site.path, one.site.line, one.site.column, one.site.argument


def _taken(found: Mapping[str, list[Site]]) -> dict[str, tuple[str, Values]]:
    """The variables that are read already, with their families and defaults."""
    taken: dict[str, tuple[str, Values]] = {}
    for of_family, sites in found.items():
        for site in sites:
            if site.env is not None:
                _, values = taken.get(site.env, (of_family, frozenset[str]()))
                taken[site.env] = (of_family, values | {text_of(site.value)})
    return taken


def _units(members: Iterable[Named]) -> list[Unit]:
    """The sites by engine and argument; those that share a literal are one unit, too.

    Branches of one argument are one unit; attributes of two classes are two, as each class is an
    engine of its own.
    """
    keyed: dict[tuple[PoolKey, str, str | None], list[Named]] = {}
    for one in members:
        keyed.setdefault((one.site.pool, one.site.argument, one.owner), []).append(one)
    merged: list[list[Named]] = []
    by_source: dict[Span, list[Named]] = {}
    for group in keyed.values():
        joined = list(group)
        others = [by_source[s] for one in group if (s := one.site.source) in by_source and s]
        for other in others:
            if other in merged:
                merged.remove(other)
                joined += other
        merged.append(joined)
        by_source.update({s: joined for one in joined if (s := one.site.source) is not None})
    return [Unit(tuple(group)) for group in merged]


def _most_common(units: list[Unit]) -> Values | None:
    """The defaults that more engines have than any others; None where two are as common."""
    counted = Counter(unit.values for unit in units).most_common(2)
    if len(counted) == 2 and counted[0][1] == counted[1][1]:
        return None
    return counted[0][0]


def defaults_of(reading: Iterable[Site]) -> dict[str, Values]:
    """The defaults of each variable that sites read; a read without one says nothing."""
    found: dict[str, Values] = {}
    for site in reading:
        if site.env is not None and site.source is not None and not site.in_test:
            values = found.get(site.env, frozenset())
            found[site.env] = values | {text_of(number(site.value))}
    return found


def _shared_name(of_family: str, found: Mapping[str, list[Site]]) -> str:
    """The repository's own variable for a family, the one that most sites read.

    Not one that another family reads, too: a minimum that is bounded by ``MAX_CONNECTIONS``.
    """
    others = {s.env for family, sites in found.items() if family != of_family for s in sites}
    counted = Counter(site.env for site in found.get(of_family, ()) if site.env is not None)
    if of_family in counted:
        return of_family
    own = Counter({name: many for name, many in counted.items() if name not in others})
    return min(own, key=lambda name: (-own[name], name)) if own else of_family


def _set_apart(unit: Unit, name: str, shared: str, *, alike: bool) -> Remark:
    site = unit.first.site
    values = " or ".join(sorted(unit.before if alike else unit.values))
    verb = "was" if alike else "is"
    what = f"{site.argument} {verb} {values} here and something else in another engine"
    if name == shared:
        return Remark(site.path, site.line, f"{what}: {name} sets this one only")
    return Remark(site.path, site.line, f"{what}: {name} sets this one, {shared} does not")


def _two_names(found: Mapping[str, list[Site]]) -> Iterator[Remark]:
    """Several variables that the repository reads for one argument: each is kept and listed."""
    groups: dict[tuple[str, Role], dict[str, Site]] = {}
    for of_family, sites in found.items():
        for site in sites:
            if site.env is not None:
                groups.setdefault((of_family, site.role), {}).setdefault(site.env, site)
    for names in groups.values():
        listed = ", ".join(sorted(names))
        for name, site in sorted(names.items()) if len(names) > 1 else ():
            place = site.source or site
            text = f"{name} is one of {len(names)} variables for {site.argument}: {listed}"
            yield Remark(place.path, place.line, text)
