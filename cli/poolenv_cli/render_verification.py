"""What ``verify`` found out about a branch: one line per file, then what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poolenv.model import Check
from poolenv_cli.figures import counted
from poolenv_cli.terminal import clean

if TYPE_CHECKING:
    from rich.console import Console

    from poolenv.run_tests import TestComparison


def render(
    branch: str, checks: tuple[Check, ...], comparison: TestComparison | None, out: Console
) -> None:
    """Print every changed file with its proofs; those that failed or did not run with the why."""
    paths = tuple(dict.fromkeys(check.path for check in checks))
    out.print(f"{clean(branch)}: {counted(len(paths), 'changed file')}", soft_wrap=True)
    for path in paths:
        _file(path, tuple(check for check in checks if check.path == path), out)
    if comparison is not None:
        out.print(f"Tests: {clean(comparison.summary)}", soft_wrap=True)
        for test in comparison.new_failures:
            out.print(f"  fails anew: {clean(test)}", style="red", soft_wrap=True)
    failed = sum(check.passed is False for check in checks)
    out.print(f"{counted(failed, 'proof')} failed." if failed else "Every proof that ran passed.")


def _file(path: str, checks: tuple[Check, ...], out: Console) -> None:
    passed = sum(check.passed is True for check in checks)
    out.print(f"  {clean(path)}: {counted(passed, 'proof')} passed", soft_wrap=True)
    for check in checks:
        if check.passed is not True:
            word, style = ("failed", "red") if check.passed is False else ("not run", "dim")
            line = f"{check.name} {word}: {check.detail}"
            out.print("    " + clean(line), style=style, soft_wrap=True)
