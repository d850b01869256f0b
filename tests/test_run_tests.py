"""The target's tests, run at the base and with the changes."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from branch_repository import checkout_state, commit_all, git

from poolenv.model import PoolenvError
from poolenv.run_tests import TestComparison, TestRun, run_tests

pytestmark = pytest.mark.usefixtures("own_git_configuration")

PYTEST = f"{sys.executable} -m pytest -q -p no:cacheprovider -p no:hypothesispytest -p no:anyio"
SETTINGS = "LIMIT = 10\n"
TESTS = """
import pytest
from app.settings import LIMIT

def test_limit():
    assert LIMIT == 10

def test_failing_anyway():
    assert LIMIT == 3

@pytest.mark.parametrize("limit", [10])
def test_table(limit):
    assert limit == LIMIT

def test_skipped():
    pytest.skip("no database")
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "app").mkdir(parents=True)
    (root / "tests").mkdir()
    git(root, "init", "--quiet")
    write(root, {"app/settings.py": SETTINGS, "tests/test_limit.py": TESTS})
    commit_all(root, "Begin")
    git(root, "tag", "base")
    return root


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).write_text(text)


def changed(root: Path, files: dict[str, str]) -> str:
    """A commit on top of the base, with the checkout back at the base."""
    write(root, files)
    commit = commit_all(root)
    git(root, "reset", "--quiet", "--hard", "base")
    return commit


def compare(
    root: Path, files: dict[str, str], command: str = PYTEST, timeout_s: float = 60
) -> TestComparison:
    commit = changed(root, files) if files else "base"
    return run_tests(root, "base", commit, command, timeout_s=timeout_s)


def test_code_without_its_tests_shows_as_new_failures(repository: Path) -> None:
    result = compare(repository, {"app/settings.py": "LIMIT = 5\n"})
    assert result.new_failures == (
        "tests.test_limit::test_limit",
        "tests.test_limit::test_table[10]",
    )
    assert result.passed is False
    assert result.summary == "2 new failures, first: tests.test_limit::test_limit"
    assert result.table == (
        ("passed", "2", "0"),
        ("failed", "1", "3"),
        ("error", "0", "0"),
        ("skipped", "1", "1"),
        ("exit code", "1", "1"),
    )


def test_code_with_its_tests_breaks_nothing(repository: Path) -> None:
    result = compare(
        repository,
        {"app/settings.py": "LIMIT = 5\n", "tests/test_limit.py": TESTS.replace("10", "5")},
    )
    assert (result.new_failures, result.passed) == ((), True)
    assert result.vanished == ("tests.test_limit::test_table[10]",)
    assert result.added == ("tests.test_limit::test_table[5]",)
    assert result.summary == "no new failures: 2 passed, 1 failing as at the base"


def test_a_fixed_test_is_named(repository: Path) -> None:
    result = compare(repository, {"tests/test_limit.py": TESTS.replace("== 3", "== 10")})
    assert result.fixed == ("tests.test_limit::test_failing_anyway",)


def test_a_module_that_no_longer_imports_is_a_new_failure(repository: Path) -> None:
    result = compare(repository, {"app/settings.py": "LIMIT = int('junk')\n"})
    assert result.new_failures == ("tests.test_limit",)
    assert result.after.outcomes["tests.test_limit"] == "error"


def test_the_repository_is_not_touched(repository: Path) -> None:
    commit = changed(repository, {"app/settings.py": "LIMIT = 5\n"})
    before = checkout_state(repository)
    objects = sorted((repository / ".git").rglob("*"))
    run_tests(repository, "base", commit, PYTEST, timeout_s=60)
    assert checkout_state(repository) == before
    assert sorted((repository / ".git").rglob("*")) == objects


def test_each_run_sees_its_own_code_despite_an_editable_install(
    repository: Path, tmp_path: Path
) -> None:
    """``pip install -e .`` makes the original checkout importable; it must not win."""
    (repository / "src").mkdir()
    git(repository, "mv", "app", "src/app")
    commit_all(repository)
    git(repository, "tag", "--force", "base")
    program = tmp_path / "pytest"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.append({str(repository / 'src')!r})\n"
        "import pytest\nsys.exit(pytest.main(sys.argv[1:]))\n"
    )
    program.chmod(0o755)
    result = compare(repository, {"src/app/settings.py": "LIMIT = 5\n"}, f"{program} -q")
    assert result.before.outcomes["tests.test_limit::test_limit"] == "passed"
    assert result.after.outcomes["tests.test_limit::test_limit"] == "failed"


def test_the_environment_is_sanitised(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_POOL_SIZE", "77")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    test = (
        "import os, sys\n"
        "def test_environment():\n"
        "    assert not {'DB_POOL_SIZE', 'GIT_DIR', 'PYTEST_ADDOPTS'} & set(os.environ)\n"
        "    assert os.environ['DATABASE_URL'] == 'sqlite://'\n"
        "    assert os.environ['PATH'] and sys.stdin.read() == ''\n"
    )
    monkeypatch.delenv("GIT_DIR")
    commit = changed(repository, {"tests/test_environment.py": test})
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    result = run_tests(
        repository, "base", commit, f"{PYTEST} -s",
        timeout_s=60, variables=frozenset({"DB_POOL_SIZE"}),
    )  # fmt: skip
    assert result.after.outcomes["tests.test_environment::test_environment"] == "passed"


