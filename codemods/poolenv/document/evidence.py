"""Which checks ran, on how many files, with which result; and which did not run."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from poolenv.model import Check

ON_REQUEST = (
    ("the repository's own tests", ("own tests", "run-tests", "target tests", "repository's")),
    ("import of the changed modules, pools recorded", ("runtime",)),
)
"""Proofs that only run when asked for, and the words by which their checks are known."""

MEANINGS = MappingProxyType(
    {
        "structure": "the syntax trees differ inside the edits only",
        "undone": "undoing the edits gives the old bytes",
        "between": "the bytes between the edits are the old ones",
        "layout": "comments and blank space outside the edits are the old ones",
        "names": "every name of the new text is bound where it is used",
        "evaluation time": "the new text is evaluated when the old one was",
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
class Evidence:
    """All checks of a run."""

    rows: tuple[CheckRow, ...]
    failed: tuple[Finding, ...]
    not_run: tuple[Finding, ...]
    junk: tuple[Finding, ...]
    """What came out where a variable held no number; checks that ran only."""

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
    names = sorted({check.name for check in checks})
    rows = [_row(name, [c for c in checks if c.name == name]) for name in names]
    for label, words in ON_REQUEST:
        if not any(word in name.lower() for name in names for word in words):
            rows.append(CheckRow(label, 0, 0, 1))
    findings = _findings(checks)
    return Evidence(
        tuple(rows),
        tuple(f for f in findings if f.passed is False),
        tuple(f for f in findings if f.passed is None),
        tuple(f for f in findings if f.passed is not None and "junk" in f.name.lower()),
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
