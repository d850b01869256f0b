"""Eleven pool libraries in one repository, migrated at once."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from poolenv.model import Migration, Options, Verdict
from poolenv.pipeline import run

EXAMPLE = Path(__file__).resolve().parents[1] / "fixtures" / "polyglot_pools"

LIBRARIES = {
    "fleet/stores/archive.py": "psycopg2.pool.ThreadedConnectionPool",
    "fleet/stores/billing.py": "dbutils.pooled_db.PooledDB",
    "fleet/stores/cache.py": "redis.ConnectionPool.from_url",
    "fleet/stores/drivers.py": "playhouse.pool.PooledDatabase",
    "fleet/stores/events.py": "pymongo.MongoClient",
    "fleet/stores/ledger.py": "psycopg_pool.ConnectionPool",
    "fleet/stores/orders.py": "sqlalchemy.create_engine",
    "fleet/stores/orders_async.py": "sqlalchemy.ext.asyncio.create_async_engine",
    "fleet/stores/partners.py": "aiomysql.create_pool",
    "fleet/stores/positions.py": "asyncpg.create_pool",
    "fleet/web/settings.py": "django.DATABASES",
}


@pytest.fixture(scope="module")
def migration() -> Migration:
    """The example, every value kept."""
    return run(EXAMPLE, Options(base=""))


def test_every_library_is_found(migration: Migration) -> None:
    """Each module's pool, by its own name; the thread pool of geocode.py is none."""
    found = {(site.path, site.sink) for site in migration.trace.sites if not site.in_test}
    assert set(LIBRARIES.items()) - found == set()
    assert {path for path, _ in found} == set(LIBRARIES)


def test_every_number_reads_a_variable(migration: Migration) -> None:
    """Nothing is left out but the flags, and no test of the example changes."""
    kept = [
        decision.site.argument
        for decision in migration.plan.decisions
        if decision.verdict is Verdict.KEEP
        and decision.site.source is not None
        and not isinstance(decision.site.value, bool)
    ]
    assert kept == []
    assert {change.path for change in migration.code} == set(LIBRARIES)
    assert [change.path for change in migration.tests if change.before is not None] == []
    assert migration.skipped == ()


def test_servers_share_no_variable(migration: Migration) -> None:
    """Redis and MongoDB have names of their own, and so has MariaDB beside PostgreSQL."""
    kinds = {"cache": "redis", "events": "mongodb", "partners": "mariadb", "billing": "mariadb"}
    servers: dict[str, set[str]] = {}
    for decision in migration.plan.decisions:
        if decision.variable is not None:
            kind = kinds.get(Path(decision.site.path).stem, "postgresql")
            servers.setdefault(decision.variable, set()).add(kind)
    assert {name: kind for name, kind in servers.items() if len(kind) > 1} == {}


@pytest.mark.slow
@pytest.mark.parametrize("variable_set", [False, True], ids=["unset", "set"])
def test_its_own_tests(migration: Migration, tmp_path: Path, *, variable_set: bool) -> None:
    """Needs its requirements.txt. Unset, all pass; set, the pools have the variable's size."""
    copy = tmp_path / "fleet"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for change in migration.code:
        (copy / change.path).write_bytes(change.after)
    environment = {k: v for k, v in os.environ.items() if not re.match("DB_|REDIS_|MONGO", k)}
    if variable_set:
        environment |= {"REDIS_MAX_CONNECTIONS": "7"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    if variable_set:
        assert "1 failed" in ran.stdout
        assert "assert 7 == 50" in ran.stdout
    else:
        assert ran.returncode == 0, ran.stdout
