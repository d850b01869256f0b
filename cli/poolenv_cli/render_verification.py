"""What ``verify`` found out about a branch: the settings, the pools, and what is not proved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poolenv_cli.columns import print_by_path
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
    out.print("\nPool settings:", style="bold")
    rows = [
        (
            setting.path,
            (
                str(setting.line),
                clean(", ".join(setting.arguments)),
                _change(
                    _values(setting.before) if setting.old_text else "not passed",
                    _values(setting.after),
                ),
                clean(", ".join(setting.variables)),
            ),
        )
        for setting in found.settings
    ]
    print_by_path(out, rows)


def _pools(found: Verification, out: Console) -> None:
    out.print("\nMost connections per process:", style="bold")
    rows = []
    for pair in found.pools:
        pool = pair.after or pair.before
        assert pool is not None
        name, change = (
            clean(pool.name or pool.sink),
            _change(_limit(pair.before), _limit(pair.after)),
        )
        rows.append((pool.key.path, (str(pool.key.line), name, change)))
    print_by_path(out, rows)


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} -> {after}"


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
    rest = ", as far as it was judged" if found.listed else ""
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
