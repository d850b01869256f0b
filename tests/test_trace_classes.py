"""Attributes of records, and of ``self`` over classes that derive from one another."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values
from open_defects import cases

CLASSES = {
    "the fields of a record copied one by one": (
        """
        from dataclasses import dataclass, fields
        @dataclass
        class Options:
            pool_size: int = 5
        options = Options()
        create_engine(url, **{f.name: getattr(options, f.name) for f in fields(Options)})
        """,
        [5],
    ),
    "an attribute that a base class sets, and a sibling for itself": (
        """
        class Base:
            def __init__(self):
                self.size = 5
        class Small(Base):
            def __init__(self):
                super().__init__()
                self.size = 1
        class Database(Base):
            def connect(self):
                return create_engine(url, pool_size=self.size)
        """,
        [5],
    ),
    "an attribute that another base of the joining class sets": (
        """
        class Connects:
            def connect(self):
                return create_engine(url, pool_size=self.size)
        class Configured:
            def __init__(self):
                self.size = 5
        class Database(
            Connects,
            Configured,
        ):
            pass
        """,
        [5],
    ),
    "a subclass whose bases stand on lines of their own": (
        """
        class Base:
            def connect(self):
                return create_engine(url, pool_size=self.size)
        class Database(
            Base,
        ):
            size = 5
        """,
        [5],
    ),
}


@pytest.mark.parametrize("how", cases("classes", CLASSES))
def test_an_attribute_of_a_class(how: str) -> None:
    """Exactly these numbers reach the pool, and nothing is listed as unresolved."""
    body, expected = CLASSES[how]
    found = look("from sqlalchemy import create_engine\n" + dedent(body))
    assert values(found) == expected
    assert found.unresolved == ()
