"""What is named like a pool's setting and reaches none that the code shows is never silent."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, traced, values

from poolenv.model import Unresolved

ENGINE = 'from sqlalchemy import create_engine\ncreate_engine("postgresql:///app")\n'

LISTED = {
    "a field": ("class Settings:\n    db_pool_size: int = 5", "db_pool_size"),
    "an attribute of a class": ("class Settings:\n    DB_POOL_SIZE = 5", "DB_POOL_SIZE"),
    "a constant": ("DB_POOL_SIZE = 5", "DB_POOL_SIZE"),
    "a constant of the environment": (
        'import os\nDB_POOL_SIZE = int(os.getenv("POOL", "5"))',
        "DB_POOL_SIZE",
    ),
    "a field with its default inside": (
        "from pydantic import BaseModel, Field\n"
        "class Settings(BaseModel):\n    pool_timeout: int = Field(30, ge=1)",
        "pool_timeout",
    ),
    "Django's": ("class Base:\n    CONN_MAX_AGE = 60", "CONN_MAX_AGE"),
    "a key inside a mapping": ('DEFAULTS = {"db": {"pool_recycle": 60 * 60}}', "pool_recycle"),
    "a key of what is passed on": ('run({"pool_size": 5})', "pool_size"),
    "a look-up's default": ('size = options.get("pool_size", 5)', "pool_size"),
    "words of any connections, with a database": (
        "class Settings:\n    redis_max_connections: int = 50",
        "redis_max_connections",
    ),
    "a changed copy of a record": (
        "from dataclasses import replace\nused = replace(settings, pool_size=5)",
        "pool_size",
    ),
    "an attribute that a method assigns": (
        "class Settings:\n    def __init__(self):\n        self.pool_size = 5",
        "pool_size",
    ),
    "a factory looked up in a table": ('MADE = {}\nMADE["pg"](pool_size=5)', "pool_size"),
    "a setting that is declared by its name": (
        'ENTRIES = [Entry("postgres_pool_size", int, default=10)]',
        "postgres_pool_size",
    ),
    "a setting that a schema declares": (
        'SCHEMA = {"cache": {"REDIS_MAX_POOL_SIZE": {"type": int, "default": 50}}}',
        "REDIS_MAX_POOL_SIZE",
    ),
    "a size in a mapping whose parameter says what it is of": (
        'connect("x", pool_options={"min_size": 2})',
        "min_size",
    ),
    "connections beside an address": (
        'CONFIG["cache"] = {"URI": "redis://cache", "max_connections": 10}',
        "max_connections",
    ),
    "connections of a pool": ('run({"max_pool_conns": 5})', "max_pool_conns"),
    "the maximum of a pool": ("class Settings:\n    db_pool_max: int = 5", "db_pool_max"),
    "MongoDB's own words": ('DEFAULTS = [{"maxPoolSize": 5}]', "maxPoolSize"),
}

NOT_LISTED = {
    "threads": "THREAD_POOL_SIZE = 5",
    "connections of another kind": "class Settings:\n    ssh_max_pool_conn = 5",
    "memory of the server": 'size = row.get("innodb_buffer_pool_size", 5)',
    "a count of a report": "class Health:\n    pool_size: int = 0",
    "words of any connections": "class Settings:\n    max_connections: int = 50",
    "a text": 'POOL_SIZE = "big"',
    "a mapping whose name is followed": 'swimming = {"pool_size": 50}',
    "an update of such a mapping": "options.update(pool_size=5)",
    "connections without an address": 'CONFIG["cache"] = {"max_connections": 10}',
    "a size of a mapping of anything": 'draw("x", image={"min_size": 2})',
    "a library's keyword": "import acme\nacme.swim(pool_size=5)",
}


@pytest.mark.parametrize("what", LISTED)
def test_a_loose_setting_is_listed(what: str) -> None:
    """The name and the literal's line, below the two lines of the engine."""
    text, name = LISTED[what]
    (entry,) = _listed({"app.py": ENGINE + text})
    assert (entry.argument, entry.line) == (name, 2 + len(text.splitlines()))
    assert not entry.in_test


