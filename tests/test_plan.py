"""What the plan makes of values, and how it names their variables."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_repositories import cap, changed, engine, ensure, names, planned, set_to

from poolenv.model import Verdict


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pool_recycle=-1", 'pool_recycle=int(os.getenv("DB_POOL_RECYCLE", "-1"))'),
        ("pool_timeout=2.5", 'pool_timeout=float(os.getenv("DB_POOL_TIMEOUT", "2.5"))'),
        ("pool_timeout=1e1", 'pool_timeout=float(os.getenv("DB_POOL_TIMEOUT", "10.0"))'),
        ("pool_recycle=1_800", 'pool_recycle=int(os.getenv("DB_POOL_RECYCLE", "1_800"))'),
        ("pool_size=0x10", 'pool_size=int(os.getenv("DB_POOL_SIZE", "16"))'),
        ("pool_recycle=60 * 60", 'pool_recycle=int(os.getenv("DB_POOL_RECYCLE", 60 * 60))'),
        ("pool_size=10 - 3", 'pool_size=int(os.getenv("DB_POOL_SIZE", 10 - 3))'),
        (
            "pool_recycle=(\n    60\n    * 60\n)",
            'pool_recycle=(\n    int(os.getenv("DB_POOL_RECYCLE", 60 * 60))\n)',
        ),
    ],
)
def test_numbers(tmp_path: Path, before: str, after: str) -> None:
    """Each spelling of a number, as a default."""
    found = changed(tmp_path, {"db.py": engine(before)})
    assert found == {"db.py": engine(after)}


FLAG = 'os.getenv("DB_POOL_PRE_PING", "true").strip().lower() in ("1", "true", "yes", "on")'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("PING = True\n", f"PING = {FLAG}\n"),
        ("PING = True if FAST else True\n", f"PING = {FLAG} if FAST else {FLAG}\n"),
    ],
)
def test_flags(tmp_path: Path, before: str, after: str) -> None:
    """A flag accepts the usual spellings, and only where it is asked for."""
    rest = "FAST = __debug__\n" + engine("pool_pre_ping=PING")
    assert changed(tmp_path, {"db.py": before + rest}) == {}
    found = changed(tmp_path, {"db.py": before + rest}, flags=True)
    assert found["db.py"].startswith(after)


def test_a_flag_set_by_the_policy(tmp_path: Path) -> None:
    """``--set`` asks for it, and what is as wanted stays."""
    rules = set_to(health_check=True)
    assert changed(tmp_path, {"db.py": engine("pool_pre_ping=True")}, *rules) == {}
    found = changed(tmp_path, {"db.py": engine("pool_pre_ping=False")}, *rules)
    new = engine(f"pool_pre_ping={FLAG}").replace('("postgresql', '(\n    "postgresql')
    assert found == {"db.py": new.replace(", pool", ",\n    pool").replace("))\n", "),\n)\n")}


def test_a_float_stays_a_float(tmp_path: Path) -> None:
    """``--set acquire_timeout=10`` of 30.0 keeps what people may write into the variable."""
    found = changed(tmp_path, {"db.py": engine("pool_timeout=30.0")}, *set_to(acquire_timeout=10))
    assert found == {"db.py": engine('pool_timeout=float(os.getenv("DB_POOL_TIMEOUT", "10.0"))')}


def test_a_text_stays_a_text(tmp_path: Path) -> None:
    """SQLAlchemy converts the texts of an ini-like mapping."""
    source = (
        "from sqlalchemy import engine_from_config\n\n"
        'engine = engine_from_config({{"sqlalchemy.max_overflow": {}}})\n'
    )
    found = changed(tmp_path, {"db.py": source.format('"10"')}, *cap(overflow=5))
    assert found == {"db.py": source.format('os.getenv("DB_MAX_OVERFLOW", "5")')}


SIZED = "from sqlalchemy import create_engine\n\n{}\n"
PASSED = 'engine = create_engine("postgresql:///a", pool_size={})'


@pytest.mark.parametrize(
    ("source", "before", "after"),
    [
        (PASSED.format("int({})"), '"13"', "5"),
        (PASSED.format("int({})"), "'4'", "4"),
        (PASSED.format("int({})"), '"1" "3"', "5"),
        ("SIZE = {}\n" + PASSED.format("int(SIZE)"), '"13"', "5"),
        ("def make(size={}):\n    " + PASSED.format("int(size)") + "\n\n\nmake()", '"4"', "4"),
    ],
)
def test_a_text_that_the_code_makes_a_number(
    tmp_path: Path, source: str, before: str, after: str
) -> None:
    """``int("13")`` has its conversion, and gets no second one."""
    found = changed(tmp_path, {"db.py": SIZED.format(source.format(before))}, *cap(size=5))
    default = before if after in before else f'"{after}"'
    read = f'os.getenv("DB_POOL_SIZE", {default})'
    assert found == {"db.py": SIZED.format(source.format(read))}


def test_a_text_that_becomes_a_float(tmp_path: Path) -> None:
    """It is proved through the author's own ``float(...)``."""
    found = changed(tmp_path, {"db.py": engine('pool_timeout=float("2.5")')})
    assert found == {"db.py": engine('pool_timeout=float(os.getenv("DB_POOL_TIMEOUT", "2.5"))')}


