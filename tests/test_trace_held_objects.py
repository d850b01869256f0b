"""An object that keeps a driver calls that driver's methods, and no other's."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

from poolenv.model import Holder

DRIVERS = """
from typing import Generic, TypeVar
from sqlalchemy import create_engine
import asyncpg

T = TypeVar("T")

class Driver(Generic[T]):
    def options(self, given):
        return given
    def open(self, url, **options):
        raise NotImplementedError

class Postgres(Driver[asyncpg.Pool]):
    def options(self, given):
        return {**given, "pool_size": given.get("pool_size", 5) + 1}
    def open(self, url, **options):
        return create_engine(url, **options)

class Other(Driver[dict]):
    def options(self, given):
        return {**given, "pool_size": given.get("pool_size", 6)}
    def open(self, url, **options):
        return dict(options)

class Pools(Generic[T]):
    def __init__(self, driver: Driver[T], given=None):
        self._driver = driver
        self._options = self._driver.options(dict(given) if given is not None else {})
    def open(self, url):
        return self._driver.open(url, **self._options)
"""

HELD = {
    "constructed with the driver": (
        """
        Pools(Postgres(), {"pool_size": 20})
        Pools(Other(), {"pool_size": 30})
        """,
        [1, 5, 20],
    ),
    "a base class hands it on": (
        """
        class Manager(Generic[T]):
            def __init__(self, url, *, driver: Driver[T], given=None):
                self._pools = Pools(driver=driver, given=given)
        class PostgresManager(Manager[int]):
            def __init__(self, url, **more):
                super().__init__(url, driver=Postgres(), **more)
        class OtherManager(Manager[int]):
            def __init__(self, url, **more):
                super().__init__(url, driver=Other(), **more)
        PostgresManager(url, given={"pool_size": 20})
        OtherManager(url, given={"pool_size": 30})
        """,
        [1, 5, 20],
    ),
    "a function makes it": (
        """
        def pools(driver, size):
            return Pools(driver, {"pool_size": size})
        pools(Postgres(), 20)
        pools(Other(), 30)
        """,
        [1, 5, 20],
    ),
    "a subclass of the driver": (
        """
        class Tuned(Postgres):
            pass
        Pools(Tuned(), {"pool_size": 20})
        """,
        [1, 5, 20],
    ),
    "nothing says which": (
        """
        Pools(driver_of(settings), {"pool_size": 20})
        """,
        [1, 5, 20],
    ),
}


@pytest.mark.parametrize("how", HELD)
def test_what_another_driver_is_given_does_not_count(how: str) -> None:
    """The other driver's own default and what its holders are given reach no pool."""
    text, expected = HELD[how]
    assert values(look(DRIVERS + dedent(text))) == expected


def test_what_is_calculated_by_the_driver_is_not_rewritten() -> None:
    """One is added on the way: a variable in the place of the number would not be the size."""
    found = look(f'{DRIVERS}\nPools(Postgres(), {{"pool_size": 20}})\n')
    assert {site.holder for site in found.sites} == {Holder.FIXED}
    assert all("calculation" in (site.obstacle or "") for site in found.sites)
    assert [pool.max_connections for pool in found.pools] == [None]


def test_a_type_argument_is_no_base() -> None:
    """``Holder[ConnectionPool]`` derives from ``Holder``."""
    found = look("""
        from psycopg_pool import ConnectionPool
        class Holder(Base[ConnectionPool]):
            def __init__(self, url):
                super().__init__(url, max_size=7)
        class Pool(ConnectionPool[Connection]):
            def __init__(self, url):
                super().__init__(url, max_size=8)
        """)
    assert values(found, "max_size") == [8]
