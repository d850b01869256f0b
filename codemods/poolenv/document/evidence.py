"""Which checks ran, on how many files, with which result; and which did not run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

from poolenv.model import Check

ON_REQUEST = (
    ("the repository's own tests", re.compile(r"\btests?\b", re.IGNORECASE)),
    ("import of the changed modules, pools recorded", re.compile(r"runtime|import", re.IGNORECASE)),
)
"""Proofs that only run when asked for, and the words by which their checks are known."""

MEANINGS = MappingProxyType(
    {
        "parses": "the new file is valid Python",
        "complete": "every planned edit is in the file",
        "structure": "the syntax trees differ inside the edits only",
        "undone": "undoing the edits gives the old bytes",
        "between": "the bytes between the edits are the old ones",
        "layout": "comments and blank space outside the edits are the old ones",
        "names": "every name of the new text is bound where it is used",
        "evaluation time": "the new text is evaluated when the old one was",
        "unset": "with the variable unset, the new expression gives the default of the plan",
        "set": "with the variable set to another value, it gives that value",
        "empty": "what an empty variable gives is recorded",
        "junk": "what a variable that holds no number gives is recorded",
    }
)
"""What a check shows where it passed, in words for a reviewer."""


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One kind of check over all files."""

    name: str
    passed: int
    failed: int
    not_run: int

    @property
    def meaning(self) -> str:
        """What a pass shows; empty where the name says it."""
        return MEANINGS.get(self.name, "")


@dataclass(frozen=True, slots=True)
class Finding:
    """Files with one and the same result of one check."""

    name: str
    detail: str
    passed: bool | None
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One outcome of reading a variable that holds no number, and where it came out."""

    name: str
    """``empty`` or ``junk``."""
    outcome: str
    """``ValueError: …`` or a value."""
    values: int
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All checks of a run."""

    rows: tuple[CheckRow, ...]
    failed: tuple[Finding, ...]
    not_run: tuple[Finding, ...]
    recorded: tuple[Recorded, ...]
    """What came out where a variable was empty or held no number."""

    @property
    def passed(self) -> int:
        """How many checks passed."""
        return sum(row.passed for row in self.rows)

    @property
    def number_failed(self) -> int:
        """How many checks failed."""
        return sum(row.failed for row in self.rows)

    @property
    def number_not_run(self) -> int:
        """How many did not run, those that run only on request included."""
        return sum(row.not_run for row in self.rows)


def evidence(checks: tuple[Check, ...]) -> Evidence:
    """Count by name; what is known to run only on request gets its row in any case."""
    order = list(MEANINGS)
    names = sorted(
        {check.name for check in checks},
        key=lambda name: (order.index(name) if name in order else len(order), name),
    )
    rows = [_row(name, [c for c in checks if c.name == name]) for name in names]
    for label, known in ON_REQUEST:
        if not any(known.search(name) for name in names):
            rows.append(CheckRow(label, 0, 0, 1))
    findings = _findings(checks)
    return Evidence(
        tuple(rows),
        tuple(f for f in findings if f.passed is False),
        tuple(f for f in findings if f.passed is None),
        _recorded(checks),
    )


def _recorded(checks: tuple[Check, ...]) -> tuple[Recorded, ...]:
    """Same outcomes together: a check's detail ends in ``gives OUTCOME``."""
    same: dict[tuple[str, str], list[str]] = {}
    for check in checks:
        _, gives, outcome = check.detail.rpartition(" gives ")
        if check.name in ("empty", "junk") and check.passed is not None and gives:
            same.setdefault((check.name, outcome), []).append(check.path)
    return tuple(
        Recorded(name, outcome, len(paths), tuple(sorted(set(paths))))
        for (name, outcome), paths in sorted(same.items())
    )


def _findings(checks: tuple[Check, ...]) -> tuple[Finding, ...]:
    same: dict[tuple[str, str, bool | None], set[str]] = {}
    for check in checks:
        same.setdefault((check.name, check.detail, check.passed), set()).add(check.path)
    ordered = sorted(same.items(), key=lambda item: (item[0][0], item[0][1], str(item[0][2])))
    return tuple(Finding(*key, tuple(sorted(paths))) for key, paths in ordered)


def _row(name: str, checks: list[Check]) -> CheckRow:
    results = [check.passed for check in checks]
    return CheckRow(name, results.count(True), results.count(False), results.count(None))
