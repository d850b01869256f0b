"""What one run made, before anything of it is written."""

from __future__ import annotations

from dataclasses import dataclass

from poolenv.model.plan import Edit, Plan, Remark
from poolenv.model.site import Trace
from poolenv.model.source import Skipped, Snapshot


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after; ``before`` is None for a new file."""

    path: str
    before: bytes | None
    after: bytes
    mode: int = 0o100644
    edits: tuple[Edit, ...] = ()
    """What was done, import insertions included, in order of ``start``; empty for a new file."""


@dataclass(frozen=True, slots=True)
class Check:
    """One proof that ran on one file, or did not run."""

    path: str
    name: str
    passed: bool | None
    """None: not run, ``detail`` says why."""
    detail: str


@dataclass(frozen=True, slots=True)
class OwnTests:
    """The repository's own tests at the base and with the changes (``--run-tests``)."""

    command: str
    summary: str
    table: tuple[tuple[str, str, str], ...]
    """Rows of label, before, after."""
    new_failures: tuple[str, ...] = ()
    """Names of the tests that fail only with the changes."""


@dataclass(frozen=True, slots=True)
class Migration:
    """Everything one run produced, before anything is written."""

    snapshot: Snapshot
    trace: Trace
    plan: Plan
    code: tuple[FileChange, ...]
    tests: tuple[FileChange, ...]
    checks: tuple[Check, ...]
    test_remarks: tuple[Remark, ...]
    skipped: tuple[Skipped, ...]
    own_tests: OwnTests | None = None
    """None: not asked for."""
