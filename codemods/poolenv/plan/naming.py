"""Names of environment variables: the repository's own, shared where engines agree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from poolenv.model import Policy, Pool, PoolKey, Remark, Role, Scalar, Site
from poolenv.plan.targets import Sinks

_GENERIC = frozenset(
    re.findall(
        r"\w+",
        "engine pool db database async sync session sessions sessionmaker create make get build"
        " connection connections conn client self cls the my base default init new open setup"
        " config settings app main sql sqlalchemy factory local core models model init py src lib",
    )
)


@dataclass(frozen=True, slots=True)
class Named:
    """One site that needs a variable: its source, its new default, its pool."""

    site: Site
    value: Scalar


@dataclass(frozen=True, slots=True)
class Shared:
    """The name that all engines would share, and the defaults it has where it is read already."""

    name: str
    defaults: frozenset[str]


def _set_apart(one: Named, name: str, shared: str) -> Remark:
    what = f"{one.site.argument} is {one.value} here and something else in another engine"
    if name == shared:
        return Remark(one.site.path, one.site.line, f"{what}: {name} sets this one only")
    text = f"{what}: {name} sets this one, {shared} does not"
    return Remark(one.site.path, one.site.line, text)


def variable_names(
    wanted: Iterable[Named],
    sites: Iterable[Site],
    pools: Iterable[Pool],
    policy: Policy,
    sinks: Sinks,
) -> tuple[dict[Site, str], tuple[Remark, ...]]:
    """A variable for every site that becomes an environment read, and what to say about them."""
    every = tuple(sites)
    by_key = {pool.key: pool for pool in pools}
    families: dict[str, list[Named]] = {}
    for one in wanted:
        families.setdefault(_family(one.site, policy, sinks), []).append(one)
    names: dict[Site, str] = {}
    remarks: list[Remark] = []
    taken = {site.env: site.value for site in every if site.env is not None}
    for family, members in sorted(families.items()):
        existing = _existing(family, every, policy, sinks)
        shared = _shared_name(family, existing)
        values = {repr(one.value) for one in members}
        defaults = {repr(v) for v in existing.get(shared, ())}
        if len(values | defaults) == 1 or (not defaults and len(values) == 1):
            names.update({one.site: shared for one in members})
            continue
        apart = dict(_name_apart(members, Shared(shared, frozenset(defaults)), by_key, taken))
        names.update(apart)
        remarks.extend(_set_apart(one, apart[one.site], shared) for one in members)
    remarks.extend(_two_names(every, policy, sinks))
    return names, tuple(remarks)


def _family(site: Site, policy: Policy, sinks: Sinks) -> str:
    sink = sinks.sink(site.sink)
    argument = sinks.argument(site.sink, site.argument)
    prefix = policy.prefix if sink.prefix == "DB" else sink.prefix
    return f"{prefix}_{argument.variable}" if prefix else argument.variable


def _existing(
    family: str, sites: Iterable[Site], policy: Policy, sinks: Sinks
) -> dict[str, list[Scalar]]:
    """The variables the repository already reads for this kind of argument, with defaults."""
    found: dict[str, list[Scalar]] = {}
    for site in sites:
        if site.env is not None and not site.in_test and _family(site, policy, sinks) == family:
            found.setdefault(site.env, []).append(site.value)
    return found


def _shared_name(family: str, existing: Mapping[str, list[Scalar]]) -> str:
    if not existing or family in existing:
        return family
    counted = Counter({name: len(values) for name, values in existing.items()})
    return min(counted, key=lambda name: (-counted[name], name))


def _name_apart(
    members: list[Named], shared: Shared, pools: Mapping[PoolKey, Pool], taken: Mapping[str, Scalar]
) -> Iterator[tuple[Site, str]]:
    """Engines that differ get names of their own; those that agree with the shared one keep it."""
    used: dict[str, str] = {name: repr(value) for name, value in taken.items()}
    for one in sorted(members, key=lambda m: (m.site.path, m.site.line, m.site.column)):
        value = repr(one.value)
        if value in shared.defaults:
            yield one.site, shared.name
            continue
        candidates = _own_names(one.site, shared.name, pools)
        numbered = (f"{candidates[-1]}_{number}" for number in range(2, 10_000))
        name = next(n for n in chain(candidates, numbered) if used.get(n, value) == value)
        used[name] = value
        yield one.site, name


def _own_names(site: Site, shared: str, pools: Mapping[PoolKey, Pool]) -> list[str]:
    """Names after the engine, its module, its folder: the first that says something leads."""
    pool = pools.get(site.pool)
    prefix, _, rest = shared.partition("_")
    labels = [
        _label(pool.name if pool is not None and pool.name is not None else ""),
        *(_label(part) for part in reversed(site.pool.path.removesuffix(".py").split("/"))),
    ]
    speaking = [label for label in labels if label]
    if not labels[0]:
        return [shared, *(f"{prefix}_{label}_{rest}" for label in speaking)]
    return [f"{prefix}_{label}_{rest}" for label in speaking] or [shared]


def _label(name: str) -> str:
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name.rpartition(".")[2])
    parts = [w for w in re.split(r"[^A-Za-z0-9]+", words.lower()) if w and w not in _GENERIC]
    label = "_".join(parts).upper()
    return label if re.fullmatch(r"[A-Z][A-Z0-9_]*", label) else ""


def _two_names(sites: Iterable[Site], policy: Policy, sinks: Sinks) -> Iterable[Remark]:
    found: dict[tuple[str, Role], dict[str, Site]] = {}
    for site in sites:
        if site.env is not None and not site.in_test:
            family = _family(site, policy, sinks)
            found.setdefault((family, site.role), {}).setdefault(site.env, site)
    for names in found.values():
        if len(names) > 1:
            listed = ", ".join(sorted(names))
            for name, site in sorted(names.items()):
                place = site.source.path if site.source else site.path
                line = site.source.line if site.source else site.line
                text = f"{name} is one of {len(names)} variables for {site.argument}: {listed}"
                yield Remark(place, line, text)