@pytest.mark.parametrize(
    ("library", "read"),
    [
        ("from decouple import config", 'config("OVER", cast=int, default={})'),
        ("from decouple import config", 'config("OVER", default={}, cast=int)'),
        ("import os as _os", 'int(_os.environ.get("OVER", default={}))'),
        ("import os as _os", 'int(_os.getenv("OVER", {}))'),
    ],
)
def test_a_default_that_is_a_text(tmp_path: Path, library: str, read: str) -> None:
    """The read makes it a number, under whatever name; the proof takes that for granted."""
    source = f"{library}\n" + engine(f"max_overflow={read}")
    found = changed(tmp_path, {"db.py": source.format('"11"')}, *cap(overflow=5))
    assert found == {"db.py": source.format('"5"')}


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ('os.environ.get("OVER") or 18', True),
        ('int(os.environ.get("OVER") or 18)', False),
        ('os.environ.get("OVER", 18)', False),
    ],
)
def test_a_text_that_reaches_the_pool(tmp_path: Path, read: str, said: bool) -> None:
    """What can't be made a number by an edit of the read is pointed out."""
    source = "import os\n\n" + engine(f"max_overflow={read}")
    remarks = planned(tmp_path, {"db.py": source}, *cap(overflow=5)).plan.remarks
    text = "once OVER is set, its text reaches max_overflow, which takes a number"
    assert [remark.text for remark in remarks] == ([text] if said else [])


def test_single_quotes(tmp_path: Path) -> None:
    """A file with single quotes only gets more of them; one double quote is enough for those."""
    source = engine("pool_size=5").replace('"', "'")
    found = changed(tmp_path, {"db.py": source})
    assert "pool_size=int(os.getenv('DB_POOL_SIZE', '5'))" in found["db.py"]
    found = changed(tmp_path, {"db.py": source + 'NAME = "x"\n'})
    assert 'pool_size=int(os.getenv("DB_POOL_SIZE", "5"))' in found["db.py"]


def test_no_space_before_a_sign(tmp_path: Path) -> None:
    """``return-1`` does not become ``returnint(...)``."""
    source = "def age():\n    return-1\n\n\n" + engine("pool_recycle=age()")
    found = changed(tmp_path, {"db.py": source})
    assert 'return int(os.getenv("DB_POOL_RECYCLE", "-1"))' in found["db.py"]


def test_f_string(tmp_path: Path) -> None:
    """Nothing is put into an f-string, neither a read nor an argument."""
    source = (
        "from sqlalchemy import create_engine\n\n"
        "print(f\"{create_engine('postgresql:///a', pool_size=5).url}\")\n"
    )
    migration = planned(tmp_path, {"db.py": source}, *ensure(recycle=300))
    assert migration.code == ()
    assert [d.verdict for d in migration.plan.decisions] == [Verdict.KEEP]
    assert "f-string" in migration.plan.decisions[0].reason
    assert [(a.edit, "f-string" in a.reason) for a in migration.plan.additions] == [(None, True)]


BRANCHES = "import sys\n\nsize = 5\nif sys.argv:\n    size = 20\n"


def test_branches_share_a_variable(tmp_path: Path) -> None:
    """Two literals of one argument, one variable with two defaults, and a remark."""
    migration = planned(tmp_path, {"db.py": BRANCHES + engine("pool_size=size")})
    assert {d.variable for d in migration.plan.decisions} == {"DB_POOL_SIZE"}
    assert [d.new_value for d in migration.plan.decisions] == [5, 20]
    assert any("in every branch" in remark.text for remark in migration.plan.remarks)


