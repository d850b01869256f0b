"""Which variable a new read joins, and what it is called where it may join none."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_repositories import cap, engine, ensure, names, planned, set_to

from poolenv.model import Rule
from poolenv.plan.labels import apart_from, label

READ = "import os\n\n" + engine('pool_size=int(os.getenv("DB_POOL_SIZE", "200"))')


@pytest.mark.parametrize(
    ("size", "rules", "variable"),
    [
        (200, (), "DB_POOL_SIZE"),
        (200, set_to(size=3), "DB_POOL_SIZE"),
        (7, set_to(size=3), "DB_WORKER_POOL_SIZE"),
        (7, (), "DB_WORKER_POOL_SIZE"),
        (100, cap(size=5), "DB_WORKER_POOL_SIZE"),
    ],
)
def test_joining_a_variable(
    tmp_path: Path, size: int, rules: tuple[Rule, ...], variable: str
) -> None:
    """Who sets DB_POOL_SIZE=200 today does not mean the worker's 7, whatever the policy says."""
    worker = engine(f"pool_size={size}").replace("engine =", "worker =")
    plan = planned(tmp_path, {"app.py": READ, "worker.py": worker}, *rules).plan
    found = {d.variable for d in plan.decisions if d.site.path == "worker.py"}
    assert found == {variable}
    said = [r.text for r in plan.remarks if r.path == "worker.py"]
    assert bool(said) is (variable != "DB_POOL_SIZE")


def test_a_read_without_a_default(tmp_path: Path) -> None:
    """It says nothing of values, so others may read the same variable."""
    source = "import os\n\n" + engine('pool_size=int(os.environ["FLEET_POOL_SIZE"])')
    files = {"fleet/db.py": source, "fleet/web.py": engine("pool_size=20")}
    assert set(names(planned(tmp_path, files))) == {"FLEET_POOL_SIZE"}


def test_new_reads_share_what_becomes_equal(tmp_path: Path) -> None:
    """No one sets the new variable yet."""
    files = {n: engine(f"pool_size={s}") for n, s in (("one.py", 20), ("two.py", 30))}
    assert names(planned(tmp_path, files, *cap(size=5))) == {"DB_POOL_SIZE": 5}


def test_an_added_argument_joins(tmp_path: Path) -> None:
    """Where the variable's own default is the library's today, or what is asked for."""
    read = "import os\n\n" + engine('max_overflow=int(os.getenv("DB_MAX_OVERFLOW", "{}"))')
    for default, same in ((10, True), (5, True), (40, False)):
        files = {"app.py": read.format(default), "jobs.py": engine("pool_pre_ping=True")}
        migration = planned(tmp_path / str(default), files, *cap(overflow=5), *ensure(overflow=5))
        added = {a.variable for a in migration.plan.additions}
        assert added == {"DB_MAX_OVERFLOW" if same else "DB_JOBS_MAX_OVERFLOW"}


def test_the_argument_that_limits_gives_the_name(tmp_path: Path) -> None:
    """One parameter feeds the idle connections and the most connections."""
    source = (
        "from dbutils.pooled_db import PooledDB\nimport pymysql\n\n\n"
        "def make(size=5):\n    return PooledDB(pymysql, maxcached=size, maxconnections=size)\n"
    )
    assert set(names(planned(tmp_path, {"db.py": source}))) == {"DB_POOL_MAX_SIZE"}


def test_a_bound_gives_no_name(tmp_path: Path) -> None:
    """MAX_CONNECTIONS bounds the minimum, too; the minimum's own variable is another one."""
    source = (
        "import os\n\nimport asyncpg\n\n\n"
        'MOST = int(os.getenv("MAX_CONNECTIONS", "10"))\n\n\n'
        "async def one():\n    return await asyncpg.create_pool(min_size=MOST, max_size=MOST)\n\n\n"
        "async def two():\n    return await asyncpg.create_pool(min_size=2, max_size=10)\n"
    )
    migration = planned(tmp_path, {"db.py": source})
    assert {d.variable for d in migration.plan.decisions if d.site.value == 2} == {
        "DB_POOL_MIN_SIZE"
    }


@pytest.mark.parametrize(
    ("variable", "expected"),
    [("WEB_CONCURRENCY", "DB_POOL_SIZE"), ("DB_POOL_SIZE", "DB_OTHER_POOL_SIZE")],
)
def test_an_operand_gives_no_name(tmp_path: Path, variable: str, expected: str) -> None:
    """The number of workers sets no pool of its own, though both are 4; nor does DB_POOL_SIZE."""
    read = f'int(os.environ.get("{variable}", 4)) + 1'
    files = {
        "db.py": "import os\n\n" + engine(f"pool_size={read}"),
        "other.py": engine("pool_size=4"),
    }
    plan = planned(tmp_path, files).plan
    found = {d.variable for d in plan.decisions if d.site.path == "other.py"}
    assert found == {expected}


