"""``migrate --run-tests`` and ``--prove-runtime``: real repositories, real pytest runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from branch_repository import commit_all, git

from poolenv import pipeline
from poolenv.model import Action, Migration, Options, Policy, PoolenvError, Role, Rule
from poolenv.verification import TimeLimits, verified
from poolenv_cli.main import run

CAPPED = Options(policy=Policy(rules=(Rule(Action.CAP, Role.OVERFLOW.value, 5),)))
PYTEST = f"PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {sys.executable} -m pytest -q -p no:cacheprovider"
DATABASE = (
    "from sqlalchemy import create_engine\n\n"
    'engine = create_engine("sqlite:///shop.db", pool_size=5, max_overflow=10)\n'
)
HOLDS = "def test_engine():\n    assert 'shop.db' in open('db.py').read()\n"
COUNTS_CONNECTIONS = (
    "import db\n\n\n"
    "def test_burst():\n"
    "    held = [db.engine.connect() for _ in range(12)]\n"
    "    assert len(held) == 12\n"
    "    for connection in held:\n"
    "        connection.close()\n"
)
"""Needs twelve connections, which no assertion about a number says."""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with one engine of 5 + 10 connections and one test."""
    root = tmp_path / "shop"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    return committed(root, {"db.py": DATABASE, "tests/test_db.py": HOLDS})


def committed(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    commit_all(root)
    return root


def refs(root: Path) -> str:
    return git(root, "for-each-ref")


def shown(root: Path, path: str) -> str:
    return git(root, "show", f"poolenv/pool-limits:{path}")


def test_tests_that_still_pass_let_the_branch_be_made(shop: Path) -> None:
    outcome = pipeline.migrate(shop, CAPPED, run_tests=PYTEST)
    assert outcome.comparison is not None
    assert outcome.comparison.passed is True
    assert outcome.comparison.before.outcomes == {"tests.test_db::test_engine": "passed"}
    assert outcome.result is not None
    assert outcome.result.commits
    document = shown(shop, "CONNECTION_POOL_HARD_LIMITS_IMPLEMENTATION.md")
    assert "| passed | 1 | " in document
    assert "| exit code | 0 | 0 |" in document
    assert "the repository's own tests | 1 |" in document
    assert "- Not run: the repository's own tests" not in shown(
        shop, "CONNECTION_POOL_SECURITY_SUMMARY.md"
    )


def test_a_new_failure_stops_the_branch(shop: Path) -> None:
    impatient = DATABASE.replace("=10)", "=10, pool_timeout=1)")
    committed(shop, {"db.py": impatient, "tests/test_burst.py": COUNTS_CONNECTIONS})
    before = refs(shop)
    with pytest.raises(PoolenvError) as caught:
        pipeline.migrate(shop, CAPPED, run_tests=PYTEST)
    assert caught.value.exit_code == 4
    assert str(caught.value) == (
        "the repository's own tests: 1 test newly fails: tests.test_burst::test_burst; "
        "nothing changed; --keep-going makes the branch all the same"
    )
    assert refs(shop) == before


def test_keep_going_makes_the_branch_and_says_what_fails(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    impatient = DATABASE.replace("=10)", "=10, pool_timeout=1)")
    committed(shop, {"db.py": impatient, "tests/test_burst.py": COUNTS_CONNECTIONS})
    asked = ("migrate", str(shop), "--cap", "overflow=5", "--run-tests", PYTEST)
    assert run([*asked, "--keep-going"]) == 3
    printed = capsys.readouterr()
    assert "fails anew: tests.test_burst::test_burst" in printed.out
    assert "1 new failure, first: tests.test_burst::test_burst" in printed.err
    document = shown(shop, "CONNECTION_POOL_HARD_LIMITS_IMPLEMENTATION.md")
    assert "Fail with the change only:" in document
    assert "- `tests.test_burst::test_burst`" in document


def test_tests_that_failed_before_do_not_stop_it(shop: Path) -> None:
    committed(shop, {"tests/test_old.py": "def test_old():\n    assert False\n"})
    outcome = pipeline.migrate(shop, CAPPED, run_tests=PYTEST)
    assert outcome.comparison is not None
    assert outcome.comparison.new_failures == ()
    assert "1 failing as at the base" in outcome.comparison.summary
    assert outcome.result is not None


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("no-such-program --flag", "the command did not start"),
        ("sleep 30", "stopped at the time limit of 1 s"),
    ],
)
def test_a_command_that_tells_nothing_stops_it(shop: Path, command: str, said: str) -> None:
    migration = pipeline.run(shop, CAPPED, revision="HEAD")
    before = refs(shop)
    with pytest.raises(PoolenvError, match=said) as caught:
        _verified(shop, migration, command)
    assert caught.value.exit_code == 4
    assert refs(shop) == before


def test_a_command_that_hangs_only_with_the_change_stops_it(shop: Path) -> None:
    hangs = "sh -c 'if grep -q getenv db.py; then sleep 30; fi'"
    migration = pipeline.run(shop, CAPPED, revision="HEAD")
    with pytest.raises(PoolenvError, match="stopped at the time limit of 1 s"):
        _verified(shop, migration, hangs)


def _verified(root: Path, migration: Migration, command: str) -> None:
    limits = TimeLimits(tests_s=1)
    verified(root, migration, command=command, runtime=False, keep_going=False, limits=limits)


def test_what_refuses_the_branch_is_told_before_the_tests_run(shop: Path, tmp_path: Path) -> None:
    git(shop, "branch", "poolenv/pool-limits")
    with pytest.raises(PoolenvError, match="already exists"):
        pipeline.migrate(shop, CAPPED, run_tests=f"touch {tmp_path}/ran")
    assert not (tmp_path / "ran").exists()


def test_in_place_has_no_commits_to_compare(shop: Path) -> None:
    with pytest.raises(PoolenvError, match="--run-tests compares commits"):
        pipeline.migrate(shop, CAPPED, in_place=True, run_tests=PYTEST)
    assert (shop / "db.py").read_text() == DATABASE


def test_runtime_proof_is_in_the_documents(shop: Path) -> None:
    outcome = pipeline.migrate(shop, CAPPED, prove_runtime=True)
    ran = {c.name: c for c in outcome.migration.checks if c.name.startswith("runtime")}
    assert ran["runtime, variables unset"].passed is True
    assert "max_overflow 10 to 5" in ran["runtime, variables unset"].detail
    assert ran["runtime, variables set"].passed is True
    assert "| runtime, variables set | 1 |" in shown(
        shop, "CONNECTION_POOL_HARD_LIMITS_IMPLEMENTATION.md"
    )


def test_a_runtime_difference_stops_the_branch(shop: Path) -> None:
    """Where the text of the module decides what it opens, only importing it tells."""
    reads_itself = DATABASE + (
        "\nif 'get' 'env' in open(__file__).read():\n"
        "    engine = create_engine('sqlite:///shop.db', pool_size=7)\n"
    )
    committed(shop, {"db.py": reads_itself})
    before = refs(shop)
    with pytest.raises(PoolenvError, match=r"db\.py: runtime, variables unset: .*nothing changed"):
        pipeline.migrate(shop, CAPPED, prove_runtime=True)
    assert refs(shop) == before
    assert pipeline.migrate(shop, CAPPED, prove_runtime=True, keep_going=True).result is not None
