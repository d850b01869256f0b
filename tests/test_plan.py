"""What the plan makes of a repository: small ones, run up to the changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from poolenv.catalogue import load
from poolenv.model import Action, Migration, Options, Policy, Rule, Scalar, Verdict
from poolenv.pipeline import run
from poolenv.plan import without_files

ENGINE = 'from sqlalchemy import create_engine\n\nengine = create_engine("postgresql:///a", {})\n'


def cap(**targets: Scalar) -> tuple[Rule, ...]:
    """``--cap`` for each target."""
    return tuple(Rule(Action.CAP, target, value) for target, value in targets.items())


def ensure(**targets: Scalar) -> tuple[Rule, ...]:
    """``--ensure`` for each target."""
    return tuple(Rule(Action.ENSURE, target, value) for target, value in targets.items())


def set_to(**targets: Scalar) -> tuple[Rule, ...]:
    """``--set`` for each target."""
    return tuple(Rule(Action.SET, target, value) for target, value in targets.items())


def planned(
    root: Path,
    files: dict[str, str],
    *rules: Rule,
    flags: bool = False,
    prefix: str = "DB",
) -> Migration:
    """Write the files and run; every proof has to hold."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    policy = Policy(rules=rules, rewrite_flags=flags, prefix=prefix)
    migration = run(root, Options(policy=policy, base=""))
    assert [check for check in migration.checks if check.passed is False] == []
    assert migration.skipped == ()
    return migration


def changed(root: Path, files: dict[str, str], *rules: Rule, flags: bool = False) -> dict[str, str]:
    """The new text of each file that changes, without the import."""
    migration = planned(root, files, *rules, flags=flags)
    return {
        change.path: change.after.decode().replace("import os\n\n", "").replace("import os\n", "")
        for change in migration.code
    }


def names(migration: Migration) -> dict[str, Scalar]:
    """Each variable with its default."""
    return {variable.name: variable.default for variable in migration.plan.variables}


def engine(arguments: str) -> str:
    """A module with one engine."""
    return ENGINE.format(arguments)


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
    assert found == {"db.py": engine(f"pool_pre_ping={FLAG}")}


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


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('create_engine("postgresql:///a")', 'create_engine("postgresql:///a", {0}, {1})'),
        ('create_engine("postgresql:///a",)', 'create_engine("postgresql:///a", {0}, {1})'),
        (
            'create_engine(\n    "postgresql:///a",\n)',
            'create_engine(\n    "postgresql:///a",\n    {0},\n    {1},\n)',
        ),
        (
            'create_engine(\n    "postgresql:///a"\n)',
            'create_engine(\n    "postgresql:///a",\n    {0},\n    {1}\n)',
        ),
        (
            'create_engine(\n    "postgresql:///a"  # ours\n)',
            'create_engine(\n    "postgresql:///a",  # ours\n    {0},\n    {1}\n)',
        ),
        (
            'create_engine(\n    "postgresql:///a",  # ours\n)',
            'create_engine(\n    "postgresql:///a",  # ours\n    {0},\n    {1},\n)',
        ),
        (
            'create_engine(("postgresql:///a"  # ours\n))',
            'create_engine(("postgresql:///a"  # ours\n), {0}, {1})',
        ),
        (
            'create_engine("postgresql:///a",  # ours\n)',
            'create_engine("postgresql:///a", {0}, {1}  # ours\n)',
        ),
    ],
)
def test_ensured_arguments_follow_the_layout(tmp_path: Path, before: str, after: str) -> None:
    """Each is an edit of its own at one place, in the order of the library's arguments."""
    source = "from sqlalchemy import create_engine\n\nengine = {}\n"
    rules = ensure(recycle=300, acquire_timeout=30)
    migration = planned(tmp_path, {"db.py": source.format(before)}, *rules)
    arguments = (
        'pool_timeout=int(os.getenv("DB_POOL_TIMEOUT", "30"))',
        'pool_recycle=int(os.getenv("DB_POOL_RECYCLE", "300"))',
    )
    new = migration.code[0].after.decode().removeprefix("import os\n\n")
    assert new.replace(",  # ours\n)", "  # ours\n)") == source.format(after.format(*arguments))
    assert names(migration) == {"DB_POOL_RECYCLE": 300, "DB_POOL_TIMEOUT": 30}
    assert {a.variable for a in migration.plan.additions} == set(names(migration))
    again = planned(tmp_path, {"db.py": migration.code[0].after.decode()}, *rules)
    assert again.code == ()


def test_ensured_argument_agrees_with_the_others(tmp_path: Path) -> None:
    """The variable that another engine reads for another value is not taken."""
    files = {
        "orders.py": engine("pool_recycle=1800").replace("engine =", "orders ="),
        "users.py": engine("pool_size=5").replace("engine =", "users ="),
    }
    migration = planned(tmp_path, files, *ensure(recycle=300))
    assert names(migration) == {
        "DB_ORDERS_POOL_RECYCLE": 1800,
        "DB_POOL_SIZE": 5,
        "DB_USERS_POOL_RECYCLE": 300,
    }


def test_ensured_argument_takes_the_variable_there_is(tmp_path: Path) -> None:
    """The repository reads DATABASE_RECYCLE for it already."""
    read = "import os\n\n" + engine('pool_recycle=int(os.getenv("DATABASE_RECYCLE", "300"))')
    files = {"orders.py": read, "users.py": engine("pool_size=5")}
    migration = planned(tmp_path, files, *ensure(recycle=300))
    assert [a.variable for a in migration.plan.additions] == ["DATABASE_RECYCLE"]


