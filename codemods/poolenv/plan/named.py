"""The sites that need a variable, together where they have to have one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from poolenv.model import PoolKey, Scalar, Site, Span
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
    classes: tuple[str, ...] = ()
    """The classes that the literal stands in."""


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
        return min(self.members, key=place_of)


def text_of(value: Scalar) -> str:
    """A default as it is compared: 30 and 30.0 are one, True and 1 are not."""
    whole = isinstance(value, float) and value.is_integer()
    return repr(int(value)) if isinstance(value, float) and whole else repr(value)


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


def units_of(members: Iterable[Named]) -> list[Unit]:
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


def place_of(one: Named) -> tuple[str, int, int, str]:
    """By what sites are put in order."""
    return one.site.path, one.site.line, one.site.column, one.site.argument
