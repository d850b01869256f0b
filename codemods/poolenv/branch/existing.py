"""What may become of a branch that is already there."""

from __future__ import annotations

import re
from pathlib import Path

from poolenv.branch.message import TRAILER
from poolenv.model import PoolenvError
from poolenv.plumbing import Git, GitError


def replaceable_tip(git: Git, branch: str, base: str, *, force: bool) -> str | None:
    """The tip that ``--force`` may replace, or None where the branch doesn't exist yet.

    Raises PoolenvError (exit code 4) for a name git doesn't take, a branch that exists (without
    ``force``), one that holds a person's commits, and one that is checked out anywhere.
    """
    reference = f"refs/heads/{branch}"
    if not _is_branch_name(git, branch):
        raise PoolenvError(f"--branch {branch!r}: not a valid branch name")
    if _is_checked_out(git, reference):
        raise _refusal(branch, "is checked out; choose --branch OTHER, or switch away from it")
    _check_room(git, branch)
    tip = _tip(git, reference)
    if tip is None:
        return None
    if not force:
        raise _refusal(branch, "already exists; choose --branch OTHER, or replace it with --force")
    if git.succeeds("symbolic-ref", "--quiet", reference):
        raise _refusal(branch, "stands for another branch; choose --branch OTHER")
    if not _is_ours(git, tip, base):
        raise _refusal(
            branch,
            "holds commits poolenv did not make, --force keeps them; choose --branch OTHER",
        )
    return tip


def _is_branch_name(git: Git, branch: str) -> bool:
    """Git takes a name for a branch; ``HEAD`` and ``@`` are names of the one checked out."""
    if branch.startswith("-") or branch in ("HEAD", "@"):
        return False
    checks = ((f"refs/heads/{branch}",), ("--branch", branch))
    return all(git.succeeds("check-ref-format", *check) for check in checks)


def _refusal(branch: str, reason: str) -> PoolenvError:
    return PoolenvError(f"branch {branch} {reason}", exit_code=4)


def _tip(git: Git, reference: str) -> str | None:
    try:
        return git.line("rev-parse", "--verify", "--quiet", reference)
    except GitError:
        return None


def _check_room(git: Git, branch: str) -> None:
    # refs/heads/a and refs/heads/a/b can't both exist.
    parts = branch.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts))]
    taken = [name for name in above if _tip(git, f"refs/heads/{name}") is not None]
    names = ("for-each-ref", "--count=1", "--format=%(refname:lstrip=2)")
    below = git.line(*names, f"refs/heads/{branch}/")
    for name in (*taken, *filter(None, [below])):
        raise _refusal(branch, f"can't stand beside branch {name}; choose --branch OTHER")


def _is_checked_out(git: Git, reference: str) -> bool:
    listed = git.run("worktree", "list", "--porcelain").split(b"\n")
    if b"branch " + reference.encode() in listed:
        return True
    # A worktree in the middle of a rebase is detached, and moves its branch when it ends.
    common = Path(git.root, git.line("rev-parse", "--git-common-dir"))
    for folder in (common, *common.glob("worktrees/*")):
        for name in ("rebase-merge/head-name", "rebase-apply/head-name", "BISECT_START"):
            state = folder / name
            if state.is_file() and state.read_text(errors="replace").strip() in (
                reference,
                reference.removeprefix("refs/heads/"),
            ):
                return True
    return False


def _is_ours(git: Git, tip: str, base: str) -> bool:
    """Whether the tip, and all that ``base`` doesn't hold, carries poolenv's untouched mark."""
    log = ("log", "--no-show-signature", "--no-color", "--format=%H%n%T%n%B%x00")
    listed = git.run(*log, tip, "--not", base, "--")
    only = git.run(*log, "-1", tip, "--")
    commits = [row.strip(b"\n") for row in (listed + only).split(b"\0") if row.strip()]
    return all(_is_marked(row.decode(errors="replace")) for row in commits)


def _is_marked(commit: str) -> bool:
    _, tree, *message = commit.split("\n")
    mark = re.compile(rf"{TRAILER}: poolenv \S+ \(tree {re.escape(tree)}\)")
    return bool(message) and any(mark.fullmatch(line.rstrip()) for line in message)