def test_ensure_leaves_false_alone(tmp_path: Path) -> None:
    """Someone wrote it: it is said, not changed."""
    rules = ensure(health_check=True)
    migration = planned(tmp_path, {"db.py": engine("pool_pre_ping=False")}, *rules)
    assert migration.code == ()
    assert [(a.edit, "False" in a.reason) for a in migration.plan.additions] == [(None, True)]


def test_ensure_through_a_wrapper(tmp_path: Path) -> None:
    """One caller passes it through **options, so the call itself gets none."""
    source = (
        "from sqlalchemy import create_engine\n\n\n"
        "def make(url, **options):\n    return create_engine(url, **options)\n\n\n"
        'one = make("postgresql:///a", max_overflow=5)\ntwo = make("postgresql:///b")\n'
    )
    migration = planned(tmp_path, {"db.py": source}, *ensure(overflow=5))
    assert all(a.edit is None for a in migration.plan.additions)


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


ASYNCPG = (
    "import asyncpg\n\n\nasync def pool():\n    return await asyncpg.create_pool(URL, {})\n"
    '\n\nURL = "postgresql:///a"\n'
)


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


def test_one_constant_capped_by_two_sums(tmp_path: Path) -> None:
    """Two pools leave different room for it: the lower one counts, and nothing is raised."""
    source = "EXTRA = 10\n" + engine("pool_size=2, max_overflow=EXTRA")
    source += 'other = create_engine("postgresql:///b", pool_size=6, max_overflow=EXTRA)\n'
    migration = planned(tmp_path, {"db.py": source}, *cap(max=10))
    assert [p.after for p in migration.plan.pools] == [6, 10]


def test_left_out_files_count_as_before(tmp_path: Path) -> None:
    """Their pools keep their limit, and their variables are gone."""
    files = {
        "one.py": engine("max_overflow=20").replace("engine =", "one ="),
        "two.py": engine("pool_timeout=30, max_overflow=20").replace("engine =", "two ="),
    }
    decided = planned(tmp_path, files, *cap(overflow=5), *ensure(recycle=300)).plan
    assert [(p.before, p.after) for p in decided.pools] == [(25, 10), (25, 10)]
    left = without_files(decided, {"two.py": "no proof"}, load())
    assert [(p.before, p.after) for p in left.pools] == [(25, 10), (25, 25)]
    assert {v.name for v in left.variables} == {"DB_MAX_OVERFLOW", "DB_POOL_RECYCLE"}
    assert {edit.path for edit in left.edits} == {"one.py"}
    assert without_files(decided, {}, load()) is decided


FROM_ENV = (
    "import os\n\nfrom sqlalchemy import create_engine\n\n"
    'engine = create_engine(os.environ["DATABASE_URL"], pool_size=5)\n'
)


@pytest.mark.parametrize(
    ("files", "added"),
    [
        ({}, True),
        ({"tests/conftest.py": 'import os\n\nos.environ["DATABASE_URL"] = "sqlite://"\n'}, False),
        ({"app/tests/conftest.py": 'URL = "sqlite://"\nname = "DATABASE_URL"\n'}, False),
        ({"tests/test_other.py": 'import sqlite3\n\nURL = "sqlite:///x.db"\n'}, True),
        ({"docs/sample.py": 'DATABASE_URL = "sqlite:///x.db"\n'}, True),
        ({"other/tests/conftest.py": 'DATABASE_URL = "sqlite:///x.db"\n'}, True),
        ({".env": "DATABASE_URL=sqlite:///x.db\n"}, False),
        ({".env": "CACHE_URL=sqlite:///x.db\n"}, True),
    ],
)
def test_sqlite_in_what_reaches_the_engine(
    tmp_path: Path, files: dict[str, str], *, added: bool
) -> None:
    """Tests, .env and settings that may give this engine its URL; nothing else."""
    migration = planned(tmp_path, {"app/db.py": FROM_ENV, **files}, *ensure(overflow=5))
    found = [a for a in migration.plan.additions if a.pool.path == "app/db.py"]
    assert [a.edit is not None for a in found] == [added]
    if not added:
        assert "SQLite" in found[0].reason


def test_sqlite_through_a_setting(tmp_path: Path) -> None:
    """The name of the URL is followed to the variable that the tests set."""
    files = {
        "app/config.py": 'import os\n\nDB = os.getenv("APP_DB", "postgresql:///a")\n',
        "app/db.py": "from sqlalchemy import create_engine\n\nfrom app.config import DB\n\n"
        "engine = create_engine(DB)\n",
        "tests/conftest.py": 'import os\n\nos.environ["APP_DB"] = "sqlite://"\n',
    }
    migration = planned(tmp_path, files, *ensure(overflow=5))
    assert [a.edit for a in migration.plan.additions] == [None]


def test_sqlite_through_a_factory(tmp_path: Path) -> None:
    """A test calls the factory with it."""
    files = {
        "app/db.py": "from sqlalchemy import create_engine\n\n\n"
        "def make(url):\n    return create_engine(url, pool_size=5)\n",
        "tests/test_db.py": 'from app.db import make\n\nengine = make("sqlite://")\n',
    }
    migration = planned(tmp_path, files, *ensure(overflow=5))
    assert all(a.edit is None for a in migration.plan.additions)


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


def test_ensured_maximum_below_the_minimum(tmp_path: Path) -> None:
    """asyncpg raises for a maximum below a minimum that the code passes: nothing is added."""
    migration = planned(tmp_path, {"db.py": ASYNCPG.format("min_size=8")}, *ensure(max=5))
    assert [(a.argument, a.edit) for a in migration.plan.additions] == [("max_size", None)]
