"""Trees of a commit plus changes, made through a temporary index."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poolenv.model import FileChange, PoolenvError
from poolenv.plumbing import Git

_PATHS_PER_CALL = 400


@dataclass(frozen=True, slots=True)
class Tree:
    """A written tree and the paths (relative to the root) in which it differs from its base."""

    hash: str
    paths: tuple[str, ...]


def build_tree(git: Git, base: str | None, changes: tuple[FileChange, ...], prefix: str) -> Tree:
    """Write the blobs and the tree of ``base`` (None: the empty tree) with ``changes`` in it.

    ``prefix`` is the root's folder within the repository, with a trailing slash, or empty.
    Raises PoolenvError (exit code 4) where a change doesn't start from what ``base`` holds.
    """
    wanted = tuple(change for change in changes if change.before != change.after)
    modes = _checked_modes(git, base, wanted, prefix)
    with tempfile.TemporaryDirectory(prefix="poolenv-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        if base is None:
            git.run("read-tree", "--empty", environment=index)
        else:
            git.run("read-tree", base, environment=index)
        blobs = _write_blobs(git, Path(folder), wanted)
        rows = (
            f"{mode:o} {blob} 0\t".encode() + os.fsencode(prefix + change.path) + b"\0"
            for change, mode, blob in zip(wanted, modes, blobs, strict=True)
        )
        git.run("update-index", "-z", "--index-info", stdin=b"".join(rows), environment=index)
        # In a partial clone the untouched objects may be absent; they need not be fetched.
        tree = git.line("write-tree", "--missing-ok", environment=index)
    if base is not None:
        _check_only_these_changed(git, base, tree, frozenset(prefix + c.path for c in wanted))
    return Tree(tree, tuple(change.path for change in wanted))


def _write_blobs(git: Git, folder: Path, changes: tuple[FileChange, ...]) -> list[str]:
    names: list[str] = []
    for number, change in enumerate(changes):
        blob = folder / str(number)
        blob.write_bytes(change.after)
        names.append(str(blob))
    if not names:
        return []
    # --no-filters: neither core.autocrlf nor a clean filter may alter a byte.
    listed = "".join(f"{name}\n" for name in names).encode()
    written = git.run("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=listed)
    return written.decode().split()


def _checked_modes(
    git: Git, base: str | None, changes: tuple[FileChange, ...], prefix: str
) -> list[int]:
    entries = {} if base is None else _entries(git, base, [prefix + c.path for c in changes])
    modes: list[int] = []
    for change in changes:
        mode, blob = entries.get(prefix + change.path, (None, None))
        if mode is None and (change.before is None or base is None):
            modes.append(change.mode)
        elif mode in (0o100644, 0o100755) and blob is not None and base is not None:
            _check_before(git, change, blob)
            modes.append(mode)
        else:
            what = "does not exist" if mode is None else "is not a regular file"
            raise PoolenvError(f"{change.path}: {what} in the base commit {base}", exit_code=4)
    return modes


def _check_before(git: Git, change: FileChange, blob: str) -> None:
    if change.before is None:
        # A document of an earlier run, merged since, makes way for the new one.
        if b"poolenv" in git.run("cat-file", "blob", blob):
            return
        raise PoolenvError(
            f"{change.path}: already exists and is not poolenv's; choose another name for it",
            exit_code=4,
        )
    if blob_hash(change.before, len(blob)) != blob:
        raise PoolenvError(
            f"{change.path}: differs from the base commit; run again on a clean --base", exit_code=4
        )


def blob_hash(data: bytes, hex_digits: int) -> str:
    """The object name of a blob, in SHA-1 (40 digits) or SHA-256 (64 digits) repositories."""
    algorithm = "sha1" if hex_digits == 40 else "sha256"
    return hashlib.new(algorithm, b"blob %d\0" % len(data) + data).hexdigest()


def _entries(git: Git, base: str, paths: list[str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(paths), _PATHS_PER_CALL):
        chunk = paths[start : start + _PATHS_PER_CALL]
        for row in _rows(git.run("ls-tree", "-z", "--full-tree", base, "--", *chunk)):
            meta, _, path = row.partition(b"\t")
            mode, _, blob = meta.split(b" ")
            found[os.fsdecode(path)] = int(mode, 8), blob.decode()
    return found


def _check_only_these_changed(git: Git, base: str, tree: str, paths: frozenset[str]) -> None:
    # A new path below a file or a submodule would have displaced it.
    rows = _rows(git.run("diff-tree", "-r", "-z", "--no-renames", "--name-only", base, tree))
    for row in rows:
        if os.fsdecode(row) not in paths:
            raise PoolenvError(f"{os.fsdecode(row)}: stands in the way of a new file", exit_code=4)


def _rows(output: bytes) -> Iterator[bytes]:
    return (row for row in output.split(b"\0") if row)
