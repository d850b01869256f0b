"""``poolenv demo``: the bundled example repository, copied, migrated and shown."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from poolenv.model import PoolenvError
from poolenv_cli import commands, exits
from poolenv_cli.render_outcome import render
from poolenv_cli.render_table import render as render_table
from poolenv_cli.terminal import clean, console

_RULE: Final = "max_overflow=5"
_NAME: Final = "seven_modules"
_IDENTITY: Final = "Poolenv Demo"


def example() -> Path:
    """The example repository: of the wheel, or of the checkout that is installed as editable."""
    here = Path(__file__).resolve().parent
    for folder in (here / "example", here.parent.parent / "fixtures" / _NAME):
        if folder.is_dir():
            return folder
    raise PoolenvError("the example repository is not part of this installation; reinstall poolenv")


def run(keep: Path | None) -> int:
    """Copy the example to ``keep`` (or a temporary folder), migrate it, and show what happened."""
    from poolenv import pipeline
    from poolenv.config import CommandLine

    copy = make_repository(keep)
    out = console(sys.stdout)
    out.print(f"A copy of the example repository lies in {clean(str(copy))}", soft_wrap=True)
    options = commands.options_of(copy, None, CommandLine(cap_rules=(_RULE,)))

    _say(f"poolenv scan --cap {_RULE}")
    render_table(pipeline.scan(copy, options, proofs=False), out)

    _say(f"poolenv migrate --cap {_RULE}")
    outcome = pipeline.migrate(copy, options)
    render(outcome, copy, options, out)
    if outcome.result is None:
        return exits.INTERNAL
    _show_difference(copy, outcome.result.base, outcome.result.branch)
    return commands.finish(outcome.migration)


def make_repository(keep: Path | None) -> Path:
    """A git repository with one commit that holds the example; its folder.

    Raises PoolenvError where ``keep`` is there already and not empty.
    """
    if keep is None:
        folder = Path(tempfile.mkdtemp(prefix="poolenv-demo-")) / _NAME
    else:
        folder = keep
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise PoolenvError(f"{folder}: not an empty folder; --keep makes a new one")
    ignore = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".git")
    shutil.copytree(example(), folder, ignore=ignore, dirs_exist_ok=True)
    _commit_all(folder)
    return folder


def _commit_all(folder: Path) -> None:
    from poolenv.plumbing import Git

    git = Git(folder)
    git.run("init", "--quiet", "--initial-branch=main", "--template=")
    git.run("config", "user.name", _IDENTITY)
    git.run("config", "user.email", "demo@example.invalid")
    git.run("config", "commit.gpgSign", "false")
    git.run("add", "--all", "--force", ".")
    git.run("commit", "--quiet", "--message", "The example as it grew")


def _show_difference(copy: Path, base: str, branch: str) -> None:
    from poolenv.plumbing import Git

    git = Git(copy)
    between = f"{base}..{branch}"
    _say(f"git diff --stat {base[:10]}..{branch}")
    sys.stdout.write(git.run("diff", "--no-ext-diff", "--stat=100", between).decode())
    _say(f"git show {branch}~2")
    code = git.run("show", "--no-ext-diff", "--format=", "--unified=0", f"{branch}~2").decode()
    for line in code.splitlines():
        if line.startswith(("+", "-")) and not line.startswith(("--- ", "+++ /dev")):
            print(line[:118])


def _say(command: str) -> None:
    print(f"\n$ {command}")
