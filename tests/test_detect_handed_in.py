"""Pool classes and factories that a repository's own function is handed, and calls."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look

IMPORT = "from psycopg_pool import AsyncConnectionPool, ConnectionPool\n"

HANDED_IN = {
    "by position": """
        def make(cls, size):
            return cls("", max_size=size)
        make(ConnectionPool, 5)
    """,
    "by name": """
        def make(size, *, factory):
            return factory("", max_size=size)
        make(5, factory=ConnectionPool)
    """,
    "to a constructor": """
        class Holder:
            def __init__(self, pool_class, size=5):
                self.pool = pool_class("", max_size=size)
        Holder(ConnectionPool)
    """,
    "to a method, and called in a function inside": """
        class Builder:
            def build(self, factory, size):
                def open_pool():
                    return factory("", max_size=size)
                return open_pool()
        Builder().build(ConnectionPool, 5)
    """,
    "two classes to one function": """
        def make(cls, size=5):
            return cls("", max_size=size)
        make(ConnectionPool)
        make(AsyncConnectionPool, 5)
    """,
}


@pytest.mark.parametrize("how", HANDED_IN)
def test_a_class_that_a_function_is_handed(how: str) -> None:
    """What the function calls it with is found."""
    found = look(IMPORT + dedent(HANDED_IN[how]))
    assert {(site.argument, site.value) for site in found.sites} == {("max_size", 5)}
    assert found.unresolved == ()


def test_a_class_that_is_tested_or_named_only() -> None:
    """A type test, an annotation and a parameter that is never called open no pool."""
    found = look(
        IMPORT
        + dedent("""
            def close(pool: ConnectionPool, kind):
                return isinstance(pool, ConnectionPool) and kind
            close(None, ConnectionPool)
        """)
    )
    assert found.sites == ()
    assert found.unresolved == ()


def test_a_table_of_classes_is_listed() -> None:
    """Which class it is called by, and with what, stands elsewhere."""
    found = look(
        IMPORT
        + dedent("""
            KINDS = {"sync": ConnectionPool, "async": AsyncConnectionPool}
            def make(kind):
                return open_with(KINDS[kind], "", max_size=5)
        """)
    )
    assert found.sites == ()
    assert all("handed on" in entry.reason for entry in found.unresolved)
    assert len(found.unresolved) == 2
