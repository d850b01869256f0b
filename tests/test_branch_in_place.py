"""Files written in place: all of them or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from poolenv.branch import write_in_place
from poolenv.model import FileChange, PoolenvError

CHANGES = (
    FileChange("a.py", b"a = 1\n", b"a = 2\n"),
    FileChange("pkg/b.py", b"b = 1\r\n", b"b = 2\r\n"),
    FileChange("docs/new/LIMITS.md", None, b"# Limits\n"),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "pkg").mkdir(parents=True)
    (folder / "a.py").write_bytes(b"a = 1\n")
    (folder / "pkg/b.py").write_bytes(b"b = 1\r\n")
    return folder


def files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else b"folder"
        for path in root.rglob("*")
    }


def refuses(root: Path, changes: tuple[FileChange, ...], says: str) -> None:
    before = files(root)
    with pytest.raises(PoolenvError, match=says) as refused:
        write_in_place(root, changes)
    assert refused.value.exit_code == 4
    assert files(root) == before


def test_every_file_is_written_and_nothing_else_is_left(root: Path) -> None:
    write_in_place(root, CHANGES)
    assert files(root) == {
        "a.py": b"a = 2\n",
        "pkg": b"folder",
        "pkg/b.py": b"b = 2\r\n",
        "docs": b"folder",
        "docs/new": b"folder",
        "docs/new/LIMITS.md": b"# Limits\n",
    }


def test_the_file_mode_is_kept(root: Path) -> None:
    (root / "a.py").chmod(0o751)
    write_in_place(root, (*CHANGES, FileChange("run", None, b"#!/bin/sh\n", mode=0o100755)))
    assert (root / "a.py").stat().st_mode & 0o777 == 0o751
    assert os.access(root / "run", os.X_OK)
    assert not (root / "docs/new/LIMITS.md").stat().st_mode & 0o111


def test_an_unchanged_file_is_not_written(root: Path) -> None:
    before = (root / "a.py").stat()
    write_in_place(root, (FileChange("a.py", b"a = 1\n", b"a = 1\n"),))
    assert (root / "a.py").stat() == before


def test_a_file_edited_since_it_was_read_is_refused(root: Path) -> None:
    (root / "pkg/b.py").write_bytes(b"b = 7\r\n")
    refuses(root, CHANGES, r"pkg/b\.py: changed since it was read")
    (root / "pkg/b.py").unlink()
    refuses(root, CHANGES, r"pkg/b\.py: changed since it was read")


def test_a_new_file_that_is_already_there_is_refused(root: Path) -> None:
    (root / "docs/new").mkdir(parents=True)
    (root / "docs/new/LIMITS.md").write_bytes(b"ours\n")
    refuses(root, CHANGES, r"docs/new/LIMITS\.md: already exists")


@pytest.mark.parametrize("path", ["../outside.py", "/outside.py", "pkg/../../outside.py", "."])
def test_a_path_out_of_the_root_is_refused(root: Path, path: str) -> None:
    refuses(root, (FileChange(path, None, b"x\n"),), "leads out of the repository")
    assert not (root.parent / "outside.py").exists()


def test_links_are_not_followed_out_of_the_root(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.py").write_bytes(b"a = 1\n")
    (root / "linked").symlink_to(outside)
    (root / "link.py").symlink_to(outside / "a.py")
    for path in ("linked/a.py", "link.py"):
        refuses(root, (FileChange(path, b"a = 1\n", b"a = 2\n"),), "link")
    refuses(root, (FileChange("linked/new/b.py", None, b"a = 2\n"),), "link")
    assert (outside / "a.py").read_bytes() == b"a = 1\n"


def test_a_file_in_the_place_of_a_folder_is_one_line(root: Path) -> None:
    refuses(root, (FileChange("a.py/b.py", None, b"x\n"),), r"a\.py")


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_failure_puts_earlier_files_back(
    root: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """The disk, not the writer, is what fails here: the n-th rename into place."""
    real, seen = os.replace, list[Path]()

    def replace(source: Path, target: Path) -> None:
        if source.suffix == ".new":
            seen.append(target)
            if len(seen) == failing + 1:
                raise OSError(28, "No space left on device", str(target))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    inodes = [(root / name).stat().st_ino for name in ("a.py", "pkg/b.py")]
    refuses(root, CHANGES, "No space left on device; nothing was changed")
    assert [(root / name).stat().st_ino for name in ("a.py", "pkg/b.py")] == inodes
    assert len(seen) == failing + 1


def test_an_interruption_puts_earlier_files_back(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if target.name == "b.py":
            monkeypatch.undo()
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    before = files(root)
    with pytest.raises(KeyboardInterrupt):
        write_in_place(root, CHANGES)
    assert files(root) == before
