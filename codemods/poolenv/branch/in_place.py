"""Changes written into the working tree: all of them or none."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from poolenv.model import FileChange, PoolenvError


@dataclass(frozen=True, slots=True)
class _Prepared:
    change: FileChange
    target: Path
    new: Path
    """The new content, beside the target."""
    old: Path | None
    """A second name of the old file, or None for a new one."""


def write_in_place(root: Path, changes: tuple[FileChange, ...]) -> None:
    """Replace each file atomically; where one fails, put the earlier ones back.

    PoolenvError (exit code 4, nothing changed) where a file is no longer what ``before`` says, a
    new file is already there, or a path leads out of the root or through a symbolic link to it.
    """
    wanted = [change for change in changes if change.before != change.after]
    targets = [_checked_target(root, change) for change in wanted]
    folders: list[Path] = []
    prepared: list[_Prepared] = []
    replaced: list[_Prepared] = []
    try:
        for change, target in zip(wanted, targets, strict=True):
            folders += _make_folders(target.parent)
            prepared.append(_prepare(change, target))
        for item in prepared:
            _check_content(item.change, item.target)
            replaced.append(item)
            os.replace(item.new, item.target)
    except BaseException as error:
        _restore(replaced, folders, prepared)
        if isinstance(error, OSError):
            raise PoolenvError(
                f"{error.filename}: {error.strerror}; nothing was changed", exit_code=4
            ) from error
        raise
    _remove([item.old for item in prepared])


def _checked_target(root: Path, change: FileChange) -> Path:
    path = PurePosixPath(change.path)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise PoolenvError(f"{change.path}: leads out of the repository", exit_code=4)
    target = root / path
    if not target.parent.resolve().is_relative_to(root.resolve()):
        raise PoolenvError(f"{change.path}: leads out of the repository by a link", exit_code=4)
    if target.is_symlink():
        raise PoolenvError(f"{change.path}: is a symbolic link; edit its target", exit_code=4)
    _check_content(change, target)
    return target


def _check_content(change: FileChange, target: Path) -> None:
    try:
        current = target.read_bytes() if os.path.lexists(target) else None
    except OSError as error:
        raise PoolenvError(f"{change.path}: {error.strerror}", exit_code=4) from None
    if current == change.before:
        return
    if change.before is None:
        raise PoolenvError(f"{change.path}: already exists; move it or rename it", exit_code=4)
    raise PoolenvError(f"{change.path}: changed since it was read; run again", exit_code=4)


def _make_folders(folder: Path) -> list[Path]:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
    return missing


def _prepare(change: FileChange, target: Path) -> _Prepared:
    descriptor, name = tempfile.mkstemp(prefix=".poolenv-", suffix=".new", dir=target.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(change.after)
            file.flush()
            _set_mode(file.fileno(), change, target)
            os.fsync(file.fileno())
        old = None if change.before is None else _second_name(target, new.with_suffix(".old"))
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return _Prepared(change, target, new, old)


def _set_mode(descriptor: int, change: FileChange, target: Path) -> None:
    if change.before is None:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(descriptor, (0o777 if change.mode & 0o100 else 0o666) & ~mask)
        return
    current = target.stat()
    if (current.st_uid, current.st_gid) != (os.geteuid(), os.getegid()):
        os.fchown(descriptor, current.st_uid, current.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(current.st_mode))


def _second_name(target: Path, name: Path) -> Path:
    try:
        os.link(target, name)
    except OSError:  # A file system without hard links.
        shutil.copy2(target, name)
    return name


def _restore(replaced: list[_Prepared], folders: list[Path], prepared: list[_Prepared]) -> None:
    for item in replaced:
        if item.new.exists():  # Its replacement is the step that failed.
            continue
        if item.old is None:
            item.target.unlink(missing_ok=True)
        else:
            os.replace(item.old, item.target)
    _remove([path for item in prepared for path in (item.new, item.old)])
    for folder in folders:
        folder.rmdir()


def _remove(paths: list[Path | None]) -> None:
    for path in paths:
        if path is not None:
            path.unlink(missing_ok=True)
