"""What a cap makes of values, pools and minimums."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_repositories import ASYNCPG, cap, engine, names, planned

from poolenv.model import Scalar


@pytest.mark.parametrize(
    ("arguments", "size", "overflow"),
    [
        ("pool_size=20, max_overflow=10", 10, 0),
        ("pool_size=5, max_overflow=10", 5, 5),
        ("pool_size=8, max_overflow=-1", 8, 2),
        ("pool_size=20", 10, 0),
        ("pool_size=4", 4, 6),
        ("max_overflow=20", None, 5),
        ("pool_pre_ping=True", None, 5),
        ("pool_size=2, max_overflow=3", 2, 3),
    ],
)
def test_cap_of_a_sum(tmp_path: Path, arguments: str, size: int | None, overflow: int) -> None:
    """``--cap max=10``: overflow gives way first, also the library's own 10."""
    migration = planned(tmp_path, {"db.py": engine(arguments)}, *cap(max=10))
    after = migration.plan.pools[0].arguments_after
    assert after["pool_size"] == (size if size is not None else 5,)
    assert after["max_overflow"] == (overflow,)
    assert migration.plan.pools[0].after == (size if size is not None else 5) + overflow


@pytest.mark.parametrize(
    ("arguments", "least", "most"),
    [
        ("min_size=8, max_size=20", 5, 5),
        ("min_size=2, max_size=20", 2, 5),
        ("max_size=20", 5, 5),
        ("timeout=3", 5, 5),
        ("min_size=2, max_size=4", 2, 4),
    ],
)
def test_cap_of_a_maximum(tmp_path: Path, arguments: str, least: int, most: int) -> None:
    """The minimum goes down with it, as asyncpg raises for one above; its own is 10."""
    migration = planned(tmp_path, {"db.py": ASYNCPG.format(arguments)}, *cap(max=5))
    after = migration.plan.pools[0].arguments_after
    assert (after["min_size"], after["max_size"]) == ((least,), (most,))


def test_a_minimum_that_stays_holds_the_maximum(tmp_path: Path) -> None:
    """Where the minimum can't be lowered, the cap would make the pool raise: it is said."""
    source = ASYNCPG.format("min_size=least(), max_size=20")
    source += "\n\ndef least():\n    return int(input())\n"
    migration = planned(tmp_path, {"db.py": source}, *cap(max=5))
    assert [p.arguments_after["max_size"] for p in migration.plan.pools] == [(20,)]
    assert any("not capped" in remark.text for remark in migration.plan.remarks)


def test_no_limit_is_above_each_cap(tmp_path: Path) -> None:
    """``maxsize=0`` of aiomysql, None as a timeout."""
    source = (
        "import aiomysql\n\n\nasync def pool():\n    return await aiomysql.create_pool(maxsize=0)\n"
    )
    migration = planned(tmp_path / "a", {"db.py": source}, *cap(max=5))
    assert migration.plan.pools[0].after == 5
    files = {"db.py": engine("pool_timeout=None")}
    assert names(planned(tmp_path / "b", files, *cap(acquire_timeout=30))) == {
        "DB_POOL_TIMEOUT": 30
    }


def test_a_value_of_two_meanings_is_left(tmp_path: Path) -> None:
    """0 is no limit in some versions of redis and an error in others."""
    source = "import redis\n\npool = redis.ConnectionPool(max_connections=0)\n"
    migration = planned(tmp_path, {"db.py": source}, *cap(max=5))
    assert [d.new_value for d in migration.plan.decisions] == [0]
    assert any("some versions" in remark.text for remark in migration.plan.remarks)


def test_a_rule_without_a_site(tmp_path: Path) -> None:
    """Nothing breaks, nothing changes for it."""
    migration = planned(tmp_path, {"db.py": engine("pool_size=5")}, *cap(idle_timeout=30))
    assert names(migration) == {"DB_POOL_SIZE": 5}
    assert migration.plan.remarks == ()


def test_one_constant_capped_by_two_sums(tmp_path: Path) -> None:
    """Two pools leave different room for it: the lower one counts, and nothing is raised."""
    source = "EXTRA = 10\n" + engine("pool_size=2, max_overflow=EXTRA")
    source += 'other = create_engine("postgresql:///b", pool_size=6, max_overflow=EXTRA)\n'
    migration = planned(tmp_path, {"db.py": source}, *cap(max=10))
    assert [p.after for p in migration.plan.pools] == [6, 10]


