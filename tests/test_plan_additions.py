"""Arguments that a policy adds, and where it must not."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_repositories import ASYNCPG, cap, engine, ensure, names, planned, set_to

from poolenv.catalogue import load
from poolenv.model import Rule
from poolenv.plan import without_files


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'create_engine("postgresql:///a")',
            'create_engine(\n    "postgresql:///a",\n    {0},\n    {1},\n)',
        ),
        (
            'create_engine("postgresql:///a", echo=True,)  # ours',
            'create_engine(\n    "postgresql:///a",\n    echo=True,\n    {0},\n    {1},\n)  # ours',
        ),
        (
            'create_engine(\n    "postgresql:///a", echo=True\n)',
            'create_engine(\n    "postgresql:///a",\n    echo=True,\n    {0},\n    {1},\n)',
        ),
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
    assert migration.plan.additions == ()


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
    assert [a.edit for a in migration.plan.additions] == [None]


def test_ensured_maximum_below_the_minimum(tmp_path: Path) -> None:
    """asyncpg raises for a maximum below a minimum that the code passes: nothing is added."""
    migration = planned(tmp_path, {"db.py": ASYNCPG.format("min_size=8")}, *ensure(max=5))
    assert [(a.argument, a.edit) for a in migration.plan.additions] == [("max_size", None)]


@pytest.mark.parametrize(
    ("call", "rules", "added"),
    [
        ("Elasticsearch(hosts, maxsize=25)", ensure(max=10), []),
        ("Elasticsearch(hosts)", ensure(max=10), []),
        ("AsyncOpenSearch(hosts)", ensure(max=10), ["maxsize"]),
        ("AsyncOpenSearch(hosts, pool_maxsize=5)", ensure(max=10), []),
    ],
)
def test_two_names_of_one_limit(
    tmp_path: Path, call: str, rules: tuple[Rule, ...], added: list[str]
) -> None:
    """Versions know different ones: never both, and none that the version may not take."""
    module = "elasticsearch" if call.startswith("E") else "opensearchpy"
    source = (
        f"from {module} import {call.partition('(')[0]}\n\n\n"
        f"def connect(hosts):\n    return {call}\n"
    )
    plan = planned(tmp_path, {"db.py": source}, *rules).plan
    assert [a.argument for a in plan.additions if a.edit is not None] == added


def test_a_cap_that_adds_what_is_set_elsewhere_adds_that(tmp_path: Path) -> None:
    """A second run finds the argument written and would set it."""
    rules = (*set_to(pool_size=3), *cap(max_overflow=2, max=4))
    migration = planned(tmp_path, {"db.py": engine("")}, *rules)
    assert names(migration) == {"DB_POOL_SIZE": 3, "DB_MAX_OVERFLOW": 1}
    again = planned(tmp_path, {"db.py": migration.code[0].after.decode()}, *rules)
    assert again.code == ()


def test_an_added_argument_is_one_of_pools_that_tests_open_by_the_same_call(tmp_path: Path) -> None:
    """The policy adds nothing for a test's own pool, but its wrapper's call has it now."""
    files = {
        "db.py": "from sqlalchemy import create_engine\n\n\ndef make(size):\n"
        '    return create_engine("postgresql:///a", pool_size=size)\n\n\nengine = make(5)\n',
        "tests/test_db.py": "from db import make\n\n\ndef test_pool():\n    assert make(2)\n",
    }
    pools = planned(tmp_path, files, *cap(overflow=1)).plan.pools
    assert [(p.pool.in_test, p.before, p.after) for p in pools] == [
        (False, 15, 6),
        (True, 12, 3),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "def make(url, options=None):\n    return create_engine(url, **(options or {}))\n",
        (
            "class Audit:\n"
            "    def __init__(self, config=None):\n"
            "        self.config = config or {}\n"
            "    def make(self, url):\n"
            '        options = {"pool_size": 8}\n'
            '        options.update(self.config.get("ENGINE_OPTIONS", {}))\n'
            "        return create_engine(url, **options)\n"
        ),
    ],
)
def test_a_mapping_that_callers_outside_may_fill_gets_no_company(
    tmp_path: Path, source: str
) -> None:
    """They may pass the argument already: then a second one raises a TypeError."""
    text = f"from sqlalchemy import create_engine\n\n\n{source}"
    migration = planned(tmp_path, {"db.py": text}, *ensure(recycle=300))
    (addition,) = migration.plan.additions
    assert addition.edit is None
    assert "may pass it already" in addition.reason


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("def make(url, **options)", "create_engine(url, **options)"),
        ("def make(url, **more)", "create_engine(url, **options)"),
    ],
)
def test_what_outside_callers_may_pass_is_not_added(
    tmp_path: Path, function: str, call: str
) -> None:
    """``make(url, pool_recycle=60)`` of another package would be a TypeError."""
    source = (
        f"from sqlalchemy import create_engine\n\n\n{function}:\n"
        f'    options = {{"echo": True, **more}}\n    return {call}\n\n\n'
        'engine = make("postgresql:///a")\n'
    ).replace("" if "more" in function else '    options = {"echo": True, **more}\n', "")
    migration = planned(tmp_path / "a", {"db.py": source}, *ensure(recycle=300))
    assert [a.edit for a in migration.plan.additions] == [None]
    assert "may pass it" in migration.plan.additions[0].reason
    private = source.replace("make(", "_make(")
    migration = planned(tmp_path / "b", {"db.py": private}, *ensure(recycle=300))
    assert [a.edit is not None for a in migration.plan.additions] == [True]


def test_what_outside_callers_may_keep_in_an_attribute_is_not_added(tmp_path: Path) -> None:
    source = (
        "from sqlalchemy import create_engine\n\n\nclass Store:\n"
        "    def __init__(self, options=None):\n        self.options = options or {}\n\n"
        '    def open(self):\n        return create_engine("postgresql:///a", **self.options)\n\n\n'
        "engine = Store().open()\n"
    )
    migration = planned(tmp_path, {"db.py": source}, *ensure(recycle=300))
    assert [a.edit for a in migration.plan.additions] == [None]


def test_a_null_pool_gets_nothing(tmp_path: Path) -> None:
    """It keeps no connection that could get too old."""
    source = engine("poolclass=NullPool").replace(
        "\n\n", "\nfrom sqlalchemy.pool import NullPool\n\n", 1
    )
    rules = ensure(recycle=300, acquire_timeout=30, health_check=True)
    plan = planned(tmp_path, {"db.py": source}, *rules).plan
    assert plan.edits == ()
    reasons = {addition.argument: addition.reason for addition in plan.additions}
    assert reasons["pool_recycle"] == "NullPool keeps no connection, so pool_recycle has no effect"
    assert reasons["pool_timeout"] == "NullPool takes no pool_timeout"


def test_what_another_branch_takes_is_not_added(tmp_path: Path) -> None:
    source = (
        "from sqlalchemy import create_engine\nfrom sqlalchemy.pool import NullPool\n\n\n"
        "def make(url, small):\n    options = {}\n    if small:\n"
        '        options["poolclass"] = NullPool\n    else:\n        options["pool_size"] = 7\n'
        "    return create_engine(url, **options)\n"
    )
    plan = planned(tmp_path, {"db.py": source}, *ensure(recycle=300, acquire_timeout=30)).plan
    assert {a.argument: a.edit is not None for a in plan.additions} == {
        "pool_recycle": True,
        "pool_timeout": False,
    }
    assert [r.text for r in plan.remarks if "NullPool" in r.text] == [
        "a NullPool in another branch, where it has no limit"
    ]


@pytest.mark.parametrize(
    "arguments",
    ['"sqlite://"', '"sqlite:///shop.db"', "url, poolclass=StaticPool"],
)
def test_an_in_memory_database_is_not_lost(tmp_path: Path, arguments: str) -> None:
    """A connection that is replaced takes it away, so none gets too old."""
    source = (
        "from sqlalchemy import create_engine\nfrom sqlalchemy.pool import StaticPool\n\n\n"
        f"def make(url):\n    return create_engine({arguments})\n"
    )
    migration = planned(tmp_path, {"db.py": source}, *ensure(recycle=300))
    (addition,) = migration.plan.additions
    assert addition.edit is None
    assert "in-memory SQLite database is gone" in addition.reason