def test_servers_have_variables_of_their_own(tmp_path: Path) -> None:
    """PostgreSQL and MySQL: the kind with fewer pools is named."""
    files = {
        "orders.py": "import asyncpg\n\n\nasync def pool():\n"
        '    return await asyncpg.create_pool("x", min_size=2, max_size=9)\n',
        "more.py": engine("pool_size=5"),
        "users.py": "import aiomysql\n\n\nasync def pool():\n"
        "    return await aiomysql.create_pool(minsize=2, maxsize=9)\n",
    }
    assert set(names(planned(tmp_path / "a", files))) == {
        "DB_POOL_MAX_SIZE",
        "DB_POOL_MIN_SIZE",
        "DB_POOL_SIZE",
        "MYSQL_POOL_MAX_SIZE",
        "MYSQL_POOL_MIN_SIZE",
    }
    assert "APP_MYSQL_POOL_MAX_SIZE" in names(planned(tmp_path / "b", files, prefix="APP"))


def test_most_engines_keep_the_shared_name(tmp_path: Path) -> None:
    """Only the outlier is named after its engine."""
    files = {f"{n}.py": engine("pool_size=5").replace("engine =", f"{n} =") for n in ("one", "two")}
    files["replica.py"] = engine("pool_size=20").replace("engine =", "replica =")
    assert names(planned(tmp_path, files)) == {"DB_POOL_SIZE": 5, "DB_REPLICA_POOL_SIZE": 20}


def test_constants_name_their_engines(tmp_path: Path) -> None:
    """What stands before POOL_SIZE tells the engines apart."""
    source = "REPLICA_POOL_SIZE = 20\nPRIMARY_POOL_SIZE = 5\n"
    source += engine("pool_size=PRIMARY_POOL_SIZE")
    source += 'other = create_engine("postgresql:///b", pool_size=REPLICA_POOL_SIZE)\n'
    assert names(planned(tmp_path, {"db.py": source})) == {
        "DB_PRIMARY_POOL_SIZE": 5,
        "DB_REPLICA_POOL_SIZE": 20,
    }


def test_a_literal_of_production_and_tests(tmp_path: Path) -> None:
    """The constant is edited once, and the test's pool says why its value moves."""
    files = {
        "app.py": "SIZE = 5\n" + engine("pool_size=SIZE"),
        "tests/test_app.py": "from app import SIZE\n" + engine("pool_size=SIZE"),
    }
    migration = planned(tmp_path, files)
    reasons = {d.site.path: d.reason for d in migration.plan.decisions}
    assert len(migration.plan.edits) == 1
    assert {d.variable for d in migration.plan.decisions} == {"DB_POOL_SIZE"}
    assert "feeds production code" in reasons["tests/test_app.py"]
    assert "feeds production code" not in reasons["app.py"]


def test_one_constant_of_two_engines(tmp_path: Path) -> None:
    """One edit, one variable."""
    source = "SIZE = 5\n" + engine("pool_size=SIZE")
    source += 'other = create_engine("postgresql:///b", pool_size=SIZE)\n'
    migration = planned(tmp_path, {"db.py": source})
    assert len(migration.plan.edits) == 1
    assert [d.verdict for d in migration.plan.decisions] == [Verdict.REWRITE] * 2
    assert names(migration) == {"DB_POOL_SIZE": 5}


def test_classes_of_one_engine(tmp_path: Path) -> None:
    """Each class is an engine of its own, and its name tells it apart."""
    source = (
        "from sqlalchemy import create_engine\n\n\n"
        "class Database:\n    pool_size = 5\n\n"
        "    def connect(self, url):\n        return create_engine(url, pool_size=self.pool_size)\n"
        "\n\nclass Warehouse(Database):\n    pool_size = 20\n"
    )
    assert names(planned(tmp_path, {"db.py": source})) == {
        "DB_POOL_SIZE": 5,
        "DB_WAREHOUSE_POOL_SIZE": 20,
    }


def test_production_value_in_a_test(tmp_path: Path) -> None:
    """What a test hands to the application's factory is the test's own."""
    files = {
        "app.py": "from sqlalchemy import create_engine\n\n\n"
        "def make(size):\n    return create_engine('postgresql:///a', pool_size=size)\n",
        "tests/test_app.py": "from app import make\n\nengine = make(3)\n",
    }
    migration = planned(tmp_path, files)
    assert migration.code == ()
    assert all("test code" in d.reason for d in migration.plan.decisions)


def test_no_word_twice(tmp_path: Path) -> None:
    """A package that its variables are named after does not tell its engines apart."""
    read = 'int(os.getenv("FLEET_POOL_SIZE", "5"))'
    files = {
        "fleet/one.py": "import os\n\n" + engine(f"pool_size={read}"),
        "fleet/db.py": engine("pool_size=20"),
    }
    migration = planned(tmp_path, files)
    assert set(names(migration)) == {"FLEET_POOL_SIZE", "FLEET_POOL_SIZE_2"}
