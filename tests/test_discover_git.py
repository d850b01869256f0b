"""Git repositories in every state: the working tree as git lists it, and commits as they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from discovered_repository import commit, look_at, small_repository
from test_discover import CATALOGUE, POOL, git, look, write

from poolenv.discover import discover
from poolenv.model import Options, PoolenvError


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    return small_repository(tmp_path / "project")


def test_tracked_and_untracked_but_not_ignored_nor_deleted(repository: Path) -> None:
    write(repository, {"new.py": POOL, "out/a.py": POOL, "out/kept.py": POOL, ".gitignore": b"out"})
    git(repository, "add", "--force", "out/kept.py")
    (repository / "gone.py").unlink()

    snapshot = look(repository)

    assert sorted(snapshot.python) == ["app/db.py", "app/models.py", "new.py", "out/kept.py"]
    assert snapshot.candidates == {"app/db.py", "new.py", "out/kept.py"}


def test_a_subfolder_is_read_alone_with_paths_relative_to_it(repository: Path) -> None:
    write(repository, {"app/new.py": POOL})
    git(repository, "add", "app/new.py")
    commit(repository, {"other/db.py": POOL})

    on_disk = look(repository / "app")
    committed = look_at(repository / "app", "HEAD")

    assert list(on_disk.python) == ["db.py", "models.py", "new.py"]
    assert dict(on_disk.python) == dict(committed.python)
    assert on_disk.candidates == committed.candidates == {"db.py", "new.py"}
    assert on_disk.root == committed.root == str(repository / "app")


def test_a_folder_that_git_ignores_is_read_when_it_is_named(repository: Path) -> None:
    write(repository, {"build/out/db.py": POOL, ".gitignore": b"build\n"})

    assert look(repository / "build").candidates == {"out/db.py"}


def test_untracked_environments_are_left_out(repository: Path) -> None:
    commit(repository, {"vendor/node_modules/db.py": POOL})
    write(
        repository,
        {"env/pyvenv.cfg": b"", "env/lib/db.py": POOL, "node_modules/a.py": POOL, "b.py": POOL},
    )

    assert look(repository).candidates == {
        "app/db.py",
        "b.py",
        "gone.py",
        "vendor/node_modules/db.py",
    }


def test_a_tracked_folder_that_became_a_symlink_is_not_followed(
    repository: Path, tmp_path: Path
) -> None:
    write(tmp_path / "outside", {"db.py": POOL})
    (repository / "app").rename(tmp_path / "moved")
    (repository / "app").symlink_to(tmp_path / "outside")

    assert list(look(repository).python) == ["gone.py"]


def test_a_merge_conflict_lists_a_file_once(repository: Path) -> None:
    base = git(repository, "symbolic-ref", "--short", "HEAD")
    git(repository, "checkout", "--quiet", "-b", "other")
    commit(repository, {"app/db.py": POOL + b"a = 1\n"})
    git(repository, "checkout", "--quiet", base)
    commit(repository, {"app/db.py": POOL + b"b = 1\n"})
    with pytest.raises(Exception, match="exit status 1"):
        git(repository, "merge", "other")

    assert list(look(repository).python).count("app/db.py") == 1
    assert b"<<<<<<<" in look(repository).python["app/db.py"].data


def test_a_repository_without_commits(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write(tmp_path, {"db.py": POOL})

    assert look(tmp_path).candidates == {"db.py"}
    with pytest.raises(PoolenvError, match="has no commits yet") as caught:
        look_at(tmp_path, "HEAD")
    assert caught.value.exit_code == 4


def test_a_bare_repository_has_no_working_tree(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--bare")

    with pytest.raises(PoolenvError, match="a bare repository has no files") as caught:
        look(tmp_path)

    assert caught.value.exit_code == 4


def test_a_broken_index_is_refused_with_git_s_own_words(repository: Path) -> None:
    (repository / ".git/index").write_bytes(b"nonsense")

    with pytest.raises(PoolenvError, match="git can't read the repository: ") as caught:
        look(repository)

    assert caught.value.exit_code == 4
    assert "\n" not in str(caught.value)


def test_nothing_that_the_repository_configures_is_run(repository: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "diff.external",
        "filter.x.clean",
        "diff.x.textconv",
    ):
        git(repository, "config", key, str(trap))
    for hook in ("post-index-change", "fsmonitor-watchman"):
        (repository / ".git/hooks" / hook).unlink(missing_ok=True)
        (repository / ".git/hooks" / hook).symlink_to(trap)
    write(repository, {".gitattributes": b"* filter=x diff=x\n", "app/db.py": POOL + b"a = 1\n"})
    git(repository, "status")
    (tmp_path / "sprung").unlink()

    look(repository)
    look_at(repository, "HEAD")

    assert not (tmp_path / "sprung").exists()


def test_reading_changes_nothing_in_the_repository(repository: Path) -> None:
    def state() -> dict[str, tuple[int, bytes]]:
        return {
            str(path): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(repository.rglob("*"))
            if path.is_file()
        }

    os.utime(repository / "app/db.py")
    before = state()

    look(repository)
    look_at(repository, "HEAD")

    assert state() == before


def test_variables_of_a_surrounding_git_do_not_mislead(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    commit(other, {"other.py": POOL})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")

    assert look(repository).candidates == {"app/db.py", "gone.py"}
    assert look_at(repository, "HEAD").candidates == {"app/db.py", "gone.py"}


ODD_BYTES = {
    "crlf.py": b"a\r\nx = DATABASES\r\n",
    "latin.py": b"# coding: latin-1\n# \xe9\ncreate_pool()\n",
    "cr.py": b"a\rcreate_engine\rb",
    "long.py": b"x" * 100_000 + b"create_engine" + b"y" * 100_000,
    "near.py": b"create_\nengine = createengine = database\n",
    ".gitattributes": b"*.py binary\n",
}


@pytest.mark.parametrize("revision", [None, "HEAD"])
def test_the_search_by_git_finds_what_the_bytes_hold(
    repository: Path, revision: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository, {f"app/{name}": data for name, data in ODD_BYTES.items()})
    git(repository, "config", "color.ui", "always")
    git(repository, "config", "grep.fullName", "true")
    git(repository, "config", "grep.patternType", "perl")

    by_git = discover(repository / "app", CATALOGUE, Options(), revision=revision)
    monkeypatch.setattr("poolenv.discover.git_search.GitSearch._started", lambda *_, **__: None)
    in_python = discover(repository / "app", CATALOGUE, Options(), revision=revision)

    assert by_git.candidates == {"db.py", "crlf.py", "latin.py", "cr.py", "long.py"}
    assert by_git.candidates == in_python.candidates


def test_no_state_of_a_tracked_file_hides_a_pool(repository: Path) -> None:
    """``git grep`` by itself passes over all of these."""
    names = ["unchanged.py", "skipped.py", "ignored.py", "added.py", "staged.py"]
    commit(repository, dict.fromkeys(names[:4], b"a = 1\n"))
    write(repository, dict.fromkeys(names, POOL) | {".gitignore": b"ignored.py\n"})
    git(repository, "update-index", "--assume-unchanged", "unchanged.py")
    git(repository, "update-index", "--skip-worktree", "skipped.py")
    git(repository, "add", "--intent-to-add", "staged.py")

    assert look(repository).candidates == {"app/db.py", "gone.py", *names}


def test_clones_in_a_plain_folder_are_part_of_it(tmp_path: Path) -> None:
    commit(tmp_path / "one", {"db.py": POOL, "other.py": b""})
    commit(tmp_path / "two/three", {"db.py": POOL, ".gitignore": b"db.py"})

    assert look(tmp_path).candidates == {"one/db.py", "two/three/db.py"}


def test_a_repository_in_which_nothing_is_tracked_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write(tmp_path, {f"m{n}.py": POOL if n % 2 else b"" for n in range(9)} | {".env": b"A=1"})

    assert look(tmp_path).candidates == {f"m{n}.py" for n in (1, 3, 5, 7)}
