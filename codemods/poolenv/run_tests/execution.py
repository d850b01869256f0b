"""Run the tests in a copy of the base and in a copy of the changed tree."""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import MappingProxyType
from typing import Final

from poolenv.masking import mask
from poolenv.plumbing import first_line
from poolenv.run_tests.command import Command, parse_command, with_report
from poolenv.run_tests.comparison import TestComparison, TestRun
from poolenv.run_tests.outcomes import read_junit, read_unittest
from poolenv.sandbox import Ended, exported, run_limited, sanitised_environment

_LAST_LINES: Final = 20
_PYTEST_USAGE_ERROR: Final = 4
_NOT_FOUND: Final = 127


def run_tests(
    root: Path,
    base: str,
    branch_commit: str,
    command: str,
    *,
    timeout_s: float,
    variables: frozenset[str] = frozenset(),
) -> TestComparison:
    """Compare the outcomes of ``command`` at ``base`` and at ``branch_commit`` (or a tree).

    It runs the target's code, with the caller's PATH and environment less git's and pytest's
    variables and the pool ``variables``. ``timeout_s`` limits each run, in seconds. The repository
    is not written to. Raises PoolenvError for a command that can't be read; a command that is
    missing, hangs or writes a broken report is a value of the result.
    """
    parsed = parse_command(command, root)
    before, after = (
        _run(root, revision, parsed, timeout_s, variables) for revision in (base, branch_commit)
    )
    return TestComparison(mask(command), before, after)


def _run(
    root: Path, revision: str, command: Command, timeout_s: float, variables: frozenset[str]
) -> TestRun:
    with exported(root, revision) as copy, tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        reporting = with_report(command, report)
        environment = sanitised_environment(copy, variables, more=dict(reporting.environment))
        ended = run_limited(reporting.words, copy.root, environment, timeout_s)
        if command.reports == "junit" and ended.exit_code == _PYTEST_USAGE_ERROR:
            # A configuration with "-p no:junitxml" takes the options for a mistake.
            plain = run_limited(command.words, copy.root, environment, timeout_s)
            ended = plain if plain.exit_code != _PYTEST_USAGE_ERROR else ended
        outcomes, unknown = _read(command, ended, report)
        # Names of the two copies' folders must not make equal tests differ.
        text = ended.output.replace(str(copy.top), "").replace(folder, "")
    lines = tuple(mask(text).rstrip().splitlines()[-_LAST_LINES:])
    problem = _problem(ended, timeout_s) or unknown
    started = ended.exit_code != _NOT_FOUND  # A shell or env did not find the program.
    exit_code = ended.exit_code if started else None
    return TestRun(exit_code, ended.timed_out, problem, MappingProxyType(outcomes), lines)


def _read(command: Command, ended: Ended, report: Path) -> tuple[dict[str, str], str | None]:
    if command.reports == "unittest":
        return read_unittest(ended.output), None
    if command.reports == "junit":
        outcomes = read_junit(report)
        if outcomes is not None:
            return outcomes, None
        state = "can't be read" if report.exists() else "was not written"
        return {}, f"pytest's JUnit report {state}"
    return {}, None


def _problem(ended: Ended, timeout_s: float) -> str | None:
    if ended.timed_out:
        return f"stopped at the time limit of {timeout_s:g} s"
    if ended.problem:
        return first_line(f"the command did not start: {ended.problem}")
    if ended.exit_code == _NOT_FOUND:
        return first_line(f"command not found: {ended.output}")
    return None
