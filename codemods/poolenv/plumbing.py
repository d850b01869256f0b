"""git as a child process: hooks and fsmonitor off, deaf to the caller's ``GIT_DIR``."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from poolenv.masking import mask, printable
from poolenv.model import PoolenvError

RUNS_NOTHING: Final = ("core.hooksPath=/dev/null", "core.fsmonitor=false")
"""Settings under which git starts no program that the repository names."""
_CONFIG: Final = (
    *RUNS_NOTHING,
    # A split index would leave a sharedindex file in the repository; a sparse one or a sparse
    # checkout would hide files from a temporary index.
    "core.splitIndex=false",
    "core.untrackedCache=false",
    "index.sparse=false",
    "core.sparseCheckout=false",
    "i18n.commitEncoding=UTF-8",
    "advice.detachedHead=false",
)
LEADING_ELSEWHERE: Final = frozenset(
    (
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIFF_OPTS",
        "GIT_DIR",
        "GIT_EXTERNAL_DIFF",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_NAMESPACE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    )
)
"""Variables of a surrounding git (a hook's, say) that would make it read another repository."""


def first_line(text: str) -> str:
    """The first line of a program's complaint, safe to show: no controls, no secrets."""
    lines = [line for line in text.splitlines() if line.strip()]
    return mask(printable(lines[0].strip() if lines else "no message", one_line=True))[:300]


class GitError(PoolenvError):
    """git said no; the message holds its first line."""

    def __init__(self, command: str, root: Path, stderr: str) -> None:
        said = first_line(stderr).removeprefix("fatal: ").removeprefix("error: ")
        super().__init__(f"git {command} failed in {root}: {said}", exit_code=4)


@dataclass(frozen=True, slots=True)
class Git:
    """git in one folder of a repository."""

    root: Path
    extra: tuple[tuple[str, str], ...] = ()
    """Environment variables that every call gets (``GIT_OBJECT_DIRECTORY``)."""

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        environment: Mapping[str, str] | None = None,
    ) -> bytes:
        """Standard output of one git command; raises GitError where it fails."""
        options = [part for setting in _CONFIG for part in ("-c", setting)]
        try:
            done = subprocess.run(
                ["git", *options, *arguments],
                cwd=self.root,
                env=self._environment(environment or {}),
                input=stdin,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            what = "git is not installed" if self.root.is_dir() else f"no such folder: {self.root}"
            raise PoolenvError(what) from None
        except NotADirectoryError:
            raise PoolenvError(f"not a folder: {self.root}") from None
        if done.returncode:
            raise GitError(arguments[0], self.root, done.stderr.decode(errors="replace"))
        return done.stdout

    def line(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Standard output as a file-system string, without its last newline."""
        return os.fsdecode(self.run(*arguments, environment=environment)).removesuffix("\n")

    def succeeds(self, *arguments: str) -> bool:
        """Whether the command ends with exit code 0."""
        try:
            self.run(*arguments)
        except GitError:
            return False
        return True

    def with_environment(self, **variables: str) -> Git:
        """The same git with more environment variables."""
        return Git(self.root, (*self.extra, *variables.items()))

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in LEADING_ELSEWHERE}
        fixed = {
            "GIT_LITERAL_PATHSPECS": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "LC_ALL": "C",
        }
        return {**kept, **fixed, **dict(self.extra), **more}


def find_commit(git: Git, revision: str) -> str:
    """The full hash of a revision's commit; PoolenvError where there is none."""
    try:
        commit = f"{revision}^{{commit}}"
        return git.line("rev-parse", "--verify", "--quiet", "--end-of-options", commit)
    except GitError:
        inside = git.succeeds("rev-parse", "--git-dir")
        reason = f"no commit {revision!r}" if inside else "not a git repository"
        raise PoolenvError(f"{git.root}: {reason}") from None
