"""A base class calls a method that its subclasses override: those calls are calls of theirs."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values
from open_defects import cases


def test_the_base_class_calls_what_a_subclass_overrides() -> None:
    """What the base class passes reaches the engine of the subclass that opens one."""
    found = look(
        """
        from sqlalchemy import create_engine
        class Base:
            def start(self):
                self.open(5)
            def open(self, size):
                raise NotImplementedError
        class Engine(Base):
            def open(self, size):
                self.engine = create_engine(url, pool_size=size)
        class Other(Base):
            def open(self, size):
                self.size = size
        """
    )
    assert values(found) == [5]
    assert found.unresolved == ()


OVERRIDDEN = {
    "a method that gives the options": (
        """
        class Base:
            def options(self):
                return {"pool_size": 5}
            def connect(self):
                return create_engine(url, **self.options())
        class Child(Base):
            def options(self):
                options = super().options()
                options["pool_size"] = 6
                return options
        """,
        [5, 6],
    ),
    "a method of a base between": (
        """
        class Base:
            def options(self):
                return {"pool_size": 5}
        class Between(Base):
            def connect(self):
                return create_engine(url, **self.options())
        class Child(Between):
            def options(self):
                return {"pool_size": 6}
        """,
        [5, 6],
    ),
    "a static method": (
        """
        class Base:
            @staticmethod
            def size():
                return 5
            def connect(self):
                return create_engine(url, pool_size=self.size())
        class Child(Base):
            @staticmethod
            def size():
                return 6
        """,
        [5, 6],
    ),
    "a class method": (
        """
        class Base:
            @classmethod
            def size(cls):
                return 5
            @classmethod
            def connect(cls):
                return create_engine(url, pool_size=cls.size())
        class Child(Base):
            @classmethod
            def size(cls):
                return 6
        """,
        [5, 6],
    ),
    "an attribute that a class method reads": (
        """
        class Base:
            SIZE = 5
            @classmethod
            def connect(cls):
                return create_engine(url, pool_size=cls.SIZE)
        class Child(Base):
            SIZE = 6
        """,
        [5, 6],
    ),
    "an attribute that a class method reads for another": (
        """
        class Base:
            SIZE = 5
            @classmethod
            def size(cls):
                return cls.SIZE
            @classmethod
            def connect(cls):
                return create_engine(url, pool_size=cls.size())
        class Child(Base):
            SIZE = 6
        """,
        [5, 6],
    ),
    "an attribute of a class that replaces the method": (
        """
        class Base:
            SIZE = 5
            def connect(self):
                return create_engine(url, pool_size=self.SIZE)
        class Child(Base):
            SIZE = 6
            def connect(self):
                return None
        class Larger(Base):
            SIZE = 7
            def connect(self):
                return super().connect()
        """,
        [5, 7],
    ),
    "an attribute of a class that replaces the class method": (
        """
        class Base:
            SIZE = 5
            @classmethod
            def connect(cls):
                return create_engine(url, pool_size=cls.SIZE)
        class Replaced(Base):
            SIZE = 6
            @classmethod
            def connect(cls):
                return None
        class Extended(Base):
            SIZE = 7
            @classmethod
            def connect(cls):
                return super().connect()
        """,
        [5, 7],
    ),
    "the method of a class that is named": (
        """
        class Base:
            SIZE = 5
            @classmethod
            def size(cls):
                return cls.SIZE
            def more(self):
                return 6
        class Child(Base):
            SIZE = 8
            def more(self):
                return 9
        create_engine(url, pool_size=Base.size())
        create_engine(url, pool_size=Base().more())
        """,
        [5, 6],
    ),
}


@pytest.mark.parametrize("what", cases("overridden", OVERRIDDEN))
def test_what_a_subclass_overrides(what: str) -> None:
    """What the base class reads of its own may be what a subclass says, unless it names itself."""
    body, expected = OVERRIDDEN[what]
    found = look("from sqlalchemy import create_engine\n" + dedent(body))
    assert values(found) == expected
    assert found.unresolved == ()
