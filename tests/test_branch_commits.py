"""What the commits say, and who signs them: messages, authors, dates and signatures."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from branch_repository import (
    BRANCH,
    documents,
    git,
    make,
    make_repository,
    migration,
)

from poolenv.branch import write_branch
from poolenv.model import (
    Decision,
    Options,
    Origin,
    Plan,
    PoolenvError,
    PoolKey,
    Role,
    Site,
    Variable,
    Verdict,
)

pytestmark = pytest.mark.usefixtures("own_git_configuration")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return make_repository(tmp_path / "repository")


def overflow_plan() -> Plan:
    site = Site(
        "app/db.py", 1, 29, "sqlalchemy.create_engine", "max_overflow", Role.OVERFLOW, 10, "10",
        Origin.LITERAL, None, None, (), in_test=False, pool=PoolKey("app/db.py", 1, 10),
    )  # fmt: skip
    decision = Decision(site, Verdict.REWRITE, "cap", "DB_MAX_OVERFLOW", 5)
    paths = tuple(f"app/very/long/name/of/a/folder/module_{n}.py" for n in range(7))
    variable = Variable("DB_MAX_OVERFLOW", 5, Role.OVERFLOW, ("max_overflow",), paths, is_new=True)
    return Plan((decision,), (), (variable,))


def test_messages_say_what_changed_and_to_what(repository: Path) -> None:
    result = make(repository, migration(repository, plan=overflow_plan()))
    code, tests, documentation = (
        git(repository, "log", "-1", "--format=%B", commit.hash) for commit in result.commits
    )
    assert code.startswith(
        "Read connection-pool limits from the environment, with new defaults\n\n"
    )
    assert "- DB_MAX_OVERFLOW=5, was 10 (max_overflow;\n" in code
    assert "and 3 more)" in code
    assert tests.startswith("Update tests to the new pool limits\n\n")
    assert documentation.startswith("Document the connection-pool limits\n\n")
    assert f"    git revert {result.code}\n" in documentation
    for message in (code, tests, documentation):
        assert "\nGenerated-by: poolenv " in message
        assert max(len(line) for line in message.splitlines() if " " in line[2:]) <= 100


def test_a_value_that_stays_is_not_called_new(repository: Path) -> None:
    result = make(repository)
    assert result.commits[0].subject == "Read connection-pool limits from the environment"


def dates_and_people(root: Path) -> list[str]:
    return git(root, "log", "-1", "--format=%an <%ae>%n%cn <%ce>%n%at%n%ct", BRANCH).splitlines()


def test_author_and_committer(repository: Path) -> None:
    make(repository)
    assert dates_and_people(repository)[:2] == ["Ada <ada@example.org>"] * 2
    make(repository, author="Grace Hopper <grace@example.org>", force=True)
    assert dates_and_people(repository)[:2] == [
        "Grace Hopper <grace@example.org>",
        "Ada <ada@example.org>",
    ]


def test_without_an_identity_poolenv_signs_with_its_own(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = migration(repository)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    make(repository, made)
    assert dates_and_people(repository)[:2] == ["poolenv <poolenv@localhost>"] * 2


@pytest.mark.parametrize("author", ["Ada", "Ada <>", "<ada@example.org>", "A\nB <a@b>", "A <a> b"])
def test_an_unreadable_author_is_refused(repository: Path, author: str) -> None:
    with pytest.raises(PoolenvError, match="--author"):
        make(repository, author=author)


def test_source_date_epoch_gives_the_same_commits_again(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first = make(repository)
    second = make(repository, options=Options(branch="again"))
    assert dates_and_people(repository)[2:] == ["1700000000"] * 2
    assert first.tip == second.tip
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(PoolenvError, match="SOURCE_DATE_EPOCH"):
        make(repository, force=True)


def test_sign_signs_each_commit(repository: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    git(repository, "config", "gpg.format", "ssh")
    git(repository, "config", "user.signingKey", str(key))
    result = write_branch(
        repository, migration(repository), Options(), documents=documents, sign=True
    )
    assert len(result.commits) == 3
    for commit in result.commits:
        assert "gpgsig" in git(repository, "cat-file", "commit", commit.hash)


def test_a_missing_key_is_one_line_and_no_ref(repository: Path) -> None:
    git(repository, "config", "gpg.program", "/does/not/exist")
    with pytest.raises(PoolenvError) as refused:
        write_branch(repository, migration(repository), Options(), documents=documents, sign=True)
    assert "\n" not in str(refused.value)
    assert git(repository, "for-each-ref", BRANCH) == ""
