"""The target's own tests at the base and with the changes, compared test by test."""

from __future__ import annotations

from poolenv.run_tests.comparison import OUTCOMES, TestComparison, TestRun
from poolenv.run_tests.execution import run_tests

__all__ = ["OUTCOMES", "TestComparison", "TestRun", "run_tests"]
