"""What happens to a branch that is already there, and to names git can't take."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from branch_repository import (
    BRANCH,
    CODE,
    checkout_state,
    commit_all,
    git,
    make,
    make_repository,
    migration,
)

from poolenv.branch import BranchResult, write_branch
from poolenv.model import Options, PoolenvError

pytestmark = pytest.mark.usefixtures("own_git_configuration")

NAME = "poolenv/pool-limits"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository")


def refuses(root: Path, says: str, *, force: bool = True, branch: str = NAME) -> None:
    """The run is refused in one line, and every ref stays."""
    refs = git(root, "for-each-ref")
    before = checkout_state(root)
    with pytest.raises(PoolenvError, match=says) as refused:
        make(root, options=Options(branch=branch), force=force)
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code in (2, 4)
    assert git(root, "for-each-ref") == refs
    assert checkout_state(root) == before


def test_an_existing_branch_is_refused_with_the_way_out(repository: Path) -> None:
    make(repository)
    refuses(repository, r"already exists; choose --branch OTHER, or .* --force", force=False)


def test_force_replaces_poolenvs_own_branch(repository: Path) -> None:
    first = make(repository)
    (repository / "README.md").write_bytes(b"main moves on\n")
    base = commit_all(repository)

    second = make(repository, force=True)

    assert (second.replaced, second.base) == (first.tip, base)
    assert git(repository, "rev-parse", BRANCH) == second.tip
    assert git(repository, "merge-base", "main", BRANCH) == base


def test_force_on_a_new_name_just_makes_it(repository: Path) -> None:
    assert make(repository, force=True).replaced is None


def on_the_branch(repository: Path, tmp_path: Path) -> tuple[BranchResult, Path]:
    result = make(repository)
    person = tmp_path / "person"
    git(repository, "worktree", "add", "--quiet", "--detach", str(person), NAME)
    return result, person


def test_force_keeps_a_persons_commit_on_top(repository: Path, tmp_path: Path) -> None:
    _, person = on_the_branch(repository, tmp_path)
    (person / "app/db.py").write_bytes(b"a person's work\n")
    git(repository, "update-ref", BRANCH, commit_all(person))
    refuses(repository, "holds commits poolenv did not make")


def test_force_keeps_a_commit_that_a_person_amended(repository: Path, tmp_path: Path) -> None:
    _, person = on_the_branch(repository, tmp_path)
    (person / "app/db.py").write_bytes(b"a person's work\n")
    git(person, "commit", "--quiet", "--all", "--amend", "--no-edit")
    assert "Generated-by: poolenv" in git(person, "log", "-1")
    git(repository, "update-ref", BRANCH, git(person, "rev-parse", "HEAD"))
    refuses(repository, "holds commits poolenv did not make")


def test_force_keeps_a_branch_of_a_person_below_poolenvs_commits(repository: Path) -> None:
    git(repository, "switch", "--quiet", "-c", "feature")
    (repository / "README.md").write_bytes(b"only here\n")
    commit_all(repository)
    make(repository)
    git(repository, "switch", "--quiet", "main")
    git(repository, "branch", "--quiet", "-D", "feature")
    refuses(repository, "holds commits poolenv did not make")


def test_force_keeps_a_branch_without_commits_of_its_own(repository: Path) -> None:
    git(repository, "branch", "release")
    refuses(repository, "holds commits poolenv did not make", branch="release")


def test_the_branch_that_is_checked_out_is_never_replaced(repository: Path, tmp_path: Path) -> None:
    refuses(repository, "is checked out", branch="main")
    make(repository)
    git(repository, "worktree", "add", "--quiet", str(tmp_path / "look"), NAME)
    refuses(repository, "is checked out")


def test_a_branch_being_rebased_in_a_worktree_counts_as_checked_out(
    repository: Path, tmp_path: Path
) -> None:
    make(repository)
    look = tmp_path / "look"
    git(repository, "worktree", "add", "--quiet", str(look), NAME)
    subprocess.run(
        ["git", "rebase", "--quiet", "--force-rebase", "--exec", "false", "main"],
        cwd=look, capture_output=True, check=False,
    )  # fmt: skip
    assert git(look, "rev-parse", "--abbrev-ref", "HEAD") == "HEAD"
    refuses(repository, "is checked out")


def test_a_branch_that_head_waits_to_be_born_on_is_refused(repository: Path) -> None:
    git(repository, "symbolic-ref", "HEAD", BRANCH)
    made = migration(repository, revision="main")
    with pytest.raises(PoolenvError, match="is checked out"):
        make(repository, made)
    assert git(repository, "for-each-ref", BRANCH) == ""


def test_a_name_for_another_branch_is_not_followed(repository: Path) -> None:
    make(repository)
    git(repository, "symbolic-ref", "refs/heads/alias", BRANCH)
    refuses(repository, "stands for another branch", branch="alias")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a..b",
        "-x",
        "a b",
        "x.lock",
        "a~1",
        "@{-1}",
        "/a",
        "a/",
        "a\nb",
        "\x1b[31m",
        "HEAD",
        "@",
    ],
)
def test_names_that_git_does_not_take(repository: Path, name: str) -> None:
    refuses(repository, "not a valid branch name", branch=name)


@pytest.mark.parametrize(("there", "wanted"), [("a", "a/b"), ("a/b/c", "a"), ("a/b/c", "a/b")])
def test_a_branch_can_not_be_a_folder_of_branches(
    repository: Path, there: str, wanted: str
) -> None:
    git(repository, "branch", there)
    refuses(repository, rf"branch {wanted} can't stand beside branch {there}", branch=wanted)


def test_a_branch_made_meanwhile_is_not_overwritten(repository: Path) -> None:
    made = migration(repository, CODE, ())

    def documents(code_commit: str) -> tuple[()]:
        git(repository, "branch", NAME, "main")
        return ()

    with pytest.raises(PoolenvError, match=r"was not made, nothing changed: git update-ref"):
        write_branch(repository, made, Options(), documents=documents)
    assert git(repository, "rev-parse", BRANCH) == git(repository, "rev-parse", "main")
