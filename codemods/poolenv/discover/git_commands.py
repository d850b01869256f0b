"""Read-only git commands in a repository that is not trusted."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Final

from poolenv.model import PoolenvError
from poolenv.plumbing import LEADING_ELSEWHERE, RUNS_NOTHING

_SAFE: Final = (
    "git",
    *(part for setting in (*RUNS_NOTHING, "submodule.recurse=false") for part in ("-c", setting)),
)
_MISLEADING: Final = LEADING_ELSEWHERE | {
    "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT",
    "GIT_LITERAL_PATHSPECS",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
    "GIT_TRACE",
}
_NO_REPOSITORY: Final = "not a git repository"


class NoRepositoryError(Exception):
    """The folder is in no git repository, or there is no git."""


def environment() -> dict[str, str]:
    """The environment for git: English messages, no locks, no network, no inherited repository.

    A partial clone would fetch what it lacks by a command that its own configuration names, so
    every protocol is off.
    """
    inherited = {key: value for key, value in os.environ.items() if key not in _MISLEADING}
    return inherited | {
        "LC_ALL": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
    }


def start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a git command in ``folder`` with all three streams piped."""
    try:
        return subprocess.Popen(
            [*_SAFE, *arguments],
            cwd=folder,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
    except FileNotFoundError:
        raise NoRepositoryError from None


def git(folder: Path, *arguments: str) -> tuple[bytes, str]:
    """Run a git command in ``folder``; gives its standard output and its warnings.

    Raises NoRepositoryError outside a repository, and PoolenvError (exit code 4) with git's own
    first line for every other failure.
    """
    with start(folder, *arguments) as process:
        output, errors = process.communicate()
    messages = os.fsdecode(errors)
    if process.returncode:
        if _NO_REPOSITORY in messages:
            raise NoRepositoryError
        raise failure(folder, messages)
    return output, messages


def failure(folder: Path, messages: str) -> PoolenvError:
    """What git said, in one line and with a way out where there is a known one."""
    if "dubious ownership" in messages:
        return PoolenvError(
            f"{folder}: the repository belongs to another user, so git does not read it; "
            f"`git config --global --add safe.directory {folder}` if you trust it",
            exit_code=4,
        )
    if "must be run in a work tree" in messages:
        return PoolenvError(
            f"{folder}: a bare repository has no files to look at; clone it, or name a revision",
            exit_code=4,
        )
    fatal = re.search(r"^(?:fatal|error): (.*)$", messages, re.MULTILINE)
    said = fatal[1] if fatal else (messages.strip().splitlines() or ["no message"])[-1]
    return PoolenvError(f"{folder}: git can't read the repository: {said}", exit_code=4)
