"""The demo's copy of the example, and what migrate prints about a branch."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from poolenv.branch import BranchResult, Commit
from poolenv.model import PoolenvError
from poolenv_cli.demo import example, make_repository
from poolenv_cli.render_outcome import next_commands

MADE = BranchResult(
    branch="poolenv/pool-limits",
    base="1234567890abcdef1234567890abcdef12345678",
    commits=(Commit("code", "f" * 40, "Read pool limits from the environment", ("db.py",)),),
)


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def test_the_copy_is_a_clean_repository_with_all_files(tmp_path: Path) -> None:
    copy = make_repository(tmp_path / "copy")
    assert _git(copy, "status", "--porcelain", "--ignored") == ""
    assert _git(copy, "log", "--format=%an %s") == "Poolenv Demo The example as it grew\n"
    tracked = set(_git(copy, "ls-files").split())
    assert {".env.example", "render.yaml", "backend/app/database.py"} <= tracked
    assert not any("__pycache__" in name for name in tracked)
    original = example() / "backend/app/database.py"
    assert (copy / "backend/app/database.py").read_bytes() == original.read_bytes()


def test_without_keep_the_copy_is_a_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert make_repository(None).is_relative_to(tmp_path)


def test_keep_takes_no_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(PoolenvError, match="not an empty folder; --keep makes a new one"):
        make_repository(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_next_commands_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert next_commands(MADE, Path(), None) == (
        ("look", "git diff 1234567890..poolenv/pool-limits"),
        (
            "test",
            "git worktree add ../shop-pool-limits poolenv/pool-limits && "
            "cd ../shop-pool-limits && python -m pytest",
        ),
        ("push", "git push -u origin poolenv/pool-limits"),
    )


def test_next_commands_elsewhere_can_be_pasted(tmp_path: Path) -> None:
    folder = tmp_path / "a shop"
    look, test, _ = next_commands(MADE, folder, "tox -q")
    assert look == ("look", f"git -C '{folder}' diff 1234567890..poolenv/pool-limits")
    assert test[1].endswith(f"&& cd '{tmp_path}/a shop-pool-limits' && tox -q")
