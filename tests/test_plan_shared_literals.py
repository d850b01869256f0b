"""One literal that feeds several things: a sum, two pools, a class and its subclass."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_repositories import cap, engine, names, planned, set_to

from poolenv.catalogue import load
from poolenv.model import Rule, Verdict
from poolenv.plan.limits import pool_changes
from poolenv.plan.targets import Sinks

SUM = (
    "import psycopg_pool\n\n\n"
    "def make(dsn, size={size}, more={more}):\n"
    "    return psycopg_pool.ConnectionPool(dsn, min_size=size, max_size=size + more)\n\n\n"
    'pool = make("postgresql:///a")\n'
)


@pytest.mark.parametrize("rules", [cap(max=4), set_to(min=1), cap(min=2)])
def test_an_operand_keeps_its_value(tmp_path: Path, rules: tuple[Rule, ...]) -> None:
    """min_size=size may be lowered alone only if max_size=size + more were not, too."""
    migration = planned(tmp_path, {"db.py": SUM.format(size=5, more=10)}, *rules)
    assert names(migration) == {"DB_POOL_MIN_SIZE": 5}
    assert [(p.before, p.after) for p in migration.plan.pools] == [(None, None)]
    said = [remark.text for remark in migration.plan.remarks]
    policy = [text for text in said if "policy is not met for max_size" in text]
    stays = [text for text in said if text.startswith("min_size stays 5")]
    assert policy if rules == cap(max=4) else stays


def test_a_kept_sum_says_what_sets_its_operand(tmp_path: Path) -> None:
    """It is written as it was, but its operand comes from the environment now."""
    migration = planned(tmp_path, {"db.py": SUM.format(size=5, more=10)})
    reasons = {(d.site.argument, d.site.value): d.reason for d in migration.plan.decisions}
    assert reasons["max_size", 5].endswith("its literal becomes a read of DB_POOL_MIN_SIZE")
    assert "becomes" not in reasons["max_size", 10]


def test_no_pool_of_nothing(tmp_path: Path) -> None:
    """An operand of 0 is no maximum that a minimum has to go below."""
    migration = planned(tmp_path, {"db.py": SUM.format(size=1, more=0)}, *cap(max=4))
    assert names(migration) == {"DB_POOL_MIN_SIZE": 1}


def test_an_operand_from_the_environment(tmp_path: Path) -> None:
    """A cap of each operand would not be one of the sum."""
    source = (
        'import os\n\nEXTRA = int(os.getenv("EXTRA", "10"))\n'
        'BASE = int(os.getenv("BASE", "10"))\n' + engine("pool_size=BASE + EXTRA, max_overflow=0")
    )
    migration = planned(tmp_path, {"db.py": source}, *cap(size=6))
    assert names(migration)["BASE"] == names(migration)["EXTRA"] == 10
    assert any("policy is not met for pool_size" in r.text for r in migration.plan.remarks)


def test_two_calls_with_one_mapping(tmp_path: Path) -> None:
    """The trace lists the literal once; it changes for both pools."""
    source = (
        "import psycopg_pool\n\n\n"
        "class Client:\n"
        "    def __init__(self):\n"
        '        self.options = {"conninfo": "x", "max_size": 5}\n\n'
        "    def make(self, **options):\n"
        "        return psycopg_pool.AsyncConnectionPool(**options)\n\n"
        "    def one(self):\n        return self.make(**self.options)\n\n"
        "    def two(self):\n        return self.make(**self.options)\n"
    )
    migration = planned(tmp_path, {"db.py": source}, *cap(max=4))
    assert [(p.before, p.after) for p in migration.plan.pools] == [(5, 4), (5, 4)]


def test_a_test_pool_on_a_production_constant(tmp_path: Path) -> None:
    """The pool that a test opens changes with the constant that it imports."""
    files = {
        "app.py": "SIZE = 20\n" + engine("pool_size=SIZE, max_overflow=0"),
        "tests/test_app.py": "from app import SIZE\n" + engine("pool_size=SIZE, max_overflow=0"),
    }
    migration = planned(tmp_path, files, *cap(size=4))
    assert {(p.before, p.after) for p in migration.plan.pools} == {(20, 4)}


def test_a_site_that_is_kept_changes_with_its_literal(tmp_path: Path) -> None:
    """What another site's edit makes of the literal counts, not the verdict on this one."""
    source = "SIZE = 20\n" + engine("pool_size=SIZE, max_overflow=0")
    source += 'other = create_engine("postgresql:///b", pool_size=SIZE, max_overflow=0)\n'
    plan = planned(tmp_path, {"db.py": source}, *cap(size=4)).plan
    kept = tuple(
        replace(d, verdict=Verdict.KEEP, edit=None, new_value=d.site.value)
        if d.site.pool.line > 4 and d.site.argument == "pool_size"
        else d
        for d in plan.decisions
    )
    assert kept != plan.decisions
    changes = pool_changes([p.pool for p in plan.pools], kept, (), Sinks(load()))
    assert [(p.before, p.after) for p in changes] == [(20, 4), (20, 4)]


DERIVED = (
    "from sqlalchemy import create_engine\n\nOVER = 14\n"
    'engine = create_engine("postgresql:///a", max_overflow=OVER, {})\n'
)


@pytest.mark.parametrize(
    ("arguments", "rules", "overflow"),
    [
        ("pool_timeout=OVER * 2", cap(max_overflow=5), 14),
        ("pool_timeout=OVER * 2", cap(max=8), 14),
        ("pool_timeout=28", cap(max_overflow=5), 5),
        ("pool_timeout=OVER * 2", cap(max_overflow=5, pool_timeout=20), 5),
        ("pool_timeout=OVER * 2, pool_size=OVER + 1", cap(max_overflow=5, pool_size=5), 14),
    ],
)
def test_another_expression_computes_with_the_name(
    tmp_path: Path, arguments: str, rules: tuple[Rule, ...], overflow: int
) -> None:
    """A lower OVER would change pool_timeout unseen, unless the policy replaces that, too."""
    migration = planned(tmp_path, {"db.py": DERIVED.format(arguments)}, *rules)
    assert names(migration)["DB_MAX_OVERFLOW"] == overflow
    said = "max_overflow stays 14: its literal is also used in pool_timeout=OVER * 2"
    held = any(remark.text.startswith(said) for remark in migration.plan.remarks)
    assert held is (overflow == 14)


@pytest.mark.parametrize(
    ("library", "own", "overflow"),
    [
        ("from limits import OVER as most", "most * 2", 14),
        ("import limits", "limits.OVER * 2", 14),
        ("from limits import OVER\n\nMOST = OVER + 6", "MOST", 14),
        ("OVER = 40", "OVER * 2", 5),
    ],
)
def test_an_expression_of_another_file(
    tmp_path: Path, library: str, own: str, overflow: int
) -> None:
    """Whatever name it is imported under; a name of the file's own is another one."""
    files = {
        "limits.py": "OVER = 14\n",
        "db.py": "from limits import OVER\n" + engine("max_overflow=OVER"),
        "other.py": f"{library}\n" + engine(f"pool_timeout={own}"),
    }
    assert names(planned(tmp_path, files, *cap(max_overflow=5)))["DB_MAX_OVERFLOW"] == overflow
