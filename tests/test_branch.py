"""The branch: three commits, one ref, and a checkout that stays as it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from branch_repository import (
    AFTER,
    BEFORE,
    BRANCH,
    CODE,
    TESTS,
    checkout_state,
    commit_all,
    git,
    git_bytes,
    make,
    make_repository,
    migration,
)

from poolenv.branch import diff_text, write_branch, write_trial
from poolenv.model import (
    FileChange,
    Options,
    PoolenvError,
)

pytestmark = pytest.mark.usefixtures("own_git_configuration")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository")


def test_code_tests_and_documents_are_three_commits_on_the_base(repository: Path) -> None:
    result = make(repository)

    base = git(repository, "rev-parse", "main")
    assert (result.branch, result.base) == ("poolenv/pool-limits", base)
    assert git(repository, "rev-parse", BRANCH) == result.documents == result.tip
    assert git(repository, "log", "--format=%H", f"main..{BRANCH}").split() == [
        result.documents,
        result.tests,
        result.code,
    ]
    assert [(commit.kind, commit.files) for commit in result.commits] == [
        ("code", ("app/db.py",)),
        ("tests", ("tests/test_db.py",)),
        ("documents", ("LIMITS.md",)),
    ]
    assert git_bytes(repository, "show", f"{BRANCH}:app/db.py") == AFTER
    assert f"git revert {result.code}" in git(repository, "show", f"{BRANCH}:LIMITS.md")


def test_reverting_the_code_commit_named_in_the_documents_works(repository: Path) -> None:
    result = make(repository)
    git(repository, "switch", "--quiet", "poolenv/pool-limits")
    git(repository, "revert", "--no-edit", str(result.code))
    assert (repository / "app/db.py").read_bytes() == BEFORE


@pytest.mark.parametrize("kind", ["clean", "dirty", "detached", "staged deletion", "conflict"])
def test_the_checkout_is_not_touched(repository: Path, kind: str) -> None:
    if kind == "dirty":
        (repository / "app/db.py").write_bytes(b"half a thought\n")
        (repository / "README.md").write_bytes(b"staged\n")
        git(repository, "add", "README.md")
        (repository / "untracked.py").write_bytes(b"x\n")
    elif kind == "detached":
        git(repository, "checkout", "--quiet", "--detach")
    elif kind == "staged deletion":
        git(repository, "rm", "--quiet", "app/db.py")
    elif kind == "conflict":
        git(repository, "switch", "--quiet", "-c", "other")
        (repository / "README.md").write_bytes(b"other\n")
        commit_all(repository)
        git(repository, "switch", "--quiet", "main")
        (repository / "README.md").write_bytes(b"main\n")
        commit_all(repository)
        subprocess.run(["git", "merge", "other"], cwd=repository, capture_output=True, check=False)
        assert (repository / ".git/MERGE_HEAD").exists()
    before = checkout_state(repository)

    result = make(repository)

    assert checkout_state(repository) == before
    assert git(repository, "rev-parse", BRANCH) == result.tip
    assert git(repository, "diff", "--name-only", result.base, result.tip).split() == [
        "LIMITS.md",
        "app/db.py",
        "tests/test_db.py",
    ]


def test_a_failure_while_documents_are_written_leaves_no_ref(repository: Path) -> None:
    before = checkout_state(repository)

    def crash(code_commit: str) -> tuple[FileChange, ...]:
        assert git(repository, "cat-file", "-t", code_commit) == "commit"
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="disk is full"):
        write_branch(repository, migration(repository), Options(), documents=crash)

    assert checkout_state(repository) == before
    assert git(repository, "for-each-ref", BRANCH) == ""
    assert "dangling commit" in git(repository, "fsck", "--no-reflogs")


def test_hooks_fsmonitor_filters_and_signing_settings_have_no_say(repository: Path) -> None:
    trace = repository.parent / "ran"
    hooks = repository / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("reference-transaction", "pre-commit", "post-commit", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\necho {name} >> '{trace}'\n")
        (hooks / name).chmod(0o755)
    monitor = repository.parent / "monitor"
    monitor.write_text(f"#!/bin/sh\necho fsmonitor >> '{trace}'\n")
    monitor.chmod(0o755)
    (repository / ".git/info/attributes").write_text("*.py filter=shout text eol=crlf\n")
    for key, value in {
        "core.fsmonitor": str(monitor),
        "core.autocrlf": "true",
        "core.splitIndex": "true",
        "filter.shout.clean": f"echo filter >> '{trace}'; tr a-z A-Z",
        "filter.shout.required": "true",
        "commit.gpgSign": "true",
        "gpg.program": "/does/not/exist",
        "diff.external": f"echo external >> '{trace}'",
        "diff.shout.textconv": f"echo textconv >> '{trace}'",
    }.items():
        git(repository, "config", key, value)
    crlf = AFTER.replace(b"\n", b"\r\n") + b"# caf\xe9"
    made = migration(repository, (FileChange("app/db.py", BEFORE, crlf),))

    result = make(repository, made)
    diff_text(repository, made, made.code)

    assert not trace.exists(), trace.read_text()
    assert not list((repository / ".git").glob("sharedindex*"))
    assert git_bytes(repository, "cat-file", "blob", f"{result.tip}:app/db.py") == crlf
    assert "gpgsig" not in git(repository, "cat-file", "commit", result.tip)


def test_a_linked_worktree(repository: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(repository, "worktree", "add", "--quiet", "-b", "feature", str(linked))
    before = checkout_state(linked), checkout_state(repository)
    result = make(linked)
    assert (checkout_state(linked), checkout_state(repository)) == before
    assert git(repository, "rev-parse", BRANCH) == result.tip


def test_a_shallow_clone(repository: Path, tmp_path: Path) -> None:
    (repository / "README.md").write_bytes(b"second\n")
    commit_all(repository)
    clone = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), str(clone))
    before = checkout_state(clone)
    result = make(clone)
    assert checkout_state(clone) == before
    assert git(clone, "diff", "--name-only", f"HEAD..{result.code}") == "app/db.py"
    assert make(clone, force=True).replaced == result.tip


def test_a_partial_clone_fetches_nothing_it_does_not_need(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    git(
        tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout",
        repository.as_uri(), str(clone),
    )  # fmt: skip
    made = migration(clone)
    git(clone, "remote", "set-url", "origin", "/does/not/exist")
    assert git(clone, "diff-tree", "-r", "--name-only", make(clone, made).tip, "HEAD").split() == [
        "LIMITS.md",
        "app/db.py",
        "tests/test_db.py",
    ]


@pytest.mark.parametrize("sparse_index", ["--no-sparse-index", "--sparse-index"])
def test_a_sparse_checkout_keeps_what_it_does_not_show(repository: Path, sparse_index: str) -> None:
    git(repository, "sparse-checkout", "set", "--cone", sparse_index, "tests")
    assert not (repository / "app").exists()
    before = checkout_state(repository)
    result = make(repository)
    assert checkout_state(repository) == before
    assert git(repository, "diff", "--name-status", result.base, result.tip).split() == (
        ["A", "LIMITS.md", "M", "app/db.py", "M", "tests/test_db.py"]
    )


def test_a_submodule_stays_and_is_not_entered(repository: Path, tmp_path: Path) -> None:
    inner = make_repository(tmp_path / "inner")
    git(repository, "submodule", "--quiet", "add", str(inner), "vendor")
    commit_all(repository)
    before = checkout_state(repository)
    result = make(repository)
    assert checkout_state(repository) == before
    assert git(repository, "rev-parse", f"{result.tip}:vendor") == git(inner, "rev-parse", "HEAD")

    inside = (FileChange("vendor/new.py", None, b"x = 1\n"),)
    with pytest.raises(PoolenvError, match="vendor: stands in the way") as refused:
        make(repository, migration(repository, inside), Options(branch="other"))
    assert refused.value.exit_code == 4


def test_a_root_inside_the_repository(tmp_path: Path) -> None:
    top = tmp_path / "monorepo"
    root = make_repository(top / "services/käse")
    (root / ".git").rename(top / ".git")
    commit_all(top)
    before = checkout_state(top)
    made = migration(root)

    diff = diff_text(root, made, (*made.code, *made.tests))
    result = make(root, made)

    assert checkout_state(top) == before
    assert git(
        top, "-c", "core.quotePath=false", "diff", "--name-only", result.base, result.tip
    ) == ("services/käse/LIMITS.md\nservices/käse/app/db.py\nservices/käse/tests/test_db.py")
    assert diff == git_bytes(root, "diff", result.base, str(result.tests))


def test_a_sha256_repository(tmp_path: Path) -> None:
    root = make_repository(tmp_path / "repository", "--object-format=sha256")
    before = checkout_state(root)
    result = make(root)
    assert checkout_state(root) == before
    assert len(result.tip) == 64
    assert make(root, force=True).replaced == result.tip


def test_the_file_mode_of_the_base_is_kept(repository: Path) -> None:
    (repository / "app/db.py").chmod(0o755)
    commit_all(repository)
    script = FileChange("tests/run", None, b"#!/bin/sh\n", mode=0o100755)
    result = make(repository, migration(repository, CODE, (*TESTS, script)))
    modes = git(repository, "ls-tree", "-r", "--format=%(objectmode) %(path)", result.tip)
    assert {"100755 app/db.py", "100644 tests/test_db.py", "100755 tests/run"} <= set(
        modes.splitlines()
    )


def test_nothing_to_change_makes_no_ref(repository: Path) -> None:
    same = (FileChange("app/db.py", BEFORE, BEFORE),)
    result = make(repository, migration(repository, same, ()))
    assert (result.commits, result.tip) == ((), result.base)
    assert git(repository, "for-each-ref", BRANCH) == ""


def test_a_commit_without_files_is_left_out(repository: Path) -> None:
    result = write_branch(
        repository, migration(repository, CODE, ()), Options(), documents=lambda _: ()
    )
    assert (result.tests, result.documents) == (None, None)
    assert git(repository, "rev-list", "--count", f"main..{BRANCH}") == "1"


def test_a_file_that_differs_from_the_base_is_refused(repository: Path) -> None:
    wrong = (FileChange("app/db.py", b"something else\n", AFTER),)
    with pytest.raises(PoolenvError, match=r"app/db\.py: differs from the base commit"):
        make(repository, migration(repository, wrong))
    absent = (FileChange("app/gone.py", b"x\n", AFTER),)
    with pytest.raises(PoolenvError, match=r"app/gone\.py: does not exist in the base"):
        make(repository, migration(repository, absent))
    (repository / "link.py").symlink_to("app/db.py")
    commit_all(repository)
    link = (FileChange("link.py", b"app/db.py", AFTER),)
    with pytest.raises(PoolenvError, match=r"link\.py: is not a regular file"):
        make(repository, migration(repository, link))


def test_a_document_replaces_poolenvs_own_and_nothing_else(repository: Path) -> None:
    (repository / "LIMITS.md").write_bytes(b"Written by poolenv last year\n")
    commit_all(repository)
    assert b"git revert" in git_bytes(repository, "show", f"{make(repository).tip}:LIMITS.md")

    (repository / "LIMITS.md").write_bytes(b"Our own limits\n")
    commit_all(repository)
    with pytest.raises(PoolenvError, match=r"LIMITS\.md: already exists"):
        make(repository, options=Options(branch="other"))


def test_the_trial_tree_is_what_the_tests_commit_will_hold(repository: Path) -> None:
    before = checkout_state(repository)
    trial = write_trial(repository, migration(repository))
    assert checkout_state(repository) == before
    assert git(repository, "rev-parse", f"{make(repository).tests}^{{tree}}") == trial


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"])
def test_the_callers_git_variables_do_not_lead_elsewhere(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    made = migration(repository)
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    result = make(repository, made)
    monkeypatch.delenv(variable)
    assert git(repository, "rev-parse", BRANCH) == result.tip
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_outside_git(tmp_path: Path, repository: Path) -> None:
    made = migration(repository)
    with pytest.raises(PoolenvError, match="not a git repository"):
        make(tmp_path, made)
    with pytest.raises(PoolenvError, match="no such folder"):
        make(tmp_path / "absent", made)
