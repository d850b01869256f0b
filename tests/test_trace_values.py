"""Values in containers, records and settings: what reaches the pool, and nothing left open."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values
from open_defects import cases

IMPORT = "from sqlalchemy import create_engine\n"

VALUES = {
    "a class attribute named as the constant it takes": (
        """
        SIZES = {"app": {"pool_size": 5}, "jobs": {"pool_size": 9}}
        class Config:
            SIZES = SIZES
        def connect(name):
            create_engine(url, **Config().SIZES[name].copy())
        """,
        [5, 9],
    ),
    "ChainMap": (
        """
        from collections import ChainMap
        first, second = {"pool_size": 5}, {"pool_size": 9, "max_overflow": 1}
        create_engine(url, **ChainMap(first, second))
        """,
        [5],
    ),
    "dict()": ("create_engine(url, **dict(pool_size=5))", [5]),
    "keys that are constants": (
        """
        KEY = "pool_size"
        create_engine(url, **{KEY: 5})
        """,
        [5],
    ),
    "keys set in a loop": (
        """
        options = {}
        for key in ("pool_size", "max_overflow"):
            options[key] = 5
        create_engine(url, **options)
        """,
        [5],
    ),
    "a copied mapping": (
        """
        options = {"pool_size": 5}
        copied = options.copy()
        copied["pool_size"] = 9
        create_engine(url, **options)
        """,
        [5],
    ),
    "a mapping that changes afterwards": (
        """
        options = {"pool_size": 5}
        create_engine(url, **options)
        options.update(pool_size=9)
        """,
        [5],
    ),
    "a comprehension over a mapping": (
        """
        base = {"pool_size": 5, "max_overflow": 1}
        options = {key: value for key, value in base.items()}
        create_engine(url, **options)
        """,
        [5],
    ),
    "a comprehension that leaves a key out": (
        """
        base = {"pool_size": 9, "max_overflow": 1}
        options = {key: value for key, value in base.items() if key != "pool_size"}
        create_engine(url, **options)
        """,
        [],
    ),
    "asdict": (
        """
        from dataclasses import asdict, dataclass
        @dataclass
        class Pool:
            pool_size: int = 5
        create_engine(url, **asdict(Pool()))
        """,
        [5],
    ),
    "vars": (
        """
        class Pool:
            def __init__(self):
                self.pool_size = 5
        create_engine(url, **vars(Pool()))
        """,
        [5],
    ),
    "model_dump": (
        """
        from pydantic import BaseModel
        class Pool(BaseModel):
            pool_size: int = 5
        create_engine(url, **Pool().model_dump())
        """,
        [5],
    ),
    "attrs": (
        """
        from attrs import define, field
        @define
        class Pool:
            size: int = field(default=5)
        create_engine(url, pool_size=Pool().size)
        """,
        [5],
    ),
    "default_factory": (
        """
        from dataclasses import dataclass, field
        @dataclass
        class Settings:
            options: dict = field(default_factory=lambda: {"pool_size": 5})
        create_engine(url, **Settings().options)
        """,
        [5],
    ),
    "nested records": (
        """
        from dataclasses import dataclass, field
        @dataclass
        class Pool:
            size: int = 5
        @dataclass
        class Settings:
            pool: Pool = field(default_factory=Pool)
        create_engine(url, pool_size=Settings().pool.size)
        """,
        [5],
    ),
    "a nested class": (
        """
        class Settings:
            class Database:
                size = 5
        create_engine(url, pool_size=Settings.Database.size)
        """,
        [5],
    ),
    "cached_property": (
        """
        from functools import cached_property
        class Settings:
            @cached_property
            def size(self):
                return 5
        create_engine(url, pool_size=Settings().size)
        """,
        [5],
    ),
    "a context": (
        """
        from contextlib import contextmanager
        @contextmanager
        def sized():
            yield 5
        with sized() as size:
            create_engine(url, pool_size=size)
        """,
        [5],
    ),
    "an Enum made of a constant": (
        """
        from enum import Enum
        SIZE = 5
        class Limit(Enum):
            POOL = SIZE
        create_engine(url, pool_size=Limit.POOL.value)
        """,
        [5],
    ),
    "an Enum whose members are mappings": (
        """
        from enum import Enum
        class Profile(Enum):
            LARGE = {"pool_size": 5}
        profile = Profile.LARGE
        create_engine(url, **profile.value)
        """,
        [5],
    ),
    "what a generator yields": (
        """
        def options():
            yield {"pool_size": 5}
            yield {"pool_size": 6}
        for each in options():
            create_engine(url, **each)
        """,
        [5, 6],
    ),
    "a member of an Enum by its name": (
        """
        from enum import Enum
        class Profile(Enum):
            LARGE = {"pool_size": 5}
        create_engine(url, **Profile["LARGE"].value)
        """,
        [5],
    ),
    "the order of bases": (
        """
        class One:
            size = 9
        class Other:
            size = 5
        class Settings(Other, One): ...
        create_engine(url, pool_size=Settings.size)
        """,
        [5],
    ),
    "an attribute that the constructor always sets": (
        """
        class Database:
            size = 9
            def __init__(self):
                self.size = 5
            def connect(self):
                return create_engine(url, pool_size=self.size)
        """,
        [5],
    ),
    "an attribute set from outside": (
        """
        class Settings:
            size = 9
        Settings.size = 5
        create_engine(url, pool_size=Settings.size)
        """,
        [5],
    ),
    "app.config": (
        """
        app.config["POOL"] = 5
        create_engine(url, pool_size=app.config["POOL"])
        """,
        [5],
    ),
    "a default instead of None": (
        """
        class Database:
            def __init__(self, size=None):
                self.size = size or 5
            def connect(self):
                return create_engine(url, pool_size=self.size)
        """,
        [5],
    ),
    "every configuration that an unknown key may name": (
        """
        import os
        sizes = {"production": {"pool_size": 6}, "test": {"pool_size": 5}}
        create_engine(url, **sizes[os.getenv("STAGE", "test")])
        """,
        [5, 6],
    ),
    "a class of configuration by a known name": (
        """
        class Production:
            size = 5
        class Test:
            size = 9
        configurations = {"production": Production, "test": Test}
        create_engine(url, pool_size=configurations["production"].size)
        """,
        [5],
    ),
    "getattr with a name and a default": (
        """
        import settings
        create_engine(url, pool_size=getattr(settings, "SIZE", 6))
        """,
        [5, 6],
    ),
    "nested unpacking": (
        """
        low, (high, other) = 1, (5, 9)
        create_engine(url, pool_size=high)
        """,
        [5],
    ),
    "a product": (
        """
        PART = 5
        create_engine(url, pool_size=2 * PART)
        """,
        [10],
    ),
}


@pytest.mark.parametrize("where", cases("values", VALUES))
def test_values(where: str) -> None:
    """Exactly these numbers reach the pool, and nothing is listed as unresolved."""
    body, expected = VALUES[where]
    found = look(IMPORT + dedent(body), settings="SIZE = 5\n")
    assert values(found) == expected
    assert found.unresolved == ()


HIDDEN = {
    "update(size=)": "sizes.update(size=acme.size())",
    "update({})": 'sizes.update({"size": acme.size()})',
    "|=": 'sizes |= {"size": acme.size()}',
    "item": 'sizes["size"] = acme.size()',
    "overlaid": 'sizes = {**sizes, "size": acme.size()}',
    "dict()": "sizes = dict(sizes, size=acme.size())",
}


@pytest.mark.parametrize("how", cases("hidden entries", HIDDEN))
def test_an_entry_that_is_replaced_by_something_unknown(how: str) -> None:
    """The number that was there first never reaches the pool."""
    found = look(
        f'{IMPORT}import acme\nsizes = {{"size": 9}}\n{HIDDEN[how]}\n'
        'create_engine(url, pool_size=sizes["size"])\n'
    )
    assert found.sites == ()
    (entry,) = found.unresolved
    assert "acme.size()" in entry.reason


def test_an_entry_before_an_update_by_something_unknown() -> None:
    """The number counts where the update does not hold it, and the update is listed."""
    found = look(
        f"{IMPORT}def connect(more):\n    options = {{'pool_size': 5}}\n"
        "    options.update(more.pop('engine', {}))\n    create_engine(url, **options)\n"
    )
    assert values(found) == [5]
    (entry,) = found.unresolved
    assert entry.argument == "**"