def test_a_hanging_test_is_killed_with_its_children(repository: Path, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    hang = (
        "import pathlib, subprocess, time\n"
        "def test_hangs():\n"
        "    child = subprocess.Popen(['sleep', '600'])\n"
        f"    pathlib.Path({str(pid)!r}).write_text(str(child.pid))\n"
        "    time.sleep(600)\n"
    )
    result = compare(repository, {"tests/test_limit.py": hang}, timeout_s=5)
    assert result.after == TestRun(
        None, timed_out=True, problem="stopped at the time limit of 5 s",
        outcomes=result.after.outcomes, last_lines=result.after.last_lines,
    )  # fmt: skip
    assert result.passed is False
    assert result.table[-1] == ("exit code", "1", "time limit")
    assert not is_running(int(pid.read_text()))


def is_running(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        if state == "Z":
            return False
        time.sleep(0.1)
    return True


def test_a_child_left_in_the_background_does_not_keep_the_run_waiting(repository: Path) -> None:
    started = time.monotonic()
    result = compare(repository, {}, "sleep 600 & exit 3")
    assert result.before.exit_code == 3
    assert time.monotonic() - started < 30


@pytest.mark.parametrize(
    "command", ["no-such-program --x", "./no/such/program", "no-such-program && true"]
)
def test_a_missing_command_is_a_value(repository: Path, command: str) -> None:
    result = compare(repository, {}, command)
    assert result.passed is None
    assert result.before.problem
    assert "\n" not in result.before.problem
    assert result.summary.startswith("not compared: at the base")


@pytest.mark.parametrize("command", ["", "   ", "pytest 'open", "TZ=UTC"])
def test_a_command_that_can_not_be_read_is_refused(repository: Path, command: str) -> None:
    with pytest.raises(PoolenvError, match="--run-tests"):
        run_tests(repository, "base", "base", command, timeout_s=5)


def test_other_commands_compare_exit_codes(repository: Path) -> None:
    command = "grep -q 'LIMIT = 10' app/settings.py"
    same = compare(repository, {"app/other.py": "x = 1\n"}, command)
    assert (same.passed, same.table) == (True, (("exit code", "0", "0"),))
    worse = compare(repository, {"app/settings.py": "LIMIT = 5\n"}, command)
    assert (worse.passed, worse.summary) == (False, "exit code 1, 0 at the base")


def test_shell_operators_go_through_a_shell_and_still_report_tests(repository: Path) -> None:
    result = compare(repository, {"app/settings.py": "LIMIT = 5\n"}, f"cd tests && {PYTEST} ..")
    assert result.is_test_by_test
    assert len(result.new_failures) == 2


def test_a_configuration_without_junit_falls_back_to_exit_codes(repository: Path) -> None:
    write(repository, {"pytest.ini": "[pytest]\naddopts = -p no:junitxml\n"})
    commit_all(repository)
    git(repository, "tag", "--force", "base")
    result = compare(repository, {"app/settings.py": "LIMIT = 5\n"})
    assert (result.before.exit_code, result.is_test_by_test) == (1, False)
    assert result.before.problem == "pytest's JUnit report was not written"


def test_unittest_is_compared_test_by_test(repository: Path) -> None:
    tests = (
        "import unittest\nfrom app.settings import LIMIT\n"
        "class Limits(unittest.TestCase):\n"
        "    def test_limit(self):\n"
        "        '''The limit is ten.'''\n"
        "        print('noise')\n"
        "        self.assertEqual(LIMIT, 10)\n"
        "    @unittest.skip('later')\n"
        "    def test_later(self): pass\n"
        "    def test_zero(self): self.assertGreater(LIMIT, 0)\n"
        "    def test_bad(self): self.fail()\n"
    )
    write(repository, {"tests/test_limit.py": tests, "tests/__init__.py": ""})
    commit_all(repository)
    git(repository, "tag", "--force", "base")
    result = compare(
        repository, {"app/settings.py": "LIMIT = 5\n"}, f"{sys.executable} -m unittest discover"
    )
    (name,) = result.new_failures
    assert name.startswith("test_limit (")
    assert [result.before.count(o) for o in ("passed", "failed", "skipped")] == [2, 1, 1]


def test_a_password_in_the_output_is_masked(repository: Path) -> None:
    result = compare(repository, {}, "echo postgresql://ada:hunter2@db/x; exit 1")
    assert result.before.last_lines == ("postgresql://ada:***@db/x",)


def test_a_revision_that_is_not_there_is_one_line(repository: Path) -> None:
    with pytest.raises(PoolenvError, match="git read-tree failed"):
        run_tests(repository, "base", "no-such", PYTEST, timeout_s=5)
