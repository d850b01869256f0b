"""No spoilt literal of a result gets past the proofs and the generated limits test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "mutants.py"
FIXTURES = (
    "sqlalchemy/keyword_literal",
    "sqlalchemy/flags_asked_for",
    "sqlalchemy/call_max",
    "aiopg/create_pool",
    "seven_modules",
)
"""All fixtures take minutes: ``python benchmarks/mutants.py``."""


def test_every_mutant_dies() -> None:
    run = subprocess.run(
        [sys.executable, str(SCRIPT), *FIXTURES], capture_output=True, text=True, timeout=300
    )
    assert "alive:" not in run.stdout, run.stdout
    assert run.returncode == 0, run.stderr
    rows = [line.split() for line in run.stdout.splitlines() if line.startswith(FIXTURES)]
    assert [row[0] for row in rows] == [name for name in sorted(FIXTURES) if "/" in name] + [
        "seven_modules"
    ]
    assert all(int(row[1]) >= 3 for row in rows), "a fixture without mutants shows nothing"
