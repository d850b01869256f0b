"""A commit is read as it is, whatever the working tree holds and wherever its repository lies."""

from __future__ import annotations

from pathlib import Path

import pytest
from discovered_repository import commit, look_at, small_repository
from test_discover import POOL, git, look, write

from poolenv.model import PoolenvError


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit."""
    return small_repository(tmp_path / "project")


def test_a_commit_is_read_and_not_the_working_tree(repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    commit(repository, {"app/db.py": b"later = 1\n"})
    write(repository, {"app/db.py": b"dirty = 1\n", "new.py": POOL})

    snapshot = look_at(repository, "HEAD~1")

    assert snapshot.revision == first
    assert sorted(snapshot.python) == ["app/db.py", "app/models.py", "gone.py"]
    assert snapshot.python["app/db.py"].data == POOL
    assert snapshot.candidates == {"app/db.py", "gone.py"}
    assert dict(snapshot.other) == {".env": b"A=1"}


def test_a_commit_keeps_modes_and_leaves_out_symlinks_and_submodules(
    repository: Path, tmp_path: Path
) -> None:
    commit(tmp_path / "library", {"db.py": POOL})
    git(
        *(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add"),
        *(str(tmp_path / "library"), "lib"),
    )
    (repository / "link.py").symlink_to("gone.py")
    (repository / "gone.py").chmod(0o755)
    commit(repository, {})

    for snapshot in (look(repository), look_at(repository, "HEAD")):
        assert {path: oct(file.mode) for path, file in snapshot.python.items()} == {
            "app/db.py": "0o100644",
            "app/models.py": "0o100644",
            "gone.py": "0o100755",
        }
        assert snapshot.candidates == {"app/db.py", "gone.py"}


def test_globs_and_limits_hold_for_commits(repository: Path) -> None:
    commit(
        repository,
        {
            "big.py": POOL * 200_000,
            "dull.py": b"a = 1  # generated\n" * 300_000,
            "big.json": b" " * 300_000,
            "bad.py": b"create_engine('\xe9')\n",
            "vendor/db.py": POOL,
        },
    )

    snapshot = look_at(repository, "HEAD", exclude=("vendor", "gone.py"))

    assert list(snapshot.python) == ["app/db.py", "app/models.py"]
    assert list(snapshot.other) == [".env"]
    assert [(skipped.path, skipped.line) for skipped in snapshot.skipped] == [
        ("bad.py", 1),
        ("big.py", None),
    ]


def test_a_single_file_of_a_commit(repository: Path) -> None:
    write(repository, {"app/db.py": b"dirty = 1\n"})

    snapshot = look_at(repository / "app/db.py", "HEAD")

    assert snapshot.candidates == {"db.py"}
    assert snapshot.python["db.py"].data == POOL


def test_names_of_a_commit_that_are_not_ascii(repository: Path) -> None:
    commit(repository, {"añb\n'.py": POOL, "*.py": POOL})

    assert look_at(repository, "HEAD").candidates >= {"añb\n'.py", "*.py"}


def test_bare_shallow_and_linked(repository: Path, tmp_path: Path) -> None:
    second = commit(repository, {"second.py": POOL})
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), "shallow")
    git(repository, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))

    expected = look_at(repository, second)

    for name in ("bare.git", "shallow", "linked"):
        snapshot = look_at(tmp_path / name, "HEAD")
        assert (name, snapshot.revision) == (name, second)
        assert dict(snapshot.python) == dict(expected.python)
        assert snapshot.candidates == expected.candidates
    assert look(tmp_path / "linked").candidates == expected.candidates


def test_a_sparse_checkout_is_whole_in_the_commit(repository: Path) -> None:
    commit(repository, {"worker/db.py": POOL})
    git(repository, "sparse-checkout", "set", "worker")

    assert "app/db.py" not in look(repository).python
    assert look_at(repository, "HEAD").candidates == {"app/db.py", "gone.py", "worker/db.py"}


def test_a_partial_clone_is_refused_and_fetches_nothing(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(
        *(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none"),
        *(repository.as_uri(), "partial"),
    )

    with pytest.raises(PoolenvError, match="git can't read the repository") as caught:
        look_at(tmp_path / "partial", "HEAD")

    assert caught.value.exit_code == 4
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("revision", ["nope", "--help", "", "HEAD:app", "HEAD~9", "a\nb"])
def test_a_bad_revision_is_wrong_usage(repository: Path, revision: str) -> None:
    with pytest.raises(PoolenvError, match="is not a commit of") as caught:
        look_at(repository, revision)

    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_a_revision_outside_a_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PoolenvError, match="not a git repository") as caught:
        look_at(tmp_path, "HEAD")

    assert caught.value.exit_code == 4
