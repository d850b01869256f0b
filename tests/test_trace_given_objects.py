"""Methods of objects that are handed over: only what the callers make says which class it is."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

DRIVERS = """
from sqlalchemy import create_engine
class Postgres:
    def open(self, url, size):
        return create_engine(url, pool_size=size)
class Other:
    def open(self, url, size):
        return None
"""

GIVEN = {
    "kept by the constructor": (
        """
        class Pools:
            def __init__(self, driver):
                self._driver = driver
            def start(self, url):
                return self._driver.open(url, 5)
        Pools(Postgres()).start(url)
        """,
        [5],
    ),
    "of two objects": (
        """
        class Pools:
            def __init__(self, driver, url=None):
                self._driver = driver
            def start(self, url, size):
                return self._driver.open(url, size)
        Pools(Postgres()).start(url, 5)
        other = Pools(url=url, driver=Other())
        other.start(url, 6)
        """,
        [5],
    ),
    "a parameter": (
        """
        def start(driver, url):
            return driver.open(url, size=5)
        start(Postgres(), url)
        """,
        [5],
    ),
    "a parameter beside the value": (
        """
        def start(driver, url, size):
            return driver.open(url, size)
        start(Postgres(), url, 5)
        start(Other(), url, 6)
        """,
        [5],
    ),
    "handed on": (
        """
        class Pools:
            def __init__(self, *, driver):
                self._driver = driver
            def start(self, url):
                return self._driver.open(url, 5)
        def pools(kind):
            return Pools(driver=kind)
        pools(Postgres()).start(url)
        """,
        [5],
    ),
    "beside a holder that names the class": (
        """
        class Known:
            def __init__(self, driver: Postgres):
                self.driver = driver
            def start(self, url, size):
                return self.driver.open(url, size)
        class Pools:
            def __init__(self, driver):
                self.driver = driver
            def start(self, url):
                return self.driver.open(url, 6)
        Known(Postgres()).start(url, 5)
        Pools(Postgres()).start(url)
        """,
        [5, 6],
    ),
    "of another class": (
        """
        def start(driver, url):
            return driver.open(url, size=6)
        start(Other(), url)
        """,
        [],
    ),
}


@pytest.mark.parametrize("how", GIVEN)
def test_a_method_of_what_is_handed_over(how: str) -> None:
    """The calls on an object that a caller makes of the class, and no others."""
    text, expected = GIVEN[how]
    assert values(look(DRIVERS + dedent(text))) == expected
