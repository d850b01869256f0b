"""``scan --format table``: per file what each pool argument is and becomes, then the sums."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from poolenv.model import Decision, Migration, PoolChange, Scalar, Site, Verdict
from poolenv_cli.figures import counted, decisions_of, pools_of, skipped_of, total
from poolenv_cli.terminal import VERDICT_STYLES, clean

if TYPE_CHECKING:
    from rich.console import Console
    from rich.padding import Padding
    from rich.table import Table


def render(migration: Migration, out: Console) -> None:
    """Print a scan's result for a person."""
    if not migration.trace.sites and not migration.trace.unresolved:
        files = counted(len(migration.snapshot.python), "Python file")
        out.print(f"No pool arguments found in {files}.")
        return
    _sites(migration, out)
    _unresolved(migration, out)
    _pools(migration, out)
    _look_at(migration, out)
    out.print()
    for line in summary_lines(migration):
        out.print(line)


def summary_lines(migration: Migration) -> tuple[str, ...]:
    """What was found in one line, and the most connections in another."""
    sites = migration.trace.sites
    verdicts = [decision.verdict for decision in migration.plan.decisions]
    counts = [
        f"{verdicts.count(verdict)} {verdict.value}" for verdict in Verdict if verdict in verdicts
    ]
    files = counted(len({site.path for site in sites}), "file")
    found = f"{counted(len(sites), 'pool argument')} in {files}"
    lines = [f"{found}: {', '.join(counts)}." if counts else f"{found}."]
    if migration.trace.unresolved:
        lines.append(f"{len(migration.trace.unresolved)} more could not be traced (see above).")
    before, after = total(migration, after=False), total(migration, after=True)
    pools = migration.trace.pools
    in_test = sum(pool.in_test for pool in pools)
    now = f"Most connections per process, {counted(len(pools) - in_test, 'pool')}"
    lines.append(f"{now}: {before.words()}" + (f" -> {after.words()}" if after != before else ""))
    if in_test:
        lines.append(f"Not counted: {counted(in_test, 'pool')} in test code.")
    left_out = skipped_of(migration)
    if left_out:
        lines.append(f"{counted(len(left_out), 'file')} left out (named on stderr).")
    return tuple(lines)


def _sites(migration: Migration, out: Console) -> None:
    decisions = decisions_of(migration)
    sites = sorted(migration.trace.sites, key=lambda site: (site.path, site.line, site.column))
    widths = (
        max((len(_position(site)) for site in sites), default=0),
        max((len(site.argument) for site in sites), default=0),
        max((len(_becomes(site, decisions)) for site in sites), default=0),
    )
    for path, of_path in groupby(sites, key=lambda site: site.path):
        of_file = tuple(of_path)
        note = "  (test code)" if all(site.in_test for site in of_file) else ""
        out.print(clean(path), style="bold", end="", soft_wrap=True)
        out.print(note, style="dim")
        _print_stripped(_file_table(of_file, decisions, widths), out)


def _file_table(
    sites: tuple[Site, ...], decisions: Mapping[Site, Decision], widths: tuple[int, int, int]
) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(width=widths[0] + 2, justify="right")
    table.add_column(width=min(widths[1], 20), overflow="fold")
    table.add_column(width=min(widths[2], 18), overflow="fold")
    table.add_column(width=max(len(verdict.value) for verdict in Verdict))
    table.add_column(ratio=1, overflow="fold")
    for site in sites:
        verdict = decisions[site].verdict if site in decisions else Verdict.UNRESOLVED
        table.add_row(
            _position(site),
            Text(clean(site.argument)),
            Text(_becomes(site, decisions)),
            Text(verdict.value, style=VERDICT_STYLES[verdict]),
            Text(_detail(site, decisions.get(site))),
        )
    return table


def _position(site: Site) -> str:
    return f"{site.line}:{site.column}"


