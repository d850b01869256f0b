"""Factories handed to a function that calls them: of the repository, or a library's runner."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

IMPORT = "import asyncio\nfrom sqlalchemy import create_engine\n"
HANDED = {
    "a parameter": """
        def build(factory, url, **options):
            return factory(url, **options)
        build(create_engine, url, pool_size=5)
    """,
    "a keyword": """
        def build(url, size, *, factory):
            return factory(url, pool_size=size)
        build(url, 5, factory=create_engine)
    """,
    "handed on again": """
        class Maker:
            def __init__(self, options=None, factory=create_engine):
                self.options = options or {}
                self.engine = self.make(url, factory)
            def make(self, url, factory):
                return factory(url, **self.options)
        Maker({"pool_size": 5})
    """,
    "a constructor": """
        class Maker:
            def __init__(self, factory):
                self.engine = factory(url, pool_size=5)
        Maker(create_engine)
    """,
    "a thread": """
        async def start():
            await asyncio.to_thread(create_engine, url, pool_size=5)
    """,
    "an executor": """
        from concurrent.futures import ThreadPoolExecutor
        def start():
            ThreadPoolExecutor().submit(create_engine, url, pool_size=5)
    """,
}


@pytest.mark.parametrize("what", HANDED)
def test_handed(what: str) -> None:
    """The argument of the call that is made of it."""
    found = look(IMPORT + dedent(HANDED[what]))
    assert values(found) == [5]
    assert not found.unresolved


def test_event_loop() -> None:
    """The arguments of a pool class follow it by position."""
    body = """
        from psycopg2.pool import ThreadedConnectionPool
        async def start(loop):
            return await loop.run_in_executor(None, ThreadedConnectionPool, 1, 9)
    """
    found = look(dedent(body))
    assert [(site.argument, site.value) for site in found.sites] == [("minconn", 1), ("maxconn", 9)]


def test_runner_of_anything() -> None:
    """A function that is handed other functions as well opens no pool with their arguments."""
    body = """
        def run(function, *args, **kwargs):
            return function(*args, **kwargs)
        run(create_engine, url, pool_size=5)
        run(print, url, pool_size=9)
    """
    found = look(IMPORT + dedent(body))
    assert not found.sites
    assert any("handed on" in entry.reason for entry in found.unresolved)


def test_function_that_only_looks_at_it() -> None:
    """Nothing is called, so the factory stays listed."""
    body = """
        def name_of(factory, pool_size=5):
            return factory.__name__
        name_of(create_engine)
    """
    found = look(IMPORT + dedent(body))
    assert not found.sites
    assert ["handed on" in entry.reason for entry in found.unresolved] == [True]
