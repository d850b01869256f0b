"""What is accounted for already: the places of literals that sites stand at or come from."""

from __future__ import annotations

from collections.abc import Iterable

from poolenv.model import Site, Span

Places = frozenset[tuple[str, int, int]]


def settled_places(sites: Iterable[Site]) -> Places:
    """Where sites stand and where their values are written: path, line and column of each."""
    known = tuple(sites)
    written = (site.source for site in known if site.source is not None)
    return frozenset(
        {(site.path, site.line, site.column) for site in known}
        | {(span.path, span.line, span.column) for span in written}
    )


def is_settled(places: Places, value: Span) -> bool:
    """A site stands at a value or in it; one beside it on the line says nothing of this one."""
    end = value.end_column if value.end_line == value.line else value.column
    return any(
        (value.path, value.line, column) in places for column in range(value.column, end + 1)
    )
