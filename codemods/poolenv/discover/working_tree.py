"""The files of a folder on disk: git's own list, or a walk outside git."""

from __future__ import annotations

import errno
import itertools
import os
import re
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from poolenv.discover.git_commands import NoRepositoryError, git
from poolenv.model import PoolenvError, Skipped

LEFT_OUT: Final = frozenset(
    {
        ".cache",
        ".eggs",
        ".git",
        ".hg",
        ".hypothesis",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        "__pycache__",
        "__pypackages__",
        "node_modules",
        "site-packages",
    }
)
"""Folders that hold nobody's own code: not walked outside git, nor where git has them untracked."""
_BUILT: Final = re.compile(r"(?:lib|temp|bdist)(?:\..*)?\Z")
_ENVIRONMENT_MARKS: Final = ("pyvenv.cfg", "conda-meta")
_NOT_OPENED: Final = re.compile(
    r"^warning: could not open directory '(.*?)/?': (.*)$", re.MULTILINE
)
_GONE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENXIO, errno.EISDIR})


class Listing(NamedTuple):
    """Paths relative to the root, POSIX, sorted, and the folders that could not be listed."""

    paths: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    tracked: frozenset[str] | None
    """Those that git tracks and looks for on disk; None outside git."""


class Contents(NamedTuple):
    """A regular file: its bytes (None where larger than asked for), size and git mode."""

    data: bytes | None
    size: int
    mode: int


def list_files(root: Path) -> Listing:
    """What lies below ``root``: tracked and untracked files that git does not ignore.

    Outside a repository, and where git ignores ``root`` itself, a walk that leaves out virtual
    environments, caches and build results. Symlinks are never followed.
    """
    try:
        listing = _git_listing(root)
        if not listing.paths and _ignored(root):
            return _walk_listing(root)
    except NoRepositoryError:
        return _walk_listing(root)
    return listing


def _git_listing(root: Path) -> Listing:
    output, messages = git(
        root, "ls-files", "-z", "-v", "--cached", "--others", "--exclude-standard"
    )
    by_tag: dict[bytes, set[str]] = defaultdict(set)
    for entry in filter(None, output.split(b"\0")):
        by_tag[entry[:1]].add(os.fsdecode(entry[2:]))
    untracked = by_tag.pop(b"?", set())
    environments = {path.rpartition("/")[0] for path in untracked if path.endswith("/pyvenv.cfg")}
    kept = (path for path in untracked if not _in_left_out(path, environments))
    skipped = tuple(
        Skipped(path, None, f"folder can't be listed: {reason}")
        for path, reason in _NOT_OPENED.findall(messages)
    )
    paths = tuple(sorted(set(_outside_symlinks(root, itertools.chain(kept, *by_tag.values())))))
    # Git does not look at what is marked skip-worktree or assume-unchanged (other tags).
    return Listing(paths, skipped, frozenset(by_tag[b"H"]))


def _ignored(root: Path) -> bool:
    """Whether the repository around ``root`` ignores all of it; who names it means it."""
    try:
        git(root, "check-ignore", "-q", ".")
    except PoolenvError:
        return False
    return True


def _in_left_out(path: str, environments: set[str]) -> bool:
    """Whether an untracked file lies in a folder that a walk would leave out."""
    folders = path.split("/")[:-1]
    if not LEFT_OUT.isdisjoint(folders):
        return True
    return bool(environments) and any(
        "/".join(folders[: depth + 1]) in environments for depth in range(len(folders))
    )


def _outside_symlinks(root: Path, paths: Iterable[str]) -> Iterator[str]:
    """The paths without those below a symlink: git may track ``a/b`` where ``a`` became a link."""
    real: dict[str, bool] = {"": True}

    def is_real(folder: str) -> bool:
        if folder not in real:
            parent = folder.rpartition("/")[0]
            try:
                real[folder] = is_real(parent) and stat.S_ISDIR(
                    os.lstat(f"{root}/{folder}").st_mode
                )
            except OSError:
                real[folder] = False
        return real[folder]

    return (path for path in paths if is_real(path.rpartition("/")[0]))


def _walk_listing(root: Path) -> Listing:
    paths: list[str] = []
    skipped: list[Skipped] = []

    def note(error: OSError) -> None:
        path = Path(str(error.filename)).relative_to(root).as_posix()
        skipped.append(Skipped(path, None, f"folder can't be listed: {error.strerror}"))

    for folder, below, files in os.walk(root, onerror=note):
        relative = Path(folder).relative_to(root).as_posix()
        if relative != "." and any(mark in files or mark in below for mark in _ENVIRONMENT_MARKS):
            below.clear()
            continue
        built = relative.rpartition("/")[2] == "build"
        below[:] = [
            name for name in below if name not in LEFT_OUT and not (built and _BUILT.match(name))
        ]
        prefix = "" if relative == "." else f"{relative}/"
        paths += (prefix + name for name in files)
    return Listing(tuple(sorted(paths)), tuple(skipped), None)


def read_regular(path: str, limit: int) -> Contents | None:
    """Read a regular file, up to ``limit`` bytes; None for a symlink, folder, pipe or nothing.

    Raises OSError where it is there and can't be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
    except OSError as error:
        if error.errno in _GONE:
            return None
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return None
        mode = 0o100755 if status.st_mode & stat.S_IXUSR else 0o100644
        if status.st_size > limit:
            return Contents(None, status.st_size, mode)
        return Contents(_read_all(descriptor, status.st_size), status.st_size, mode)
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, size: int) -> bytes:
    """All bytes, also where the file grew or one read gives only a part."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    pieces = [data]
    while piece := os.read(descriptor, 1 << 20):
        pieces.append(piece)
    return b"".join(pieces)
