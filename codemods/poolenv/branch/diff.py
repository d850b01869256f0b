"""The diff of a dry run: what ``git diff BASE..BRANCH`` would print."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from poolenv.branch.commits import repository_prefix
from poolenv.branch.tree import build_tree
from poolenv.model import FileChange, Migration
from poolenv.plumbing import Git, GitError, find_commit

# Programs named by configuration (external diff, textconv) are not run.
_OPTIONS = ("--no-ext-diff", "--no-textconv", "--no-color")


def diff_text(root: Path, migration: Migration, changes: tuple[FileChange, ...]) -> bytes:
    """The bytes of ``git diff`` for ``changes``, in the user's own diff configuration.

    New objects go to a temporary folder, so the repository isn't written to. A snapshot of a
    working tree, in git or not, is compared with the bytes it was read as.
    """
    git = Git(root)
    revision = migration.snapshot.revision
    with tempfile.TemporaryDirectory(prefix="poolenv-") as folder:
        if revision is None:
            return _diff_of_bytes(git, Path(folder), changes)
        base = find_commit(git, revision)
        real = Path(root, git.line("rev-parse", "--git-path", "objects")).resolve()
        dry = git.with_environment(
            GIT_OBJECT_DIRECTORY=folder, GIT_ALTERNATE_OBJECT_DIRECTORIES=_quoted(str(real))
        )
        tree = build_tree(dry, base, changes, repository_prefix(git))
        return dry.run("diff", *_OPTIONS, base, tree.hash)


def _diff_of_bytes(git: Git, folder: Path, changes: tuple[FileChange, ...]) -> bytes:
    prefix = ""
    with suppress(GitError):  # In a plain folder, paths are relative to it.
        prefix = repository_prefix(git)
    plain = Git(folder).with_environment(GIT_DIR=str(folder / "git"))
    plain.run("init", "--quiet", "--bare", "--template=", str(folder / "git"))
    old = tuple(
        replace(change, before=None, after=change.before, edits=())
        for change in changes
        if change.before is not None
    )
    trees = [build_tree(plain, None, side, prefix).hash for side in (old, changes)]
    return plain.run("diff", *_OPTIONS, *trees)


def _quoted(path: str) -> str:
    if ":" not in path and not path.startswith('"'):
        return path
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
