"""What ``migrate`` made, and the three commands a person types next."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

from poolenv_cli.figures import changed_total, counted
from poolenv_cli.terminal import clean

if TYPE_CHECKING:
    from rich.console import Console

    from poolenv.branch import BranchResult
    from poolenv.model import Migration, Options
    from poolenv.pipeline import Outcome
    from poolenv.run_tests import TestComparison

_SHORT: Final = 10
"""Characters of a commit's hash that people are shown."""


def render(outcome: Outcome, root: Path, options: Options, out: Console) -> None:
    """Print the branch with its commits (or the files edited in place), the sums, what is next."""
    result, migration = outcome.result, outcome.migration
    if result is not None and not result.commits:
        out.print("Nothing to change: no branch was made.")
        return
    if result is None:
        _in_place(migration, root, options, out)
    else:
        _branch(result, out)
    _sums(migration, out)
    command = None if outcome.comparison is None else outcome.comparison.command
    if outcome.comparison is not None:
        tests(outcome.comparison, out)
    if result is not None:
        out.print("\nNext:", style="bold")
        for word, line in next_commands(result, root, command):
            out.print(f"  {word}  {line}", soft_wrap=True)


def tests(comparison: TestComparison, out: Console) -> None:
    """Print the outcomes of the repository's own tests at the base and with the changes."""
    out.print(f"Tests: {clean(comparison.summary)}", soft_wrap=True)
    width = max(len(before) for _, before, _ in comparison.table)
    for label, before, after in comparison.table:
        out.print(f"  {label:<10} {before:>{width}} -> {after}")
    for test in comparison.new_failures:
        out.print(f"  fails anew: {clean(test)}", style="red", soft_wrap=True)


def _branch(result: BranchResult, out: Console) -> None:
    verb = "Replaced" if result.replaced else "Made"
    commits = counted(len(result.commits), "commit")
    base = result.base[:_SHORT]
    out.print(f"{verb} branch {clean(result.branch)}: {commits} on {base}", soft_wrap=True)
    for commit in result.commits:
        files = counted(len(commit.files), "file")
        line = f"  {commit.hash[:_SHORT]}  {commit.kind:<9}  {clean(commit.subject)} ({files})"
        out.print(line, soft_wrap=True)


def _in_place(migration: Migration, root: Path, options: Options, out: Console) -> None:
    changed = [change.path for change in (*migration.code, *migration.tests)]
    if not changed:
        out.print("Nothing to change.")
        return
    documents = (options.document, options.security_document)
    changed += [path for path in documents if (root / path).is_file()]
    out.print(f"Wrote {counted(len(changed), 'file')} in place:")
    for path in changed:
        out.print(f"  {clean(path)}", soft_wrap=True)


def _sums(migration: Migration, out: Console) -> None:
    out.print(f"Most connections per process: {changed_total(migration)}", soft_wrap=True)
    unresolved = len(migration.trace.unresolved)
    if unresolved:
        what = counted(unresolved, "pool argument")
        out.print(f"{what} could not be traced; `poolenv scan` lists them with the reason.")


def next_commands(
    result: BranchResult, root: Path, test_command: str | None
) -> tuple[tuple[str, str], ...]:
    """What to type to look at the branch, to test it, and to push it."""
    git = "git" if _is_here(root) else f"git -C {shlex.quote(str(root))}"
    branch = shlex.quote(result.branch)
    tree = shlex.quote(f"../{Path(os.path.abspath(root)).name}-{result.branch.split('/')[-1]}")
    place = (
        tree
        if _is_here(root)
        else shlex.quote(os.path.normpath(os.path.join(root, shlex.split(tree)[0])))
    )
    return (
        ("look", f"{git} diff {result.base[:_SHORT]}..{branch}"),
        (
            "test",
            f"{git} worktree add {tree} {branch} && cd {place} && "
            f"{test_command or 'python -m pytest'}",
        ),
        ("push", f"{git} push -u origin {branch}"),
    )


def _is_here(root: Path) -> bool:
    return os.path.abspath(root) == os.getcwd()
