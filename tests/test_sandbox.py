"""Copies of a commit, and child processes in them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from branch_repository import (
    BEFORE,
    checkout_state,
    commit_all,
    git,
    make_repository,
)

from poolenv.model import PoolenvError
from poolenv.sandbox import Copy, exported, import_roots, run_limited, sanitised_environment

pytestmark = pytest.mark.usefixtures("own_git_configuration")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository")


def test_a_copy_is_the_commit_and_not_the_checkout(repository: Path) -> None:
    (repository / "run").write_bytes(b"#!/bin/sh\n")
    (repository / "run").chmod(0o755)
    (repository / "link").symlink_to("app/db.py")
    (repository / ".gitattributes").write_bytes(b"tests export-ignore\n")
    commit_all(repository)
    (repository / "app/db.py").write_bytes(b"not committed\n")
    (repository / "untracked.py").touch()
    before = checkout_state(repository)

    with exported(repository, "HEAD") as copy:
        assert copy.root == copy.top
        assert copy.top.name == "repository"
        names = {str(p.relative_to(copy.top)) for p in copy.top.rglob("*") if not p.is_dir()}
        tracked = set(git(repository, "ls-files").splitlines())
        assert names == tracked
        assert (copy.top / "app/db.py").read_bytes() == BEFORE
        assert os.access(copy.top / "run", os.X_OK)
        assert (copy.top / "link").readlink() == Path("app/db.py")
        (copy.top / "app/db.py").write_bytes(b"changed by a test\n")

    assert not copy.top.exists()
    assert checkout_state(repository) == before


def test_a_copy_of_a_root_inside_the_repository(tmp_path: Path) -> None:
    top = tmp_path / "monorepo"
    root = make_repository(top / "services/käse")
    (root / ".git").rename(top / ".git")
    commit_all(top)
    with exported(root, "HEAD") as copy:
        assert copy.root == copy.top / "services/käse"
        assert (copy.root / "app/db.py").read_bytes() == BEFORE


@pytest.mark.parametrize("sparse_index", ["--no-sparse-index", "--sparse-index"])
def test_a_copy_of_a_sparse_checkout_is_whole(repository: Path, sparse_index: str) -> None:
    git(repository, "sparse-checkout", "set", "--cone", sparse_index, "tests")
    with exported(repository, "HEAD") as copy:
        assert (copy.root / "app/db.py").is_file()


def test_a_copy_in_a_linked_worktree(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    before = checkout_state(tmp_path / "linked"), checkout_state(repository)
    with exported(tmp_path / "linked", "HEAD") as copy:
        assert (copy.root / "app/db.py").is_file()
    assert (checkout_state(tmp_path / "linked"), checkout_state(repository)) == before


def test_hooks_do_not_run(repository: Path, tmp_path: Path) -> None:
    hook = repository / ".git/hooks/post-index-change"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\n")
    hook.chmod(0o755)
    git(repository, "reset", "--quiet", "--hard")
    (tmp_path / "ran").unlink()
    with exported(repository, "HEAD"):
        assert not (tmp_path / "ran").exists()


def test_a_tree_that_is_not_there_is_one_line(repository: Path) -> None:
    with pytest.raises(PoolenvError, match="git read-tree failed"), exported(repository, "absent"):
        pass


def test_the_environment_of_a_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src").mkdir()
    for name in ("DB_POOL_SIZE", "GIT_DIR", "PYTEST_ADDOPTS", "PYTHONPATH", "DATABASE_URL"):
        monkeypatch.setenv(name, "x")
    environment = sanitised_environment(Copy(tmp_path, tmp_path), frozenset({"DB_POOL_SIZE"}))
    assert not {"DB_POOL_SIZE", "GIT_DIR", "PYTEST_ADDOPTS"} & environment.keys()
    assert environment["PYTHONPATH"] == f"{tmp_path}/src{os.pathsep}{tmp_path}"
    assert environment["PATH"] == os.environ["PATH"]
    assert environment["DATABASE_URL"] == "x"


@pytest.mark.parametrize(
    ("file", "is_root"),
    [("app/__init__.py", True), ("logging/__init__.py", False), ("types.py", False),
     ("test/__init__.py", True), ("logging/notes.txt", True)],
)  # fmt: skip
def test_a_root_that_hides_the_standard_library_is_not_on_the_path(
    tmp_path: Path, file: str, is_root: bool
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).touch()
    assert import_roots(Copy(tmp_path, tmp_path)) == ((tmp_path,) if is_root else ())


def test_how_children_end(tmp_path: Path) -> None:
    def run(code: str, timeout_s: float = 30) -> tuple[int | None, bool, str]:
        command = (sys.executable, "-c", code)
        ended = run_limited(command, tmp_path, dict(os.environ), timeout_s)
        return ended.exit_code, ended.timed_out, ended.output

    assert run("print('out'); import sys; sys.exit(3)") == (3, False, "out\n")
    assert run("import os; os.kill(os.getpid(), 9)") == (-9, False, "")
    assert run("import sys; print(repr(sys.stdin.read()))") == (0, False, "''\n")
    assert run("import os; os.write(1, b'\\xff')") == (0, False, "\ufffd")
    assert run("import time; time.sleep(60)", timeout_s=0.5) == (None, True, "")


def test_a_child_of_the_child_does_not_survive(tmp_path: Path) -> None:
    command = ("/bin/sh", "-c", f"sleep 600 & echo $! > '{tmp_path}/pid'")
    assert run_limited(command, tmp_path, dict(os.environ), 30).exit_code == 0
    pid = (tmp_path / "pid").read_text().strip()
    for _ in range(100):
        listed = subprocess.run(["ps", "-o", "stat=", "-p", pid], capture_output=True, check=False)
        if listed.stdout.strip() in (b"", b"Z"):
            return
        time.sleep(0.1)
    raise AssertionError(f"process {pid} still runs")


def test_a_program_that_can_not_start_is_a_value(tmp_path: Path) -> None:
    ended = run_limited(("no-such-program",), tmp_path, dict(os.environ), 5)
    assert (ended.exit_code, ended.problem) == (None, "no-such-program: No such file or directory")
