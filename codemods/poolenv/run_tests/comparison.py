"""Two runs of the target's tests side by side, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

OUTCOMES: Final = ("passed", "failed", "error", "skipped")
_BAD: Final = frozenset(("failed", "error"))


def _unknown() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TestRun:
    """One run of the command."""

    __test__ = False  # Not a test case, whatever pytest makes of the name.

    exit_code: int | None
    """None where the command did not start or was stopped at the time limit."""
    timed_out: bool = False
    problem: str | None = None
    """Why the command did not run, or why single tests are not known."""
    outcomes: Mapping[str, str] = field(default_factory=_unknown)
    """Name of each test to one of ``OUTCOMES``; empty where single tests are not known."""
    last_lines: tuple[str, ...] = ()
    """The end of the output, secrets masked."""

    @property
    def ran(self) -> bool:
        """Whether the command came to an end by itself."""
        return self.exit_code is not None

    def count(self, outcome: str) -> int:
        """How many tests had this outcome."""
        return sum(1 for value in self.outcomes.values() if value == outcome)

    def is_bad(self, test: str) -> bool:
        """Whether the test ran and failed."""
        return self.outcomes.get(test) in _BAD


@dataclass(frozen=True, slots=True)
class TestComparison:
    """What the change did to the target's tests; ``before`` is the base."""

    __test__ = False

    command: str
    before: TestRun
    after: TestRun

    @property
    def is_test_by_test(self) -> bool:
        """Whether both runs named their tests; otherwise only exit codes tell."""
        return bool(self.before.outcomes) and bool(self.after.outcomes)

    @property
    def new_failures(self) -> tuple[str, ...]:
        """Tests that fail now and did not fail before, new tests included."""
        now = (test for test in self.after.outcomes if self.after.is_bad(test))
        return tuple(sorted(test for test in now if not self.before.is_bad(test)))

    @property
    def fixed(self) -> tuple[str, ...]:
        """Tests that failed before and pass now."""
        passed = (test for test, outcome in self.after.outcomes.items() if outcome == "passed")
        return tuple(sorted(test for test in passed if self.before.is_bad(test)))

    @property
    def vanished(self) -> tuple[str, ...]:
        """Tests that only the base has."""
        return tuple(sorted(self.before.outcomes.keys() - self.after.outcomes.keys()))

    @property
    def added(self) -> tuple[str, ...]:
        """Tests that only the changed tree has."""
        return tuple(sorted(self.after.outcomes.keys() - self.before.outcomes.keys()))

    @property
    def passed(self) -> bool | None:
        """False where the change broke something; None where the base itself did not run.

        A test that already failed at the base is no fault of the change.
        """
        if not self.before.ran:
            return None
        lost_all = bool(self.before.outcomes) and not self.after.outcomes
        # The exit code also knows what no single test says: a crash, a coverage threshold.
        worse = self.before.exit_code == 0 and self.after.exit_code != 0
        return not (self.new_failures or not self.after.ran or lost_all or worse)

    @property
    def table(self) -> tuple[tuple[str, str, str], ...]:
        """Rows of label, before, after: a count per outcome, the exit code, the time limit."""
        counts = tuple(
            (outcome, str(self.before.count(outcome)), str(self.after.count(outcome)))
            for outcome in OUTCOMES
            if self.is_test_by_test
        )
        exits = ("exit code", _exit(self.before), _exit(self.after))
        return (*counts, exits)

    @property
    def summary(self) -> str:
        """One sentence for people."""
        if not self.before.ran:
            return f"not compared: at the base, {self.before.problem or 'the command did not end'}"
        if self.new_failures:
            count = len(self.new_failures)
            return f"{count} new failure{'s' if count > 1 else ''}, first: {self.new_failures[0]}"
        if not self.passed:
            return self.after.problem or f"exit code {_exit(self.after)}, 0 at the base"
        if self.is_test_by_test:
            passed = self.after.count("passed")
            failing = sum(self.after.is_bad(test) for test in self.after.outcomes)
            already = f", {failing} failing as at the base" if failing else ""
            return f"no new failures: {passed} passed{already}"
        return f"exit code {_exit(self.after)}, as at the base; single tests are not known"


def _exit(run: TestRun) -> str:
    if run.timed_out:
        return "time limit"
    return "did not start" if run.exit_code is None else str(run.exit_code)