@pytest.mark.parametrize(
    ("name", "words", "beside", "left"),
    [
        ("PostgreSQLAdapter", "POSTGRES_ADAPTER", "POSTGRES_POOL_SIZE", "ADAPTER"),
        ("AksaraApp", "AKSARA", "AKSARA_POOL_SIZE", ""),
        ("HTTPStore", "HTTP_STORE", "DB_POOL_SIZE", "HTTP_STORE"),
        ("SQLALCHEMY_POOL", "", "DB_POOL_SIZE", ""),
        ("SQLAlchemyStore", "STORE", "DB_POOL_SIZE", "STORE"),
        ("replica_engine", "REPLICA", "DB_REPLICAS_SIZE", ""),
        ("create_engine_for_url", "", "DB_POOL_SIZE", ""),
    ],
)
def test_words(name: str, words: str, beside: str, left: str) -> None:
    """A class's words, and those that the shared name does not say already."""
    assert label(name) == words
    assert apart_from(words, beside) == left


def test_the_variable_that_names_the_class(tmp_path: Path) -> None:
    """A default in the class Supabase goes with SUPABASE_…, though POSTGRES_… has the same one."""
    source = (
        "import os\n\nimport asyncpg\n\n\n"
        "class Postgres:\n    def __init__(self, most=10):\n        self.most = most\n\n"
        "    async def connect(self):\n"
        '        return await asyncpg.create_pool("x", min_size=1, max_size=self.most)\n\n\n'
        "class Supabase(Postgres):\n    def __init__(self, most=10):\n"
        "        super().__init__(most=most)\n\n\n"
        "def build(kind):\n    if kind:\n"
        '        return Postgres(most=int(os.getenv("POSTGRES_POOL_MAX_SIZE", "10")))\n'
        '    return Supabase(most=int(os.getenv("SUPABASE_POOL_MAX_SIZE", "10")))\n'
    )
    plan = planned(tmp_path, {"db.py": source}, *cap(max=4)).plan
    found = {d.site.source.line: d.variable for d in plan.decisions if d.site.source is not None}
    assert (found[7], found[15]) == ("POSTGRES_POOL_MAX_SIZE", "SUPABASE_POOL_MAX_SIZE")


def test_one_name_for_the_two_ways_to_a_store(tmp_path: Path) -> None:
    """A constructor and a factory beside it with the same values, apart from other engines."""
    store = (
        "from sqlalchemy.pool import QueuePool\n\n\n"
        "class Ledger:\n    def __init__(self, connect, size=7):\n"
        "        self.pool = QueuePool(connect, pool_size=size)\n\n"
        "    @classmethod\n    def of(cls, connect, size=7):\n"
        "        instance = cls(connect, size=size)\n        return instance\n"
    )
    others = {f"{n}.py": engine("pool_size=5").replace("engine =", f"{n} =") for n in "abc"}
    files = {"ledger.py": store + "\n\nledger = Ledger(print)\n", **others}
    assert names(planned(tmp_path, files)) == {"DB_POOL_SIZE": 5, "DB_LEDGER_POOL_SIZE": 7}


def test_flat_settings_of_flask(tmp_path: Path) -> None:
    """A rule on ``max_overflow`` speaks of SQLALCHEMY_MAX_OVERFLOW; the prefix names no engine."""
    source = (
        "from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n\n\n"
        "class {}:\n    SQLALCHEMY_POOL_SIZE = {}\n    SQLALCHEMY_MAX_OVERFLOW = 30\n"
        "    SQLALCHEMY_POOL_TIMEOUT = 40\n    SQLALCHEMY_POOL_RECYCLE = 900\n"
    )
    files = {"db.py": source.format("Config", 20), "dev.py": source.format("Dev", 6)}
    rules = cap(max_overflow=5, pool_size=8, pool_timeout=9, pool_recycle=300)
    given = {
        d.site.argument: (d.variable, d.new_value)
        for d in planned(tmp_path, files, *rules).plan.decisions
        if d.site.path == "db.py"
    }
    assert given == {
        "SQLALCHEMY_POOL_SIZE": ("DB_POOL_SIZE", 8),
        "SQLALCHEMY_MAX_OVERFLOW": ("DB_MAX_OVERFLOW", 5),
        "SQLALCHEMY_POOL_TIMEOUT": ("DB_POOL_TIMEOUT", 9),
        "SQLALCHEMY_POOL_RECYCLE": ("DB_POOL_RECYCLE", 300),
    }
