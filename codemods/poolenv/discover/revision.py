"""The files of one commit, read from git's objects without a checkout."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

from poolenv.discover.git_commands import NoRepositoryError, failure, git, start
from poolenv.model import PoolenvError

_LINK: Final = 0o120000
_SUBMODULE: Final = 0o160000


class Blob(NamedTuple):
    """One file of a commit; ``path`` is relative to the root, ``size`` in bytes."""

    path: str
    mode: int
    object_id: bytes
    size: int


def commit_of(root: Path, revision: str) -> str:
    """The full hash of the commit that ``revision`` names.

    Raises PoolenvError: exit code 2 where nothing has that name, 4 outside a repository and in
    one without commits.
    """
    try:
        git(root, "rev-parse", "--git-dir")
    except NoRepositoryError:
        raise PoolenvError(
            f"{root}: not a git repository, so there is no revision {revision!r}; "
            "run `git init` and commit, or edit the files as they are with `migrate --in-place` "
            "(and --dry-run to see the patch only)",
            exit_code=4,
        ) from None
    wanted = f"{revision}^{{commit}}"
    try:
        output, _ = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    except PoolenvError:
        if not _has_commits(root):
            raise PoolenvError(
                f"{root}: the repository has no commits yet; make a first commit", exit_code=4
            ) from None
        raise PoolenvError(
            f"revision {revision!r} is not a commit of {root}; see `git log --oneline --all`"
        ) from None
    return output.decode().strip()


def _has_commits(root: Path) -> bool:
    output, _ = git(root, "rev-list", "--all", "--max-count=1")
    return bool(output.strip())


def list_blobs(root: Path, commit: str) -> tuple[Blob, ...]:
    """The files of the commit below ``root``, in order of path; symlinks and submodules are none.

    ``root`` may be a folder of the repository, a linked worktree or a bare repository.
    """
    output, _ = git(root, "rev-parse", "--show-prefix")
    prefix = output.rstrip(b"\n")
    scope = ("--", os.fsdecode(prefix)) if prefix else ()
    listing, _ = git(root, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, *scope)
    blobs: list[Blob] = []
    for entry in filter(None, listing.split(b"\0")):
        meta, _, path = entry.partition(b"\t")
        mode, _kind, object_id, size = meta.split()
        if int(mode, 8) not in (_LINK, _SUBMODULE):
            relative = os.fsdecode(path[len(prefix) :])
            blobs.append(Blob(relative, int(mode, 8), object_id, int(size)))
    return tuple(sorted(blobs))


def read_blobs(root: Path, blobs: tuple[Blob, ...]) -> Iterator[tuple[Blob, bytes]]:
    """The blobs with their bytes, in the order asked for, from one ``git cat-file``.

    Raises PoolenvError where an object is missing (a partial clone) or git fails.
    """
    with start(root, "cat-file", "--batch", "--buffer") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        ask = threading.Thread(target=_ask, args=(process.stdin, blobs), daemon=True)
        ask.start()
        try:
            for blob in blobs:
                header = process.stdout.readline().split()
                if len(header) != 3:
                    process.kill()
                    messages = os.fsdecode(process.stderr.read())
                    if header[1:] == [b"missing"]:
                        messages = f"fatal: {blob.path} is not in this clone; fetch it first"
                    raise failure(root, messages)
                yield blob, process.stdout.read(int(header[2]))
                process.stdout.read(1)
        finally:
            process.kill()
            ask.join()


def _ask(stream: IO[bytes], blobs: tuple[Blob, ...]) -> None:
    """Write all requests from a thread of its own, or both ends would wait for each other."""
    try:
        stream.write(b"".join(blob.object_id + b"\n" for blob in blobs))
        stream.close()
    except OSError:
        # git has gone: the reader meets the end of its output and says why.
        return
