"""How a test command is started, and how what it says is read and compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.run_tests import TestComparison, TestRun
from poolenv.run_tests.command import parse_command, with_report
from poolenv.run_tests.outcomes import read_junit, read_unittest

UNITTEST_OUTPUT = """\
test_a (m.T.test_a) ... ok
test_b (m.T.test_b)
What it says ... FAIL
test_c (m.T.test_c) ... skipped 'no database'
test_d (m.T.test_d) ... expected failure
test_e (m.T.test_e) ... noise
ERROR
test_f (m.T.test_f) ... unexpected success
======
FAIL: test_b (m.T.test_b)
"""


def test_reading_unittest_output() -> None:
    assert read_unittest(UNITTEST_OUTPUT) == {
        "test_a (m.T.test_a)": "passed",
        "test_b (m.T.test_b)": "failed",
        "test_c (m.T.test_c)": "skipped",
        "test_d (m.T.test_d)": "passed",
        "test_e (m.T.test_e)": "error",
        "test_f (m.T.test_f)": "failed",
    }


JUNIT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="m" name="test_a"/>
<testcase classname="m" name="test_b"><failure message="x"/></testcase>
<testcase classname="m" name="test_c"><skipped/></testcase>
<testcase classname="m" name="test_d"/>
<testcase classname="m" name="test_d"><error message="teardown"/></testcase>
</testsuite></testsuites>"""


def test_reading_a_junit_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(JUNIT)
    assert read_junit(report) == {
        "m::test_a": "passed",
        "m::test_b": "failed",
        "m::test_c": "skipped",
        "m::test_d": "error",
    }


@pytest.mark.parametrize(
    "text",
    ["", "<testsuites>", "not xml", "<?xml version='1.0' encoding='no-such'?><a/>",
     "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"],
)  # fmt: skip
def test_a_broken_junit_report_is_no_report(tmp_path: Path, text: str) -> None:
    report = tmp_path / "report.xml"
    report.write_text(text)
    assert read_junit(report) is None
    assert read_junit(tmp_path / "absent.xml") is None


def test_how_commands_are_started(tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/pytest").touch()
    report = Path("/r.xml")
    options = ("--junitxml=/r.xml", "-o", "junit_family=xunit2")

    def words(text: str) -> tuple[str, ...]:
        return with_report(parse_command(text, tmp_path), report).words

    assert words("pytest -q") == ("pytest", "-q", *options)
    assert words("pytest -k 'a and (b or c)'") == ("pytest", "-k", "a and (b or c)", *options)
    assert words("pytest -q -- tests") == ("pytest", "-q", *options, "--", "tests")
    assert words("TZ=UTC uv run pytest") == ("uv", "run", "pytest", *options)
    assert words(".venv/bin/pytest") == (str(tmp_path / ".venv/bin/pytest"), *options)
    assert words("python3.12 -m unittest") == ("python3.12", "-m", "unittest", "-v")
    assert words("make test") == ("make", "test")
    assert words("pytest tests/test_*.py") == ("/bin/sh", "-c", "pytest tests/test_*.py")
    assert words('sh -c "exit $X"')[:2] == ("/bin/sh", "-c")
    assert parse_command("TZ=UTC pytest", tmp_path).environment == (("TZ", "UTC"),)
    assert parse_command("pytest a && pytest b", tmp_path).reports == "exit code"


runs = st.builds(
    lambda outcomes: TestRun(1, outcomes=outcomes),
    st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["passed", "failed", "error"])),
)


@given(before=runs, after=runs)
def test_every_test_of_both_runs_is_accounted_for_once(before: TestRun, after: TestRun) -> None:
    result = TestComparison("pytest", before, after)
    both = before.outcomes.keys() & after.outcomes.keys()
    groups: list[set[str]] = [
        {test for test in both if before.is_bad(test) == after.is_bad(test)},
        both & set(result.new_failures),
        set(result.fixed),
        set(result.vanished),
        set(result.added),
    ]
    everything = before.outcomes.keys() | after.outcomes.keys()
    assert set().union(*groups) == everything
    assert sum(len(group) for group in groups) == len(everything)