def _becomes(site: Site, decisions: Mapping[Site, Decision]) -> str:
    decision = decisions.get(site)
    old = shown(site.value)
    changed = decision is not None and decision.verdict in (
        Verdict.REWRITE,
        Verdict.CHANGE_DEFAULT,
    )
    if decision is not None and changed and decision.new_value != site.value:
        return f"{old} -> {shown(decision.new_value)}"
    return old


def _detail(site: Site, decision: Decision | None) -> str:
    """The variable and where the value is written; the reason where nothing is done."""
    if decision is None:
        return clean(site.obstacle or "nothing was decided about this argument")
    if decision.verdict in (Verdict.KEEP, Verdict.UNRESOLVED):
        return clean(decision.reason)
    parts = [decision.variable or site.env or ""]
    if site.source is not None and (site.source.path, site.source.line) != (site.path, site.line):
        parts.append(f"at {site.source.path}:{site.source.line}")
    return clean(" ".join(part for part in parts if part))


def shown(value: Scalar) -> str:
    """A value as Python writes it, short enough for a column."""
    text = clean(repr(value))
    return text if len(text) <= 18 else f"{text[:15]}..."


def _unresolved(migration: Migration, out: Console) -> None:
    if not migration.trace.unresolved:
        return
    from rich.padding import Padding
    from rich.text import Text

    out.print("\nCould not be traced", style="bold red")
    for item in migration.trace.unresolved:
        out.print(f"  {clean(item.path)}:{item.line}:{item.column}", soft_wrap=True)
        what = f"{item.argument} of {item.sink}" + (" (test code)" if item.in_test else "")
        text = Text(f"{clean(what)}: {clean(item.reason)}")
        _print_stripped(Padding(text, (0, 0, 0, 4)), out)


def _pools(migration: Migration, out: Console) -> None:
    changes = [change for change in pools_of(migration) if not change.pool.in_test]
    if not changes:
        return
    from rich.table import Table
    from rich.text import Text

    out.print("\nMost connections per process", style="bold")
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(overflow="fold", ratio=3)
    table.add_column(overflow="fold", ratio=2)
    table.add_column(justify="right", no_wrap=True)
    for change in changes:
        pool = change.pool
        where = f"  {pool.key.path}:{pool.key.line}" + (f" {pool.name}" if pool.name else "")
        style = "yellow" if change.before is None or change.before != change.after else ""
        table.add_row(
            Text(clean(where)), Text(clean(pool.sink)), Text(limit_words(change), style=style)
        )
    _print_stripped(table, out)


def _print_stripped(block: Table | Padding, out: Console) -> None:
    """A block without the blanks that fill its lines up to the width."""
    with out.capture() as capture:
        out.print(block)
    for line in capture.get().splitlines():
        out.file.write(f"{line.rstrip()}\n")


def limit_words(change: PoolChange) -> str:
    """``15``, ``15 -> 10``, ``no limit`` or ``unknown``."""
    missing = "unknown" if change.pool.limit == "unknown" else "no limit"
    before = missing if change.before is None else str(change.before)
    after = missing if change.after is None else str(change.after)
    return before if before == after else f"{before} -> {after}"


def places_to_look_at(migration: Migration) -> tuple[tuple[str, str], ...]:
    """Place and words of everything that a person has to see to: overrides first."""
    overrides = (
        (f"{item.path}:{item.line}", item.note.removeprefix(f"{item.path}:{item.line} "))
        for item in migration.plan.overrides
    )
    remarks = (*migration.plan.remarks, *migration.test_remarks)
    return (*overrides, *((f"{item.path}:{item.line}", item.text) for item in remarks))


def _look_at(migration: Migration, out: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    places = places_to_look_at(migration)
    if places:
        out.print("\nLook at", style="bold")
    for where, what in places:
        out.print(f"  {clean(where)}", soft_wrap=True)
        _print_stripped(Padding(Text(clean(what)), (0, 0, 0, 4)), out)
