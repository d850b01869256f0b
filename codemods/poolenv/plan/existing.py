"""The variables that a repository reads already, by which new reads are named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from poolenv.catalogue.possibilities import number
from poolenv.model import Remark, Role, Site
from poolenv.plan.labels import label
from poolenv.plan.named import Unit, Values, text_of


@dataclass(frozen=True, slots=True)
class Existing:
    """All sites with the defaults they will have, and what their variables have today."""

    sites: tuple[Site, ...]
    before: Mapping[str, Values]
    operands: frozenset[str] = frozenset()
    """Variables that calculations read (``WEB_CONCURRENCY + 1``), so they set no argument."""


def defaults_of(reading: Iterable[Site]) -> dict[str, Values]:
    """The defaults of each variable that sites read; a read without one says nothing."""
    found: dict[str, Values] = {}
    for site in reading:
        if site.env is not None and site.source is not None and not site.in_test:
            values = found.get(site.env, frozenset())
            found[site.env] = values | {text_of(number(site.value))}
    return found


def taken(found: Mapping[str, list[Site]]) -> dict[str, tuple[str, Values]]:
    """The variables that are read already, with their families and defaults."""
    taken: dict[str, tuple[str, Values]] = {}
    for of_family, sites in found.items():
        for site in sites:
            if site.env is not None:
                _, values = taken.get(site.env, (of_family, frozenset[str]()))
                taken[site.env] = (of_family, values | {text_of(site.value)})
    return taken


def shared_name(of_family: str, found: Mapping[str, list[Site]]) -> str:
    """The repository's own variable for a family, the one that most sites read.

    Not one that another family reads, too: a minimum that is bounded by ``MAX_CONNECTIONS``.
    """
    others = {s.env for family, sites in found.items() if family != of_family for s in sites}
    counted = Counter(site.env for site in found.get(of_family, ()) if site.env is not None)
    if of_family in counted:
        return of_family
    own = Counter({name: many for name, many in counted.items() if name not in others})
    return min(own, key=lambda name: (-own[name], name)) if own else of_family


def spoken_for(unit: Unit, reading: Iterable[Site]) -> str | None:
    """Of several variables for a family the only one that names the unit's class or module.

    ``SUPABASE_POOL_SIZE`` for a default in the class Supabase, beside ``POSTGRES_POOL_SIZE``.
    """
    variables = {site.env for site in reading if site.env is not None}
    if len(variables) < 2:
        return None
    one = unit.first
    path = one.site.source.path if one.site.source is not None else one.site.path
    module = path.removesuffix(".py").rpartition("/")[2]
    for name in (*reversed(one.classes), module):
        words = set(label(name).split("_"))
        named = [variable for variable in variables if words & set(variable.split("_"))]
        if len(named) == 1:
            return named[0]
    return None


def two_names(found: Mapping[str, list[Site]]) -> Iterator[Remark]:
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
