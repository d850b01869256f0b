"""Which calls open pools: by what a name refers to, never by how it is spelled."""

from __future__ import annotations

import pytest
from in_memory import look, traced
from open_defects import cases

FOUND = {
    "from import": "from sqlalchemy import create_engine\ncreate_engine(url, pool_size=5)",
    "from import as": "from sqlalchemy import create_engine as make\nmake(url, pool_size=5)",
    "import": "import sqlalchemy\nsqlalchemy.create_engine(url, pool_size=5)",
    "import as": "import sqlalchemy as sa\nsa.create_engine(url, pool_size=5)",
    "submodule": "import sqlalchemy.engine\nsqlalchemy.engine.create_engine(url, pool_size=5)",
    "star import": "from sqlalchemy import *\ncreate_engine(url, pool_size=5)",
    "import inside a function": """
        def connect():
            from sqlalchemy import create_engine
            return create_engine(url, pool_size=5)
    """,
    "import only for type checkers, and another for real": """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from sqlalchemy import create_engine
        else:
            from lazy import create_engine
        create_engine(url, pool_size=5)
    """,
    "importlib": """
        import importlib
        sa = importlib.import_module("sqlalchemy")
        sa.create_engine(url, pool_size=5)
    """,
    "getattr": 'import sqlalchemy\ngetattr(sqlalchemy, "create_engine")(url, pool_size=5)',
    "getattr, held first": """
        import importlib
        factory = getattr(importlib.import_module("sqlalchemy"), "create_engine")
        factory(url, pool_size=5)
    """,
    "alias": """
        from sqlalchemy import create_engine
        factory = create_engine
        factory(url, pool_size=5)
    """,
    "default of a parameter": """
        from sqlalchemy import create_engine
        def connect(factory=create_engine):
            return factory(url, pool_size=5)
    """,
    "class attribute": """
        from sqlalchemy import create_engine
        class Database:
            factory = create_engine
            def connect(self):
                return self.factory(url, pool_size=5)
    """,
    "default of a look-up": """
        from sqlalchemy import create_engine
        factory = options.pop("factory", create_engine)
        factory(url, pool_size=5)
    """,
    "default of a look-up, kept by an instance": """
        from sqlalchemy import create_engine
        class Database:
            def __init__(self, settings):
                self.factory = getattr(settings, "FACTORY", create_engine)
            def connect(self):
                return self.factory(url, pool_size=5)
    """,
    "partial": """
        from functools import partial
        from sqlalchemy import create_engine
        connect = partial(create_engine, pool_size=5)
    """,
    "arguments of a partial's call": """
        from functools import partial
        from sqlalchemy import create_engine
        connect = partial(create_engine, url)
        connect(pool_size=5)
    """,
}


@pytest.mark.parametrize("spelling", cases("spellings", FOUND))
def test_a_spelling_that_is_the_library(spelling: str) -> None:
    """Each of these calls SQLAlchemy's create_engine with pool_size=5."""
    found = look(FOUND[spelling].strip("\n"))
    sizes = [s for s in found.sites if s.argument == "pool_size"]
    assert [(site.sink, site.value) for site in sizes] == [("sqlalchemy.create_engine", 5)]


NOT_FOUND = {
    "own function": """
        def create_engine(url, pool_size):
            return url
        create_engine(url, pool_size=5)
    """,
    "own function inside another, over the import": """
        from sqlalchemy import create_engine
        def test_it():
            def create_engine(url, pool_size):
                return url
            create_engine(url, pool_size=5)
    """,
    "own class": """
        class ConnectionPool:
            def __init__(self, max_size): ...
        ConnectionPool(max_size=5)
    """,
    "own method": """
        class Factory:
            def create_engine(self, pool_size): ...
        Factory().create_engine(pool_size=5)
    """,
    "text": 'print("create_engine(url, pool_size=5)")  # create_engine(url, pool_size=5)',
    "no call": "from sqlalchemy import create_engine\nfactories = [create_engine]",
    "other pools": """
        from concurrent.futures import ThreadPoolExecutor
        from multiprocessing.pool import ThreadPool
        from urllib3 import HTTPConnectionPool
        ThreadPoolExecutor(max_workers=5)
        ThreadPool(5)
        HTTPConnectionPool("host", maxsize=5)
    """,
}


@pytest.mark.parametrize("spelling", NOT_FOUND)
def test_a_look_alike(spelling: str) -> None:
    """None of these opens a pool of database connections."""
    found = look(NOT_FOUND[spelling])
    assert found.sites == ()
    assert found.pools == ()


def test_a_parameter_that_hides_the_import() -> None:
    """Nobody knows what ``create_engine`` is here: no site, but a question to the person."""
    found = look("""
        from sqlalchemy import create_engine
        def connect(create_engine):
            return create_engine(url, pool_size=5)
    """)
    assert found.sites == ()
    (entry,) = found.unresolved
    assert (entry.line, entry.argument) == (4, "pool_size")
    assert "look whether it opens a pool" in entry.reason


def test_two_libraries_under_one_name() -> None:
    """try/except ImportError binds either; each argument belongs to the library that takes it."""
    found = look("""
        try:
            from psycopg2.pool import ThreadedConnectionPool as Pool
        except ImportError:
            from psycopg_pool import ConnectionPool as Pool
        Pool(minconn=1, maxconn=5, max_size=7)
    """)
    assert {(site.sink, site.argument, site.value) for site in found.sites} == {
        ("psycopg2.pool.ThreadedConnectionPool", "minconn", 1),
        ("psycopg2.pool.ThreadedConnectionPool", "maxconn", 5),
        ("psycopg_pool.ConnectionPool", "max_size", 7),
    }


