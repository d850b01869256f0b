"""What is taken out of a table by its key, and which calls of it pass something to a pool."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

STORES = """
    from sqlalchemy import create_engine
    class Postgres:
        def __init__(self, size=1):
            self.size = size
        @classmethod
        def of(cls, config):
            return cls(config["size"])
        @staticmethod
        def at(url, size):
            return create_engine(url, pool_size=size)
        def open(self, url, size):
            return create_engine(url, pool_size=size)
        def again(self):
            return create_engine(url, pool_size=self.size)
    class Memory:
        def __init__(self, size=1): ...
        @classmethod
        def of(cls, config): ...
        @staticmethod
        def at(url, size): ...
        def open(self, url, size): ...
    STORES = {"pg": Postgres, "memory": Memory}
"""

METHODS = {
    "a method of the class": """
        STORES["pg"].of({"size": 5}).again()
        STORES["memory"].of({"size": 6})
    """,
    "a static method": """
        STORES["pg"].at(url, 5)
        STORES["memory"].at(url, 6)
    """,
    "a method of what it makes": """
        STORES["pg"]().open(url, 5)
        STORES["memory"]().open(url, 6)
    """,
    "a method of what a function makes": """
        def made(kind):
            store = STORES[kind]()
            return store
        made("pg").open(url, size=5)
        made("memory").open(url, size=6)
    """,
    "a method of an object that stands in a table": """
        OBJECTS = {"pg": Postgres(), "memory": Memory()}
        OBJECTS["pg"].open(url, 5)
        OBJECTS.get("memory").open(url, 6)
    """,
    "a method of an object that is put there": """
        OBJECTS = {}
        OBJECTS["pg"] = Postgres()
        OBJECTS["memory"] = Memory()
        OBJECTS["pg"].open(url, 5)
        OBJECTS["memory"].open(url, 6)
    """,
    "a method of a subclass that keeps it": """
        class Better(Postgres): ...
        MORE = {"better": Better, "memory": Memory}
        with MORE["better"]() as store:
            store.open(url, 5)
        MORE["memory"]().open(url, 6)
    """,
}


@pytest.mark.parametrize("text", METHODS.values(), ids=METHODS.keys())
def test_methods_of_what_a_table_gives(text: str) -> None:
    assert 5 in values(look(dedent(STORES) + dedent(text)))
    assert 6 not in values(look(dedent(STORES) + dedent(text)))


def test_a_lambda_in_a_table() -> None:
    found = look(
        """
        from sqlalchemy import create_engine
        MAKERS = {"small": lambda url: create_engine(url, pool_size=3),
                  "any": lambda url, size: create_engine(url, pool_size=size)}
        MAKERS["any"](url, 20)
        """
    )
    assert values(found) == [3, 20]


LIBRARY = {
    "by position": """
        from psycopg2.pool import SimpleConnectionPool, ThreadedConnectionPool
        POOLS = {"one": SimpleConnectionPool, "many": ThreadedConnectionPool}
        def make(kind):
            return POOLS[kind](5, 20, dsn)
    """,
    "over a variable": """
        from sqlalchemy import create_engine
        from sqlalchemy.ext.asyncio import create_async_engine
        FACTORIES = {True: create_async_engine, False: create_engine}
        def make(url, is_async):
            factory = FACTORIES[is_async]
            return factory(url, pool_size=5, max_overflow=20)
    """,
    "entries that are set one by one": """
        from sqlalchemy import create_engine
        FACTORIES = {}
        FACTORIES["sync"] = create_engine
        FACTORIES["sync"](url, pool_size=5, max_overflow=20)
    """,
    "an entry that another one stands beside": """
        from asyncpg import create_pool
        def fetch(url, min_size, max_size): ...
        MAKERS = {"pool": create_pool, "file": fetch}
        MAKERS["pool"](url, min_size=5, max_size=20)
        MAKERS["file"](url, min_size=6, max_size=21)
    """,
}


@pytest.mark.parametrize("text", LIBRARY.values(), ids=LIBRARY.keys())
def test_a_factory_of_a_library_in_a_table(text: str) -> None:
    found = look(text)
    assert [site.value for site in found.sites] == [5, 20]
    assert not found.unresolved


def test_a_table_whose_look_ups_are_not_seen_is_listed() -> None:
    found = look(
        """
        from sqlalchemy import create_engine
        FACTORIES = {"sync": create_engine}
        """
    )
    assert not found.sites
    assert [u.line for u in found.unresolved] == [3]


def test_a_class_that_a_function_chooses() -> None:
    found = look(
        """
        import asyncpg


        class Postgres:
            def __init__(self, settings):
                self.settings = settings

            async def open(self):
                self.pool = await asyncpg.create_pool(max_size=self.settings["most"])


        class Nothing:
            def __init__(self, settings):
                pass


        def driver_for(name):
            if name == "pg":
                return Postgres
            return Nothing


        def made(name):
            driver = driver_for(name)
            return driver({"most": 17})
        """
    )

    assert values(found, "max_size") == [17]
