"""What a verification found out, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from poolenv.model import Check, Pool, Remark, Scalar, Snapshot, Trace

if TYPE_CHECKING:
    from poolenv.run_tests import TestComparison


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two commits, as poolenv's own analysis sees it."""

    snapshot: Snapshot
    trace: Trace

    @property
    def commit(self) -> str:
        """The full hash."""
        assert self.snapshot.revision is not None
        return self.snapshot.revision


@dataclass(frozen=True, slots=True)
class Setting:
    """One changed or added pool setting; line and texts of the branch where it has them."""

    path: str
    line: int
    arguments: tuple[str, ...]
    old_text: str
    """Empty for an added argument."""
    new_text: str
    before: tuple[Scalar, ...]
    after: tuple[Scalar, ...]
    """With no variable set; several values where several ways lead to the pool."""
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PoolPair:
    """One pool on both sides; None where only the other side has it."""

    before: Pool | None
    after: Pool | None


@dataclass(frozen=True, slots=True)
class Verification:
    """All that is known about a branch."""

    branch: str
    base: str
    """Full hash of the commit it is compared with."""
    tip: str
    paths: tuple[str, ...]
    """Files that differ, relative to the root."""
    settings: tuple[Setting, ...]
    pools: tuple[PoolPair, ...]
    listed: tuple[Remark, ...]
    """Changes beside the settings that were not judged: tests, documents, comments, new files."""
    checks: tuple[Check, ...]
    comparison: TestComparison | None = None

    @property
    def proved(self) -> bool:
        """Nothing failed, every new expression was evaluated, and tests asked for were compared."""
        tests = self.comparison is None or self.comparison.passed is True
        unproved = any(c.passed is None and c.name in ("unset", "set") for c in self.checks)
        return tests and not unproved and all(c.passed is not False for c in self.checks)
