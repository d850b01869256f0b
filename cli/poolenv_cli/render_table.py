"""``scan --format table``: per file what each pool argument is and becomes, then the sums."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from poolenv.model import Migration, PoolChange, Scalar, Unresolved, Verdict
from poolenv_cli.columns import padded, print_below, print_row, widest
from poolenv_cli.figures import changed_total, counted, pools_of, skipped_of
from poolenv_cli.rows import Row, rows_of
from poolenv_cli.terminal import VERDICT_STYLES, clean

if TYPE_CHECKING:
    from rich.console import Console

_INDENT: Final = 2
_LONGEST_NAME: Final = 30
_VERDICT: Final = max(len(verdict.value) for verdict in Verdict)


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
        print_below(out, line, 0)


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
    pools = migration.trace.pools
    in_test = sum(pool.in_test for pool in pools)
    now = f"Most connections per process, {counted(len(pools) - in_test, 'pool')}"
    lines.append(f"{now}: {changed_total(migration)}")
    if in_test:
        lines.append(f"Not counted: {counted(in_test, 'pool')} in test code.")
    left_out = skipped_of(migration)
    if left_out:
        lines.append(f"{counted(len(left_out), 'file')} left out (named on stderr).")
    return tuple(lines)


def _sites(migration: Migration, out: Console) -> None:
    rows = rows_of(migration)
    told = [row for row in rows if not row.is_of_test]
    widths = (
        widest(_position(row) for row in told) + _INDENT,
        min(widest(clean(row.site.argument) for row in told), _LONGEST_NAME),
        widest(_becomes(row) for row in told),
    )
    for path, of_path in groupby(rows, key=lambda row: row.site.path):
        of_file = tuple(of_path)
        note = "  (test code)" if all(row.site.in_test for row in of_file) else ""
        out.print(clean(path), style="bold", end="", soft_wrap=True)
        out.print(note, style="dim")
        for row in of_file:
            if not row.is_of_test:
                _row(row, widths, out)
        own = sum(row.calls for row in of_file if row.is_of_test)
        if own:
            what = f"{counted(own, 'argument')} of pools that test code opens, kept"
            print_below(out, what, 4)


def _row(row: Row, widths: tuple[int, int, int], out: Console) -> None:
    site = row.site
    cells = (
        (padded(_position(row), widths[0], right=True), ""),
        (padded(clean(site.argument), widths[1]), ""),
        (padded(_becomes(row), widths[2]), ""),
        (padded(row.verdict.value, _VERDICT), VERDICT_STYLES[row.verdict]),
    )
    print_row(out, cells, _detail(row), widths[0] + 2)


def _position(row: Row) -> str:
    return f"{row.site.line}:{row.site.column}"


def _becomes(row: Row) -> str:
    decision, old = row.decision, shown(row.site.value)
    is_changed = row.verdict in (Verdict.REWRITE, Verdict.CHANGE_DEFAULT)
    if decision is not None and is_changed and decision.new_value != row.site.value:
        return f"{old} -> {shown(decision.new_value)}"
    return old


def _detail(row: Row) -> tuple[str, ...]:
    """The variable, where the value is written, from where it is used; or why nothing is done."""
    site, decision = row.site, row.decision
    if decision is None:
        parts = [site.obstacle or "nothing was decided about this argument"]
    elif row.verdict in (Verdict.KEEP, Verdict.UNRESOLVED):
        parts = [decision.reason]
    else:
        written = row.written_elsewhere
        parts = [decision.variable or site.env or "", f"at {written}" if written else ""]
    if row.reach:
        parts.append(f"(from {row.reach})")
    return tuple(clean(part) for part in parts if part)


def shown(value: Scalar) -> str:
    """A value as Python writes it, short enough for a column."""
    text = clean(repr(value))
    return text if len(text) <= 18 else f"{text[:15]}..."


def _unresolved(migration: Migration, out: Console) -> None:
    if not migration.trace.unresolved:
        return
    out.print("\nCould not be traced", style="bold red")
    items = sorted(
        migration.trace.unresolved, key=lambda i: (i.in_test, i.path, i.line, i.column, i.argument)
    )
    for path, of_path in groupby(items, key=lambda item: item.path):
        alike: dict[tuple[str, str, str], list[Unresolved]] = {}
        for item in of_path:
            alike.setdefault((item.argument, item.sink, item.reason), []).append(item)
        first = next(iter(alike.values()))[0]
        note = "  (test code)" if first.in_test else ""
        out.print(f"{' ' * _INDENT}{clean(path)}{note}", soft_wrap=True)
        for (argument, sink, reason), places in alike.items():
            where = ", ".join(f"{item.line}:{item.column}" for item in places)
            what = "**mapping" if argument == "**" else argument
            print_below(out, f"{where}  {clean(what)} of {clean(sink)}", 4)
            print_below(out, clean(reason), 8)


def _pools(migration: Migration, out: Console) -> None:
    changes = [change for change in pools_of(migration) if not change.pool.in_test]
    if not changes:
        return
    out.print("\nMost connections per process", style="bold")
    changes.sort(key=lambda change: (change.pool.key.path, change.pool.key.line))
    widths = (
        widest(str(change.pool.key.line) for change in changes) + 4,
        min(widest(clean(change.pool.name or "") for change in changes), _LONGEST_NAME),
        widest(clean(change.pool.sink) for change in changes),
    )
    for path, of_path in groupby(changes, key=lambda change: change.pool.key.path):
        out.print(f"{' ' * _INDENT}{clean(path)}", soft_wrap=True)
        for change in of_path:
            pool, words = change.pool, limit_words(change)
            cells = (
                (padded(str(pool.key.line), widths[0], right=True), ""),
                (padded(clean(pool.name or ""), widths[1]), ""),
                (padded(clean(pool.sink), widths[2]), ""),
                (words, "yellow" if change.before is None or change.before != change.after else ""),
            )
            print_row(out, cells, (), widths[0] + 2)


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
    places = places_to_look_at(migration)
    if places:
        out.print("\nLook at", style="bold")
    for where, what in places:
        out.print(f"  {clean(where)}", soft_wrap=True)
        print_below(out, clean(what), 4)
