"""The example repository: green as it stands, and green with every overflow lowered to 5."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from poolenv.model import Action, Migration, Options, Policy, Rule
from poolenv.pipeline import run

EXAMPLE = Path(__file__).resolve().parents[1] / "fixtures" / "seven_modules"

MODULES = {
    "backend/app/database.py": ("backend", "app.database"),
    "backend/app/analytics/database.py": ("backend", "app.analytics.database"),
    "api/backend_app/database.py": ("api", "backend_app.database"),
    "api/backend_app/audit/database.py": ("api", "backend_app.audit.database"),
    "jobs/app/database.py": ("jobs", "app.database"),
    "jobs/app/stock_sync.py": ("jobs", "app.stock_sync"),
    "reporting/db.py": (".", "reporting.db"),
}
"""Path of each database module to the folder that it is started in, and its name there."""

SCRIPTS = ("scripts/check_pool_limits.py", "scripts/test_database_pools.py")

LIMITS = """
import importlib, json, sys
found = {}
for path, (folder, module) in json.load(sys.stdin).items():
    for name in [n for n in sys.modules if n.split(".")[0] in ("app", "backend_app", "reporting")]:
        del sys.modules[name]  # two of the applications call their package app
    sys.path.insert(0, folder)
    pool = importlib.import_module(module).engine.pool
    found[path] = [pool.size(), pool._max_overflow]
print(json.dumps(found))
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy to write into."""
    copy = tmp_path / "orchard"
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    shutil.copytree(EXAMPLE, copy, ignore=ignored)
    return copy


@pytest.fixture(scope="module")
def migration() -> Migration:
    """The example with ``--cap max_overflow=5``; reading it leaves it as it is."""
    rules = (Rule(Action.CAP, "max_overflow", 5),)
    return run(EXAMPLE, Options(policy=Policy(rules=rules), base=""))


def test_is_green_as_it_stands(repository: Path) -> None:
    """Its own tests pass, and its scripts agree."""
    assert "passed" in _passes(repository, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    for script in SCRIPTS:
        assert "❌" not in _passes(repository, script)


def test_every_module_opens_fifteen_connections() -> None:
    """Before the migration: 5 that stay and 10 more."""
    assert _limits(EXAMPLE, {}) == dict.fromkeys(MODULES, (5, 10))


def test_every_module_is_lowered(repository: Path, migration: Migration) -> None:
    """After it: 5 and 5, or what the variable says."""
    _apply_code(repository, migration)
    variables = {"DB_MAX_OVERFLOW": "3", "DB_POOL_MAX_OVERFLOW": "3"}
    assert _limits(repository, {}) == dict.fromkeys(MODULES, (5, 5))
    assert _limits(repository, variables) == dict.fromkeys(MODULES, (5, 3))


def test_hard_limits_reach_every_module(repository: Path) -> None:
    """What the preset asks for: the caps, and the arguments that are missing."""
    rules = (
        Rule(Action.CAP, "size", 5),
        Rule(Action.CAP, "overflow", 5),
        Rule(Action.ENSURE, "recycle", 300),
        Rule(Action.ENSURE, "acquire_timeout", 30),
        Rule(Action.ENSURE, "health_check", True),
    )
    migration = run(repository, Options(policy=Policy(rules=rules), base=""))
    assert migration.skipped == ()
    _apply_code(repository, migration)
    assert _limits(repository, {}) == dict.fromkeys(MODULES, (5, 5))
    for path in MODULES:
        source = (repository / path).read_text("utf-8")
        for argument in ("pool_recycle", "pool_timeout", "pool_pre_ping"):
            assert argument in source, path


def test_is_green_after_the_migration(repository: Path, migration: Migration) -> None:
    """The updated tests pass on the new code."""
    _apply_code(repository, migration)
    _apply_tests(repository, migration)
    _passes(repository, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    for script in SCRIPTS:
        assert "❌" not in _passes(repository, script)


def test_its_tests_do_pin_the_limits(repository: Path, migration: Migration) -> None:
    """Without the updates they fail: being green proves something."""
    _apply_code(repository, migration)
    assert _python(repository, {}, "-m", "pytest", "-q", "-p", "no:cacheprovider").returncode == 1
    assert _python(repository, {}, SCRIPTS[0]).returncode == 1


def test_second_run_finds_nothing(repository: Path, migration: Migration) -> None:
    """The result needs no change."""
    _apply_code(repository, migration)
    _apply_tests(repository, migration)
    again = run(repository, Options(policy=migration.plan.policy, base=""))
    assert [change.path for change in again.code] == []


def test_what_only_looks_alike_stays(migration: Migration) -> None:
    """The pages of ten, the ten calls a second and three threads are not pools."""
    changed = {change.path for change in (*migration.code, *migration.tests)}
    others = {"tests/test_throttle.py", "backend/tests/test_orders.py", "jobs/app/nightly.py"}
    assert changed & others == set()
    settings = next(c for c in migration.code if c.path == "backend/app/core/config.py").after
    assert b"PAGE_SIZE: int = 10" in settings


def test_the_forgotten_pool_is_found(migration: Migration) -> None:
    """The psycopg2 pool of 30, given by position."""
    found = [p for p in migration.trace.pools if p.key.path == "reporting/legacy_export.py"]
    assert [pool.max_connections for pool in found] == [30]


def test_most_connections_fall_from_fifteen_to_ten(migration: Migration) -> None:
    """Each SQLAlchemy engine, by the plan's own figures."""
    changes = [c for c in migration.plan.pools if c.pool.sink.startswith("sqlalchemy")]
    assert [(c.before, c.after) for c in changes if not c.pool.in_test] == [(15, 10)] * 7


def test_the_deployment_keeps_the_old_limit(migration: Migration) -> None:
    """render.yaml sets the variables, so the new default has no effect there: it is said."""
    found = {
        (override.path, override.variable, override.value)
        for override in migration.plan.overrides
        if override.path == "render.yaml" and override.value == "10"
    }
    assert found == {
        ("render.yaml", "DB_MAX_OVERFLOW", "10"),
        ("render.yaml", "DB_POOL_MAX_OVERFLOW", "10"),
    }


def test_both_names_of_one_role_are_kept(migration: Migration) -> None:
    """The API calls it DB_POOL_MAX_OVERFLOW, all others DB_MAX_OVERFLOW."""
    names = {v.name for v in migration.plan.variables if "max_overflow" in v.arguments}
    assert names == {"DB_MAX_OVERFLOW", "DB_POOL_MAX_OVERFLOW"}


def _apply_code(repository: Path, migration: Migration) -> None:
    for change in migration.code:
        (repository / change.path).write_bytes(change.after)


def _apply_tests(repository: Path, migration: Migration) -> None:
    for change in migration.tests:
        (repository / change.path).write_bytes(change.after)


def _limits(repository: Path, variables: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """Size and overflow of each module's ``engine``, imported by a process of its own."""
    ran = _python(repository, variables, "-c", LIMITS, stdin=json.dumps(MODULES))
    assert ran.returncode == 0, ran.stderr
    return {path: (size, overflow) for path, (size, overflow) in json.loads(ran.stdout).items()}


def _passes(repository: Path, *arguments: str) -> str:
    ran = _python(repository, {}, *arguments)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def _python(
    folder: Path, variables: Mapping[str, str], *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with none of this process's variables that set a pool."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DB_", "DATABASE", "PYTEST"))}
    environment = kept | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"} | dict(variables)
    command = [sys.executable, *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
