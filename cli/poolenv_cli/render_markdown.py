"""``scan --format markdown``: the same figures for a pull request or an issue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from poolenv.model import Migration
from poolenv_cli.figures import pools_of, skipped_of
from poolenv_cli.render_table import limit_words, places_to_look_at, shown, summary_lines
from poolenv_cli.rows import Row, rows_of
from poolenv_cli.terminal import clean


def render(migration: Migration) -> str:
    """A scan's result as Markdown; somebody else's text is escaped, so it can't form markup."""
    return "\n".join(_lines(migration)) + "\n"


def _lines(migration: Migration) -> Iterator[str]:
    yield "# Connection pools"
    yield ""
    for line in summary_lines(migration):
        yield f"- {line.replace('named on stderr', 'named below')}"
    if migration.trace.sites:
        yield from _table(
            "Pool arguments",
            ("Place", "Sink", "Argument", "Value", "After", "Verdict", "Written at", "Note"),
            (_row(row) for row in rows_of(migration, by_sink=True)),
        )
    if migration.trace.pools:
        yield from _table(
            "Most connections per process",
            ("Pool", "Name", "Sink", "Most connections"),
            (
                (
                    code(f"{change.pool.key.path}:{change.pool.key.line}"),
                    code(change.pool.name or ""),
                    code(change.pool.sink),
                    limit_words(change) + (" (test code)" if change.pool.in_test else ""),
                )
                for change in pools_of(migration)
            ),
        )
    yield from _places(migration)


def _places(migration: Migration) -> Iterator[str]:
    yield from _list(
        "Could not be traced",
        (
            (f"{item.path}:{item.line}", f"{item.argument} of {item.sink}: {item.reason}")
            for item in sorted(
                migration.trace.unresolved, key=lambda i: (i.in_test, i.path, i.line, i.column)
            )
        ),
    )
    yield from _list("Look at", places_to_look_at(migration))
    yield from _list(
        "Left out",
        (
            (item.path if item.line is None else f"{item.path}:{item.line}", item.reason)
            for item in skipped_of(migration)
        ),
    )


def _row(row: Row) -> tuple[str, ...]:
    site, decision = row.site, row.decision
    source = site.source
    note = (site.obstacle or "") if decision is None else decision.reason
    return (
        code(f"{site.path}:{site.line}") + (f" and others, {row.reach}" if row.reach else ""),
        code(site.sink),
        code(site.argument),
        code(shown(site.value)),
        code(shown(site.value if decision is None else decision.new_value)),
        row.verdict.value,
        "" if source is None else code(f"{source.path}:{source.line}"),
        escape(note),
    )


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _list(title: str, items: Iterable[tuple[str, str]]) -> Iterator[str]:
    lines = [f"- {code(where)}: {escape(what)}" for where, what in items]
    if lines:
        yield from ("", f"## {title}", "", *lines)


def code(text: str) -> str:
    """Text in backticks, also where it holds backticks, bars or nothing."""
    text = clean(text).replace("|", "\\|")
    if not text:
        return ""
    longest = max((len(run) for run in _runs(text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _runs(text: str) -> list[str]:
    return "".join(character if character == "`" else " " for character in text).split()


def escape(text: str) -> str:
    """Text outside backticks that renders as it reads."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>|#" else c for c in clean(text))