def test_unknown_stays_unknown(tmp_path: Path) -> None:
    """A size that nobody knows: the limit is not computed from the library's own."""
    source = engine("pool_size=int(input()), max_overflow=20")
    migration = planned(tmp_path, {"db.py": source}, *cap(overflow=5))
    assert [(p.before, p.after) for p in migration.plan.pools] == [(None, None)]


@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        ("min_size=20", {"min_size": (5,)}),
        ("min_size=2, max_size=20", {"min_size": (2,), "max_size": (5,)}),
        ("min_size=2, max_size=None", {"min_size": (2,)}),
        ("max_size=3", {"max_size": (3,)}),
    ],
)
def test_cap_where_the_minimum_is_the_maximum(
    tmp_path: Path, arguments: str, after: dict[str, tuple[Scalar, ...]]
) -> None:
    """psycopg_pool without max_size keeps min_size connections, 4 by itself."""
    source = (
        "from psycopg_pool import ConnectionPool\n\n"
        f'pool = ConnectionPool("postgresql:///a", {arguments})\n'
    )
    found = planned(tmp_path, {"db.py": source}, *cap(max=5)).plan.pools[0].arguments_after
    assert {name: found[name] for name in after} == after


def test_cap_of_a_factory(tmp_path: Path) -> None:
    """The defaults of a wrapper count for the callers that leave them."""
    source = (
        "from sqlalchemy import create_engine\n\n\n"
        "def make(url, size=20, overflow=10):\n"
        "    return create_engine(url, pool_size=size, max_overflow=overflow)\n\n\n"
        'one = make("postgresql:///a")\ntwo = make("postgresql:///b", size=3)\n'
    )
    migration = planned(tmp_path, {"db.py": source}, *cap(max=10))
    after = {(d.site.argument, d.site.value): d.new_value for d in migration.plan.decisions}
    assert after == {("pool_size", 20): 10, ("pool_size", 3): 3, ("max_overflow", 10): 0}


def test_a_held_maximum_holds_its_minimum(tmp_path: Path) -> None:
    """Two minima reach the pool and one of them is not known: nothing is lowered by half."""
    source = (
        "import asyncpg\n\n\nasync def pool(least=8):\n"
        "    if input():\n        least = int(input())\n"
        '    return await asyncpg.create_pool("x", min_size=least, max_size=20)\n'
    )
    migration = planned(tmp_path, {"db.py": source}, *cap(max=5))
    assert {d.site.value: d.new_value for d in migration.plan.decisions} == {8: 8, 20: 20}


def test_a_minimum_bounded_by_the_maximum(tmp_path: Path) -> None:
    """min(keep, most) goes down with the maximum by itself."""
    source = (
        'import os\n\nimport asyncpg\n\nMOST = int(os.getenv("MOST", "10"))\n\n\n'
        "async def pool(keep=1):\n"
        "    least = max(0, min(keep, MOST))\n"
        '    return await asyncpg.create_pool("x", min_size=least, max_size=MOST)\n'
    )
    assert names(planned(tmp_path, {"db.py": source}, *cap(max=4)))["MOST"] == 4


NESTED = """import asyncpg


class Database:
    def __init__(self, least=5, most=20):
        self.least = least
        self.most = most

    async def connect(self):
        return await asyncpg.create_pool(URL, min_size=self.least, max_size=self.most)


class App:
    def __init__(self, least=5, most=20):
        self.database = Database(least=least, most=most)
"""


def test_a_wrapper_in_a_wrapper_is_one_pool(tmp_path: Path) -> None:
    """The defaults at the call between count for the pool that the outer call opens."""
    files = {
        "db.py": NESTED + '\n\nURL = "postgresql:///a"\n',
        "main.py": "from db import App\n\napp = App()\n",
        "other.py": "from db import App\n\napp = App(least=2, most=3)\n",
    }
    migration = planned(tmp_path, files, *cap(max=4))
    found = {
        (change.pool.key.path, change.arguments_after["min_size"], change.after)
        for change in migration.plan.pools
    }
    assert found == {("main.py", (4,), 4), ("other.py", (2,), 3)}
    new = {change.path: change.after.decode() for change in migration.code}["db.py"]
    assert new.count(', "4"))') == 4


def test_a_minimum_that_is_refused_late_holds_the_maximum(tmp_path: Path) -> None:
    """One literal feeds the minimum and something else, so that it stays."""
    source = ASYNCPG.format("min_size=N, max_size=20, max_queries=N") + "N = 6\n"
    migration = planned(tmp_path, {"db.py": source}, *cap(max=5))
    assert [p.after for p in migration.plan.pools] == [20]
    assert any("can't be lowered with it" in remark.text for remark in migration.plan.remarks)
