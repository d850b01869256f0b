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
    "a field of a class whose constructor is a library's": (
        """
        from toolkit import AdapterSettings
        class Settings(AdapterSettings):
            size: int = 10
        def _connect(settings: Settings):
            return create_engine(url, pool_size=settings.size)
        _connect(Settings(size=5))
        """,
        [5],
    ),
    "a class of pydantic that is made out of data": (
        """
        from pydantic import BaseModel
        class Database(BaseModel):
            size: int = 5
        class Config(BaseModel):
            database: Database = Database()
        def load(path):
            return Config.model_validate(read(path))
        CONFIG = load("config.toml")
        create_engine(url, pool_size=CONFIG.database.size)
        """,
        [5],
    ),
    "a generic class that is called with its types": (
        """
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Sink(Generic[T]):
            def __init__(self, size: int = 1):
                self.engine = create_engine(url, pool_size=size)
        def build(size: int = 7):
            return Sink[dict[str, int]](size=size)
        Sink[int](9)
        """,
        [1, 7, 9],
    ),
}


@pytest.mark.parametrize("how", cases("classes", CLASSES))
def test_an_attribute_of_a_class(how: str) -> None:
    """Exactly these numbers reach the pool, and nothing is listed as unresolved."""
    body, expected = CLASSES[how]
    found = look("from sqlalchemy import create_engine\n" + dedent(body))
    assert values(found) == expected
    assert found.unresolved == ()


def test_a_class_that_a_package_imports_lazily() -> None:
    """``__getattr__`` of the module imports what it is asked for by name."""
    found = look(
        "from lazy import Database\nDatabase(size=5)\n",
        lazy="""
            def __getattr__(name):
                if name in {"Database", "Other"}:
                    from inner import Database, Other
                    return {"Database": Database, "Other": Other}[name]
                raise AttributeError(name)
        """,
        inner="""
            from sqlalchemy import create_engine
            class Database:
                def __init__(self, size):
                    self.engine = create_engine(url, pool_size=size)
            class Other:
                pass
        """,
    )
    assert values(found) == [5]
