"""The bundled repositories: their tests are green after the migration, new ones included."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from poolenv.model import Action, Migration, Options, Policy, Rule
from poolenv.pipeline import run

FIXTURES = Path(__file__).parents[1] / "fixtures"


def capped(name: str, root: Path, **caps: int) -> Migration:
    """A copy of a bundled repository with these caps, edited in place."""
    shutil.copytree(FIXTURES / name, root, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    rules = tuple(Rule(Action.CAP, target, value) for target, value in caps.items())
    migration = run(root, Options(policy=Policy(rules=rules)))
    for change in (*migration.code, *migration.tests):
        (root / change.path).write_bytes(change.after)
    return migration


def ran(root: Path, *command: str) -> str:
    """Standard output of a Python command that has to succeed in the repository."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_seven_modules(tmp_path: Path) -> None:
    root = tmp_path / "orchard"
    migration = capped("seven_modules", root, max_overflow=5)
    assert migration.test_remarks == ()
    changed = {change.path for change in migration.tests}
    assert changed == {
        "backend/tests/test_settings.py",
        "scripts/check_pool_limits.py",
        "scripts/test_database_pools.py",
        "tests/test_connection_pool_hard_limits.py",
        "tests/test_engines.py",
        "tests/test_pool_arguments.py",
    }
    said = ran(root, "scripts/check_pool_limits.py")
    assert said.count("max_overflow is 5") == 6
    assert "all pools stay below 10 connections" in said
    assert "DB_MAX_OVERFLOW defaults to 5" in ran(root, "scripts/test_database_pools.py")
    rates = "PARTNER_RATE_LIMIT", "PAGE_SIZE: int = 10"
    assert f'("{rates[0]}", 10)' in (root / "tests/test_pool_arguments.py").read_text()
    assert rates[1] in (root / "scripts/test_database_pools.py").read_text()


def test_every_literal_put_back_into_seven_modules_is_found(tmp_path: Path) -> None:
    root = tmp_path / "orchard"
    migration = capped("seven_modules", root, max_overflow=5)
    new = next(change for change in migration.tests if change.before is None)
    code = [c for c in migration.code if any(e.imports or "5" in e.new for e in c.edits)]
    modules = {
        decision.edit.path
        for decision in migration.plan.decisions
        if decision.edit is not None and not decision.site.in_test
    }
    assert len(modules) >= 7
    for change in code:
        if change.path in modules and change.before is not None:
            (root / change.path).write_bytes(change.before)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", new.path],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    failed = {line for line in done.stdout.splitlines() if line.startswith("FAILED")}
    for module in modules:
        assert any(f"[{module}-" in line for line in failed), module


@pytest.mark.parametrize("path", ["tests/test_web.py", "tests/test_postgresql.py"])
def test_polyglot_pools(path: str, tmp_path: Path) -> None:
    root = tmp_path / "fleet"
    migration = capped("polyglot_pools", root, max=6)
    text = (root / path).read_text()
    assert '"max_size"] == 10' not in text
    assert '"max_size": 10' not in text
    assert "== (2, 10)" not in text
    listed = {remark.line for remark in migration.test_remarks if "may be" in remark.text}
    lines = (FIXTURES / "polyglot_pools" / path).read_text().splitlines()
    expected = {n for n, line in enumerate(lines, 1) if "assert_called_once_with(2, 10" in line}
    if path == "tests/test_postgresql.py":
        assert expected <= listed