def test_one_argument_of_two_libraries_is_one_site() -> None:
    """The literal is there once, so it is rewritten once."""
    found = look("""
        try:
            from valkey import ConnectionPool
        except ImportError:
            from redis import ConnectionPool
        ConnectionPool(max_connections=5)
    """)
    assert [site.value for site in found.sites] == [5]


def test_a_subclass_with_a_generic_base() -> None:
    """``class Pool(ConnectionPool[Row])``: constructing it opens the pool."""
    found = look("""
        from psycopg_pool import ConnectionPool
        class Pool(ConnectionPool[Row]):
            pass
        pool = Pool(url, max_size=5)
    """)
    assert [(s.sink, s.argument, s.value) for s in found.sites] == [
        ("psycopg_pool.ConnectionPool", "max_size", 5)
    ]


def test_a_pool_that_is_named_with_its_parameters() -> None:
    """``ConnectionPool[Connection](…)`` makes the class that it names."""
    found = look(
        """
        from psycopg_pool import ConnectionPool
        pool = ConnectionPool[dict[str, int]](url, max_size=7)
        other: ConnectionPool[dict[str, int]]
        """
    )
    assert [(site.argument, site.value) for site in found.sites] == [("max_size", 7)]


def test_a_subclass_with_a_constructor_of_its_own() -> None:
    """The library's constructor is called by super(); each caller of the subclass decides."""
    found = look("""
        from psycopg_pool import ConnectionPool
        class Pool(ConnectionPool[Row]):
            def __init__(self, url, size):
                super().__init__(url, max_size=size)
        Pool(url, 5)
        Pool(url, size=6)
    """)
    assert [(s.line, s.value) for s in found.sites] == [(6, 5), (7, 6)]


def test_names_over_several_files() -> None:
    """A re-export, an alias and a wrapper of another module are still the library's."""
    engine = "from sqlalchemy import create_engine\nfactory = create_engine\n"
    found = traced(
        {
            "app/__init__.py": "from .engine import create_engine\n",
            "app/engine.py": engine,
            "one.py": "from app import create_engine\ncreate_engine(url, pool_size=1)\n",
            "two.py": "from app.engine import factory\nfactory(url, pool_size=2)\n",
            "three.py": "from app import engine\nengine.create_engine(url, pool_size=3)\n",
            "four.py": "import app.engine as e\ne.factory(url, pool_size=4)\n",
        }
    )
    assert sorted((s.path, s.value) for s in found.sites) == [
        ("four.py", 4),
        ("one.py", 1),
        ("three.py", 3),
        ("two.py", 2),
    ]


HANDED_ON = {
    "argument": """
        from sqlalchemy import create_engine
        def connect(factory):
            return factory(url, pool_size=5)
        connect(create_engine)
    """,
    "table": """
        from sqlalchemy import create_engine
        factories = {"sync": create_engine}
        factories["sync"](url, pool_size=5)
    """,
    "conditional": """
        from sqlalchemy import create_engine
        from sqlalchemy.ext.asyncio import create_async_engine
        (create_engine if sync else create_async_engine)(url, pool_size=5)
    """,
    "self": """
        from sqlalchemy import create_engine
        class Database:
            def __init__(self):
                self.factory = create_engine
            def connect(self):
                return self.factory(url, pool_size=5)
    """,
    "thread": """
        import asyncio
        from sqlalchemy import create_engine
        engine = asyncio.to_thread(create_engine, url, pool_size=5)
    """,
}


@pytest.mark.parametrize("how", cases("handed on", HANDED_ON))
def test_a_factory_that_is_handed_on(how: str) -> None:
    """The place that calls it is found, and nothing is left to look at."""
    found = look(HANDED_ON[how])
    assert [site.value for site in found.sites] == [5]
    assert found.unresolved == ()


REEXPORTED = {
    "keywords": "from acme import asyncpg\nasyncpg.create_pool(url, min_size=1, max_size=5)",
    "positions": "from acme._vendor.psycopg2 import pool\npool.SimpleConnectionPool(1, 5, dsn)",
    "a value from elsewhere": """
        from acme import asyncpg
        SIZE = 5
        async def connect(size=SIZE):
            return await asyncpg.create_pool(url, min_size=1, max_size=size)
    """,
}


@pytest.mark.parametrize("how", REEXPORTED)
def test_a_library_that_another_package_hands_on(how: str) -> None:
    """The package may mean something else: listed, with the way to where the value is written."""
    found = look(REEXPORTED[how])
    assert found.sites == ()
    assert len(found.unresolved) == 2
    for entry in found.unresolved:
        assert "acme" in entry.reason
    assert "5" in found.unresolved[1].chain[-1].text


def test_a_library_that_another_package_hands_on_without_a_pool_argument() -> None:
    """Nothing of a pool is passed, so there is nothing to say."""
    found = look("from acme import asyncpg\nasyncpg.create_pool(url, ssl=True)")
    assert found.sites == ()
    assert found.unresolved == ()


def test_order_and_places() -> None:
    """Sites come by path, line and column, each at its own argument."""
    found = look("""
        from sqlalchemy import create_engine
        create_engine(url, max_overflow=1, pool_size=2); create_engine(url, pool_size=3)
    """)
    assert [(s.line, s.column, s.argument, s.value) for s in found.sites] == [
        (3, 20, "max_overflow", 1),
        (3, 36, "pool_size", 2),
        (3, 69, "pool_size", 3),
    ]
