"""None that a test rules out on the way does not count for a pool; who opens the pool does."""

from __future__ import annotations

import pytest
from in_memory import look

_IMPORT = "from sqlalchemy import create_engine\n"


def _sizes(text: str) -> list[tuple[object, ...]]:
    return [pool.arguments["pool_size"] for pool in look(text).pools]


@pytest.mark.parametrize(
    "body",
    [
        "    return create_engine(url, pool_size=size if size is not None else 5)\n",
        "    return create_engine(url, pool_size=5 if not size else size)\n",
        "    if size is None:\n        size = 5\n    return create_engine(url, pool_size=size)\n",
    ],
)
def test_a_default_takes_the_place_of_none(body: str) -> None:
    assert _sizes(f"{_IMPORT}def make(size=None):\n{body}make()\n") == [(5,)]


@pytest.mark.parametrize(
    "body",
    [
        "    more = {}\n    if size is not None:\n        more['pool_size'] = size\n"
        "    return create_engine(url, **more)\n",
        "    assert isinstance(size, int)\n    return create_engine(url, pool_size=size)\n",
        "    if size is None:\n        raise ValueError\n"
        "    return create_engine(url, pool_size=size)\n",
    ],
)
def test_only_what_is_not_none_gets_to_the_pool(body: str) -> None:
    text = f"{_IMPORT}def make(size=None):\n{body}make()\nmake(7)\n"
    assert _sizes(text) == [(5,), (7,)]
    assert all("pool_size" in pool.passed for pool in look(text).pools)


def test_an_attribute_that_is_tested() -> None:
    found = look(
        """
from sqlalchemy import create_engine
class Database:
    def __init__(self, size=None):
        self.size = size
    def connect(self):
        more = {}
        if self.size:
            more["pool_size"] = self.size
        return create_engine(url, **more)
Database().connect()
Database(7).connect()
"""
    )
    assert [pool.max_connections for pool in found.pools] == [15, 17]


@pytest.mark.parametrize(
    "body",
    [
        "    if size is None:\n        print()\n    return create_engine(url, pool_size=size)\n",
        "    if flag and size is None:\n        size = 5\n"
        "    return create_engine(url, pool_size=size)\n",
        "    if size is None:\n        size = 5\n    size = None\n"
        "    return create_engine(url, pool_size=size)\n",
        "    engine = create_engine(url, pool_size=size)\n    if size is None:\n        size = 5\n"
        "    return engine\n",
    ],
)
def test_none_that_may_arrive_counts(body: str) -> None:
    found = look(f"{_IMPORT}flag = read()\ndef make(size=None):\n{body}make()\n")
    assert [pool.limit for pool in found.pools] == ["unknown"]
