"""Classes and factories that stand in a written-out table, of which each row is called."""

from __future__ import annotations

import pytest
from in_memory import traced, values

STORES = """
import pytest
from psycopg_pool import AsyncConnectionPool, ConnectionPool


class Orders:
    def __init__(self, dsn, options=None):
        self.pool = ConnectionPool(dsn, **(options or {}))


class Users:
    def __init__(self, dsn, options=None):
        self.pool = ConnectionPool(dsn, **(options or {}))


"""

ROWS = {
    "a loop": """
for kind in (Orders, Users):
    kind("x", options={"max_size": 17})
""",
    "a loop over pairs": """
for name, kind in (("orders", Orders), ("users", Users)):
    kind(name, options={"max_size": 17})
""",
    "a parameter of a test": """
@pytest.mark.parametrize("kind", [Orders, pytest.param(Users, id="users")])
def test_store(kind):
    kind("x", options={"max_size": 17})
""",
    "one of two parameters of a test": """
@pytest.mark.parametrize(("kind", "name"), [(Orders, "orders"), (Users, "users")])
def test_store(kind, name):
    kind(name, options={"max_size": 17})
""",
    "a loop over the pools themselves": """
for kind in (ConnectionPool, AsyncConnectionPool):
    kind("x", max_size=17)
""",
}


@pytest.mark.parametrize("how", ROWS)
def test_what_each_row_is_called_with(how: str) -> None:
    found = traced({"tests/test_stores.py": STORES + ROWS[how]})

    assert values(found, "max_size") == [17]
