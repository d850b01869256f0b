"""One row per value and place it is written at, however many calls it reaches."""

from __future__ import annotations

from dataclasses import dataclass

from poolenv.model import Decision, Migration, Site, Verdict
from poolenv_cli.figures import counted, decisions_of


@dataclass(frozen=True, slots=True)
class Row:
    """The first site that a value reaches, with the plan's word on it."""

    site: Site
    decision: Decision | None
    calls: int
    """Sites that get the same value from the same place, and become the same."""
    files: int
    """Files that those sites stand in."""

    @property
    def verdict(self) -> Verdict:
        """The plan's verdict; unresolved where it has none."""
        return Verdict.UNRESOLVED if self.decision is None else self.decision.verdict

    @property
    def is_of_test(self) -> bool:
        """A pool that test code opens, and that stays as it is."""
        return self.site.in_test and self.verdict is Verdict.KEEP

    @property
    def written_elsewhere(self) -> str | None:
        """Where the value is written, if not in the line of the site: ``line 5`` or a place."""
        site, source = self.site, self.site.source
        if source is None or (source.path, source.line) == (site.path, site.line):
            return None
        return f"line {source.line}" if source.path == site.path else f"{source.path}:{source.line}"

    @property
    def reach(self) -> str | None:
        """``3 calls``, ``3 calls in 2 files``, or None where it is one call."""
        if self.calls == 1:
            return None
        calls = counted(self.calls, "call")
        return calls if self.files == 1 else f"{calls} in {counted(self.files, 'file')}"


def rows_of(migration: Migration, *, by_sink: bool = False) -> tuple[Row, ...]:
    """The rows in order of path, line and column; code of tests stands for its likes last.

    ``by_sink`` keeps calls of different constructors apart.
    """
    decisions = decisions_of(migration)
    groups: dict[object, list[Site]] = {}
    for site in sorted(migration.trace.sites, key=_place):
        groups.setdefault(_identity(site, decisions.get(site), by_sink=by_sink), []).append(site)
    rows = []
    for sites in groups.values():
        first = min(sites, key=lambda site: site.in_test)
        files = len({site.path for site in sites})
        rows.append(Row(first, decisions.get(first), len(sites), files))
    return tuple(sorted(rows, key=lambda row: _place(row.site)))


def _place(site: Site) -> tuple[str, int, int, str]:
    return site.path, site.line, site.column, site.argument


def _identity(site: Site, decision: Decision | None, *, by_sink: bool) -> object:
    if site.source is None or decision is None:
        return id(site)
    what = (site.argument, repr(site.value), decision.verdict, repr(decision.new_value))
    is_kept = decision.verdict is Verdict.KEEP
    why = (decision.variable or site.env, decision.reason if is_kept else None)
    return (site.source, *what, *why, site.sink if by_sink else None)
