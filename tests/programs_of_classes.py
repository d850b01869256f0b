"""Small programs whose classes call, replace and join methods, for ``test_trace_executed``."""

from __future__ import annotations

from typing import Final

SELF_CALLS: Final = {
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
    "a function that another one gives back": """
        def factory(size):
            def make(more, overflow):
                return create_engine(url, pool_size=size, max_overflow=overflow)
            return make
        small, large = factory(11), factory(12)
        small(14, overflow=15)
        large(16, 17)
        factory(13)(18, 19)
        """,
    "two bases that share one above": """
        class Base:
            size = 11
            def more(self):
                return 12
        class Left(Base):
            pass
        class Right(Base):
            size = 13
            def more(self):
                return 14
        class Both(Left, Right):
            def connect(self):
                create_engine(url, pool_size=self.size, max_overflow=self.more())
        Both().connect()
        """,
    "what the object's class says": """
        class Base:
            size = 11
            def connect(self):
                create_engine(url, pool_size=type(self).size, max_overflow=self.__class__.size)
        class Child(Base):
            size = 12
        Base().connect()
        Child().connect()
        """,
    "fields of a record by their position": """
        from dataclasses import dataclass, field
        from typing import ClassVar
        @dataclass
        class Base:
            kind: ClassVar[str] = "x"
            url: str
            hidden: int = field(init=False, default=11)
            size: int = 12
        @dataclass
        class Child(Base):
            overflow: int = 13
            size: int = 14
        child = Child(url, 15, 16)
        create_engine(child.url, pool_size=child.size, max_overflow=child.overflow)
        create_engine(child.url, max_overflow=child.hidden)
        """,
    "a class that derives from one with parameters": """
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Repository(Generic[T]):
            size = 11
            def connect(self):
                return create_engine(url, pool_size=self.size)
        class Users(Repository[str]):
            size = 12
        Repository().connect()
        Users().connect()
        """,
}
CALLS: Final = {
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
PROTOCOLS: Final = {
    "what is passed implements a protocol": """
        from typing import Protocol
        class HasSize(Protocol):
            def size(self) -> int: ...
        class Small:
            def size(self) -> int:
                return 11
        class Large:
            def size(self) -> int:
                return 12
        class Unused:
            def size(self) -> int:
                return 13
        class Database:
            def __init__(self, settings: HasSize):
                self.settings = settings
            def connect(self):
                return create_engine(url, pool_size=self.settings.size())
        def connect(settings: HasSize):
            return create_engine(url, max_overflow=settings.size())
        Database(Small()).connect()
        connect(Large())
        """,
}
