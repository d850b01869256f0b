"""Programs that are run: what reaches the library is what the trace finds, and nothing else."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values
from open_defects import cases
from run_files import arriving

HEAD = "from sqlalchemy import create_engine\nurl = 'postgresql://'\n"
SELF_CALLS = {
    "a subclass replaces what the base calls": """
        class Base:
            size = 11
            def connect(self):
                return self.open(self.size)
            def open(self, size):
                return create_engine(url, pool_size=size)
        class Child(Base):
            size = 12
        class Other(Base):
            size = 14
            def open(self, size):
                return None
        for each in (Base, Child, Other):
            each().connect()
        """,
    "only a subclass opens, and reads its own": """
        class Base:
            size = 11
            def connect(self):
                return self.open(self.size, self.more())
            def more(self):
                return 13
            def open(self, size, more):
                raise NotImplementedError
        class Child(Base):
            size = 12
            def open(self, size, more):
                return create_engine(url, pool_size=size)
        class Other(Base):
            size = 14
            def open(self, size, more):
                return None
        Child().connect()
        """,
    "a method's result is passed": """
        class Base:
            def size(self):
                return 11
            def connect(self):
                return self.open(self.size())
            def open(self, size):
                raise NotImplementedError
        class Child(Base):
            def size(self):
                return 12
            def open(self, size):
                return create_engine(url, pool_size=size)
        class Other(Base):
            def size(self):
                return 14
            def open(self, size):
                return None
        Child().connect()
        Other().connect()
        """,
    "a subclass replaces the method that calls": """
        class Base:
            def connect(self):
                return self.open(11)
            def open(self, size):
                raise NotImplementedError
        class Child(Base):
            def connect(self):
                return self.open(12)
            def open(self, size):
                return create_engine(url, pool_size=size)
        Child().connect()
        """,
    "a subclass replaces both methods": """
        class Base:
            def size(self):
                return 11
            def connect(self):
                return create_engine(url, pool_size=self.size())
        class Child(Base):
            def size(self):
                return 12
            def connect(self):
                return None
        Base().connect()
        Child().connect()
        """,
    "an object keeps what another class's object is given": """
        class Base:
            def __init__(self, size):
                self.size = size
            def connect(self):
                return self.open(self.size)
            def open(self, size):
                return create_engine(url, pool_size=size)
        class Child(Base):
            def open(self, size):
                return None
        Base(11).connect()
        Child(12).connect()
        """,
    "a local name and a mapping on the way": """
        class Base:
            size = 11
            def connect(self):
                size = self.size
                given = {"size": size}
                return self.open(**given)
            def open(self, size):
                return create_engine(url, pool_size=size)
        class Child(Base):
            size = 12
            def open(self, size):
                return None
        Base().connect()
        """,
    "no class of the base has the method": """
        class Base:
            def connect(self):
                return self.open(self.size())
        class Child(Base):
            def size(self):
                return 11
            def open(self, size):
                return create_engine(url, pool_size=size)
        class Other(Base):
            def size(self):
                return 12
            def open(self, size):
                return None
        Child().connect()
        Other().connect()
        """,
    "a mixin reads another base's method": """
        class Mixin:
            def connect(self):
                return create_engine(url, pool_size=self.size())
        class Base:
            def size(self):
                return 11
        class Child(Mixin, Base):
            pass
        Child().connect()
        """,
    "a mixin calls another base's method": """
        class Mixin:
            def connect(self):
                return self.open(11)
        class Base:
            def open(self, size):
                return create_engine(url, pool_size=size)
        class Child(Mixin, Base):
            pass
        class Apart:
            def open(self, size):
                return create_engine(url, pool_size=12)
        Child().connect()
        Apart().open(13)
        """,
}
CALLS = {
    "an object is called": """
        class Factory:
            def __init__(self, size, more):
                self.size = size
            def __call__(self, more, size=None):
                return create_engine(url, pool_size=size or self.size)
        make = Factory(11, 12)
        make(13, 14)
        Factory(15, 16)(17)
        make(18)
        """,
    "a class with its parameters is called": """
        from typing import Generic, TypeVar
        class Settings:
            size = 11
        T = TypeVar("T", bound=Settings)
        class Holder(Generic[T]):
            def __init__(self, settings: T):
                self.settings = settings
            def connect(self):
                return create_engine(url, pool_size=self.settings.size)
        class Larger(Settings):
            size = 12
        Holder[Larger](Larger()).connect()
        """,
    "a method with some arguments given": """
        from functools import partialmethod
        class Factory:
            def make(self, more, size):
                return create_engine(url, pool_size=size)
            small = partialmethod(make, size=11)
            large = partialmethod(make, 13, 12)
        Factory().small(14)
        Factory().large()
        """,
    "a number with a type of its own": """
        from typing import NewType
        Size = NewType("Size", int)
        create_engine(url, pool_size=Size(11))
        """,
}
ORDER = {
    "a branch of a loop that breaks": """
        size = 11
        create_engine(url, pool_size=size)
        for name in ("a", "b"):
            if name == "b":
                size = 12
                break
        create_engine(url, pool_size=size)
        """,
    "a branch of a loop that goes on": """
        def connect(names):
            size = 11
            for name in names:
                if name == "b":
                    size = 12
                    continue
            create_engine(url, pool_size=size)
        connect("b")
        connect("a")
        """,
    "else after try replaces": """
        def connect(fails):
            try:
                size = 11
                assert not fails
            except AssertionError:
                pass
            else:
                size = 12
            create_engine(url, pool_size=size)
        connect(True)
        connect(False)
        """,
    "else after try, with a handler that replaces too": """
        def connect(fails):
            try:
                size = 11
                assert not fails
            except AssertionError:
                size = 13
            else:
                size = 12
            create_engine(url, pool_size=size)
        connect(True)
        connect(False)
        """,
    "an error that is suppressed": """
        from contextlib import suppress
        def connect(fails):
            size = 11
            with suppress(AssertionError):
                assert not fails
                size = 12
            create_engine(url, pool_size=size)
        connect(True)
        connect(False)
        """,
    "a comprehension's variable hides a global": """
        size = 11
        options = {"pool_size": 12}
        engines = [create_engine(url, pool_size=size) for size in (13, 14)]
        pairs = (("a", {"pool_size": 15}), ("b", {"pool_size": 16}))
        more = {name: create_engine(url, **options) for name, options in pairs}
        sizes = [19 for size in (17, 18)]
        """,
    "an attribute replaced after a dataclass is made": """
        from dataclasses import dataclass
        @dataclass
        class Pool:
            size: int = 11
            def __post_init__(self):
                self.size = 12
        create_engine(url, pool_size=Pool(13).size)
        """,
    "a default of a base that every subclass gives": """
        class Base:
            def __init__(self, size=11):
                self.size = size
                create_engine(url, pool_size=self.size)
        class Child(Base):
            def __init__(self):
                super().__init__(size=12)
        class Other(Base):
            def __init__(self, size=13):
                Base.__init__(self, size)
        Child()
        Other()
        """,
    "a default of a base that one subclass leaves": """
        class Base:
            def __init__(self, size=11):
                self.size = size
                create_engine(url, pool_size=self.size)
        class Child(Base):
            def __init__(self):
                super().__init__(size=12)
        class Other(Base):
            pass
        Child()
        Other()
        """,
}


@pytest.mark.parametrize("what", cases("executed", {**SELF_CALLS, **CALLS, **ORDER}))
def test_what_arrives_is_what_is_found(what: str) -> None:
    """No value that arrives is left out, and none that does not is a site."""
    text = HEAD + dedent({**SELF_CALLS, **CALLS, **ORDER}[what])
    found = dict.fromkeys(values(look(text)))
    assert list(found) == arriving({"app.py": text})


def test_a_default_that_nobody_leaves_is_listed() -> None:
    """It stays to be seen, with what would make it count."""
    found = look(HEAD + dedent(ORDER["a default of a base that every subclass gives"]))
    (entry,) = found.unresolved
    assert entry.reason == (
        "each subclass passes its own size, and nothing in the repository makes an object of Base"
        " itself"
    )
