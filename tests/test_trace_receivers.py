"""A method of a base class runs on objects of several classes: each has its own values only."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

RECEIVERS = {
    "a sibling's call of a method that sets an attribute": (
        """
        class Base:
            def limit(self, size):
                self.size = size
        class Engine(Base):
            def connect(self):
                self.limit(5)
                return create_engine(url, pool_size=self.size)
        class Other(Base):
            def connect(self):
                self.limit(6)
        """,
        [5],
    ),
    "a sibling's call of the constructor": (
        """
        class Base:
            def __init__(self, size):
                self._size = size
            def size(self):
                return self._size
        class Engine(Base):
            def __init__(self):
                super().__init__(5)
            def connect(self):
                return create_engine(url, pool_size=self.size())
        class Other(Base):
            def __init__(self):
                super().__init__(size=6)
        class Third(Base):
            pass
        Third(7)
        """,
        [5],
    ),
    "a class that joins both siblings": (
        """
        class Base:
            def limit(self, size):
                self.size = size
        class Engine(Base):
            def connect(self):
                return create_engine(url, pool_size=self.size)
        class Limited(Base):
            def start(self):
                self.limit(6)
        class Both(Limited, Engine):
            pass
        """,
        [6],
    ),
    "a sibling's call of what calls the overridden method": (
        """
        class Base:
            def start(self, size):
                return self.open(size)
            def open(self, size):
                raise NotImplementedError
        class Engine(Base):
            def run(self):
                return self.start(5)
            def open(self, size):
                return create_engine(url, pool_size=size)
        class Other(Base):
            def run(self):
                return self.start(6)
            def open(self, size):
                return size
        """,
        [5],
    ),
    "a class that an object makes by an attribute of its own": (
        """
        class Manager:
            def __init__(self, size):
                self.size = size
            def connect(self):
                return create_engine(url, pool_size=self.size)
        class Storage:
            manager = Manager
            def __init__(self, size=5):
                self.size = size
            def connect(self):
                return self.manager(self.size).connect()
        Storage(6).connect()
        """,
        [5, 6],
    ),
    "a constructor that passes other arguments on": (
        """
        class Base:
            def __init__(self, size, overflow):
                self.size = size
                self.overflow = overflow
        class Child(Base):
            def __init__(self, port, size):
                super().__init__(size, overflow=1)
        child = Child(33, 5)
        create_engine(url, pool_size=child.size)
        """,
        [5],
    ),
    "a property of the base class": (
        """
        class Base:
            @property
            def size(self):
                return self._size
        class Child(Base):
            _size = 5
        class Other(Base):
            _size = 6
        create_engine(url, pool_size=Child().size)
        """,
        [5],
    ),
    "a replaced method that reads through an inherited one": (
        """
        class Base:
            SIZE = 5
            def size(self):
                return self.SIZE
            def connect(self):
                return create_engine(url, pool_size=self.size())
        class Replaced(Base):
            SIZE = 6
            def connect(self):
                return None
        class Child(Base):
            SIZE = 7
        """,
        [5, 7],
    ),
}


@pytest.mark.parametrize("what", RECEIVERS)
def test_an_object_has_what_its_own_class_says(what: str) -> None:
    """What is passed on an object of another class does not reach the pool."""
    body, expected = RECEIVERS[what]
    found = look("from sqlalchemy import create_engine\n" + dedent(body))
    assert values(found) == expected
    assert found.unresolved == ()


def test_one_call_may_run_on_either_of_two_classes() -> None:
    text = """
    import os
    from sqlalchemy import create_engine

    class Small:
        n = 3

        def size(self):
            return self.n

    class Large(Small):
        n = 9

    chosen = Small() if os.environ.get("SMALL") else Large()
    create_engine("postgresql://h/d", pool_size=chosen.size())
    """
    assert values(look(text)) == [3, 9]
