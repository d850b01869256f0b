"""What ``verify`` found out about a branch: the settings, the pools, and what is not proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poolenv_cli.figures import counted
from poolenv_cli.render_outcome import tests
from poolenv_cli.terminal import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from poolenv.model import Pool, Scalar
    from poolenv.verification import Verification

_SHORT = 10
"""Characters of a commit's hash that people are shown."""


def render(found: Verification, out: Console) -> None:
    """Print the tables, then every check that failed or did not run, then the verdict."""
    head = f"{clean(found.branch)}: {counted(len(found.paths), 'changed file')}"
    out.print(f"{head} since {found.base[:_SHORT]}", soft_wrap=True)
    if found.settings:
        _settings(found, out)
    if found.pools:
        _pools(found, out)
    if found.listed:
        out.print("\nNot judged:", style="bold")
        for remark in found.listed:
            out.print(clean(f"  {remark.path}:{remark.line}: {remark.text}"), soft_wrap=True)
    if found.comparison is not None:
        out.print()
        tests(found.comparison, out)
    _checks(found, out)


def _settings(found: Verification, out: Console) -> None:
    from rich.table import Table

    table = Table("where", "argument", "before", "after", "variable", box=None, pad_edge=False)
    for setting in found.settings:
        table.add_row(
            clean(f"{setting.path}:{setting.line}"),
            ", ".join(setting.arguments),
            _values(setting.before) if setting.old_text else "not passed",
            _values(setting.after),
            clean(", ".join(setting.variables)),
        )
    out.print("\nPool settings:", style="bold")
    out.print(table)


def _pools(found: Verification, out: Console) -> None:
    from rich.table import Table

    table = Table("where", "pool", "before", "after", box=None, pad_edge=False)
    for pair in found.pools:
        pool = pair.after or pair.before
        assert pool is not None
        where = clean(f"{pool.key.path}:{pool.key.line}")
        table.add_row(where, clean(pool.name or pool.sink), _limit(pair.before), _limit(pair.after))
    out.print("\nMost connections per process:", style="bold")
    out.print(table)


def _checks(found: Verification, out: Console) -> None:
    passed = [check for check in found.checks if check.passed is True]
    failed = [check for check in found.checks if check.passed is False]
    not_run = [check for check in found.checks if check.passed is None]
    words = [f"{counted(len(passed), 'proof')} passed"]
    words += [f"{len(failed)} failed"] if failed else []
    words += [f"{len(not_run)} not run"] if not_run else []
    out.print(f"\n{', '.join(words)}.")
    for check in (*failed, *not_run):
        word, style = ("failed", "red") if check.passed is False else ("not run", "dim")
        line = f"  {check.path}: {check.name}: {word}: {check.detail}"
        out.print(clean(line), style=style, soft_wrap=True)
    rest = " beside what was not judged" if found.listed else ""
    verdict = f"changes pool settings only{rest}" if found.proved else "is not proved"
    out.print(f"{clean(found.branch)} {verdict}.", soft_wrap=True)


def _values(values: Iterable[Scalar]) -> str:
    return clean(", ".join(str(value) for value in values)) or "not known"


def _limit(pool: Pool | None) -> str:
    if pool is None:
        return "no such pool"
    if pool.max_connections is not None:
        return str(pool.max_connections)
    return "no limit" if pool.limit == "no-limit" else "not known"
