"""Which two commits a verification compares."""

from __future__ import annotations

import re
from pathlib import Path

from poolenv.branch.message import TRAILER
from poolenv.model import PoolenvError
from poolenv.plumbing import Git, GitError, find_commit

_DEFAULT_BASE = "HEAD"


def endpoints(root: Path, branch: str, base: str) -> tuple[str, str]:
    """Full hashes of the base and of the branch's tip.

    The base is where the branch left ``base``; of a branch that poolenv made (with ``base`` not
    given) it is the commit its first one stands on, whatever is checked out now. PoolenvError
    (exit code 2) where a name is unknown or the branch holds no commit of its own.
    """
    git = Git(root)
    tip = find_commit(git, branch)
    if base == _DEFAULT_BASE:
        own = _below_own_commits(git, tip)
        if own is not None:
            return own, tip
    start = find_commit(git, base)
    try:
        common = git.line("merge-base", start, tip)
    except GitError:
        raise PoolenvError(f"{branch} and {base} have no commit in common; give --base") from None
    if common == tip:
        raise PoolenvError(f"{branch} holds no commit that {base} does not; give another --base")
    return common, tip


def _below_own_commits(git: Git, tip: str) -> str | None:
    """The first commit on the way down that poolenv did not make; None where the tip is not its."""
    log = ("log", "--first-parent", "--no-show-signature", "--no-color", "--format=%H%n%B%x00")
    trailer = re.compile(rf"^{TRAILER}: poolenv ", re.MULTILINE)
    # A branch of poolenv's has at most three commits.
    rows = git.run(*log, "--max-count=4", tip, "--").decode(errors="replace").split("\0")
    commits = [row.strip("\n").partition("\n") for row in rows if row.strip()]
    for place, (commit, _, message) in enumerate(commits):
        if not trailer.search(message):
            return commit if place else None
    return None