@pytest.mark.parametrize("what", NOT_LISTED)
def test_nothing_is_listed(what: str) -> None:
    """It is no setting of a pool, or what becomes of it is known."""
    assert _listed({"app.py": ENGINE + NOT_LISTED[what]}) == ()


def test_a_mapping_that_is_put_into_another() -> None:
    """What reads the other mapping is not followed."""
    text = (
        "def configure(data):\n    options = {'pool_timeout': 30}\n    data['engine'] = options\n"
    )
    (entry,) = _listed({"app.py": ENGINE + text})
    assert (entry.argument, entry.line) == ("pool_timeout", 4)


def test_a_file_without_a_database() -> None:
    """A pool of anything, in a file that names no database."""
    assert _listed({"app.py": ENGINE, "kitchen.py": "POOL_SIZE = 5"}) == ()


def test_a_table_of_factories_in_a_file_without_a_database() -> None:
    """It is listed where pools of the repository take such an argument, and only then."""
    call = 'from tables import MAKERS\nMAKERS["main"]("x", pool_size=5)\n'
    sized = "from sqlalchemy import create_engine\ncreate_engine(url, pool_size=6)\n"
    files = {"main.py": call, "tables.py": "MAKERS = {}\n"}
    (entry,) = _listed({"app.py": sized, **files})
    assert (entry.path, entry.line, entry.argument) == ("main.py", 2, "pool_size")
    assert _listed({"app.py": ENGINE, **files}) == ()


def test_tests() -> None:
    """In tests: what is passed on and what stands in mappings, but no expectation."""
    test = """
        from app import Database

        def test_it(database):
            settings = {"storage_pool_size": "10"}
            database.configure(max_overflow=38)
            expected = {"pool_size": 5}
            assert database.options == {"pool_timeout": 5}
            make.assert_called_with(pool_size=7)
    """
    found = _listed({"app.py": ENGINE, "tests/test_app.py": dedent(test)})
    assert [(u.argument, u.in_test) for u in found] == [
        ("storage_pool_size", True),
        ("max_overflow", True),
    ]


def _listed(files: dict[str, str]) -> tuple[Unresolved, ...]:
    return traced(files).unresolved


def test_a_default_that_never_counts_says_so() -> None:
    """The key is always set: the default beside the look-up reaches no pool."""
    found = look(
        """
        from sqlalchemy import create_engine
        DATABASE = {"pool_size": 20}
        size = DATABASE.get("pool_size", 5)
        engine = create_engine(url, pool_size=size)
        """
    )
    assert values(found) == [20]
    (entry,) = found.unresolved
    assert entry.argument == "pool_size"
    assert entry.reason.startswith("it is the default of a look-up")


def test_a_setting_beside_a_site_on_its_line_is_listed() -> None:
    text = (
        "from sqlalchemy import create_engine\n"
        "def run(options):\n"
        '    return create_engine("postgresql:///app", pool_size=options["pool_size"])\n'
        'run({"pool_size": 5, "max_overflow": 2})\n'
    )
    found = look(text)
    assert values(found) == [5]
    assert [(u.line, u.argument) for u in found.unresolved] == [(4, "max_overflow")]


def test_an_entry_that_is_set_in_a_mapping_from_elsewhere_is_listed() -> None:
    """What is put into a mapping made here is followed instead."""
    found = look(
        """
        import library
        from sqlalchemy import create_engine
        library.config["database_pool_size"] = 5
        def hook(options):
            options["pool_size"] = 6
        def unused():
            options = {}
            options["pool_size"] = 7
        engine = create_engine(url)
        """
    )
    assert [(u.line, u.argument) for u in found.unresolved] == [
        (4, "database_pool_size"),
        (6, "pool_size"),
    ]


def test_a_constant_and_its_own_key_are_one_row() -> None:
    """The default of a look-up that is kept by the name of its key is listed once, as that."""
    text = "import os\nSHOP_POOL_SIZE = int(os.getenv('SHOP_POOL_SIZE', 20))\n"
    (entry,) = _listed({"app.py": ENGINE + text})
    assert entry.argument == "SHOP_POOL_SIZE"
    assert entry.reason.startswith("it is the default of a look-up")
