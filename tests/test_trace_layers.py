"""Mappings and modules laid over one another, and loops over several sequences at once."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, places, traced, values

IMPORT = "from sqlalchemy import create_engine\n"


def test_the_last_star_import_counts() -> None:
    """What a later module brings replaces what an earlier one brought."""
    found = traced(
        {
            "conf/__init__.py": "from .base import *\nfrom .local import *\n",
            "conf/base.py": "SIZE = 9\nOVERFLOW = 3\n",
            "conf/local.py": "SIZE = 5\n",
            "db.py": IMPORT + "import conf\n"
            "create_engine(url, pool_size=conf.SIZE, max_overflow=conf.OVERFLOW)\n",
        }
    )
    assert set(places(found.sites)) == {("conf/base.py", 2, 3), ("conf/local.py", 1, 5)}


@pytest.mark.parametrize(
    ("star", "expected"),
    [
        ("from local import *\n", [5]),
        ("try:\n    from local import *\nexcept ImportError:\n    pass\n", [5, 9]),
    ],
)
def test_a_star_import_after_the_modules_own_value(star: str, expected: list[int]) -> None:
    """Where the import may fail, both values count."""
    found = traced(
        {
            "local.py": "SIZE = 5\n",
            "settings.py": f"SIZE = 9\n{star}",
            "db.py": IMPORT + "import settings\ncreate_engine(url, pool_size=settings.SIZE)\n",
        }
    )
    assert values(found) == expected


LAYERS = {
    "merged in a loop": (
        """
        def merge(*layers):
            merged = {}
            for layer in layers:
                merged.update(layer)
            return merged
        create_engine(url, **merge({"pool_size": 9}, {"pool_size": 5, "max_overflow": 3}))
        """,
        [5],
    ),
    "defaults that some callers leave": (
        """
        DEFAULTS = {"pool_size": 5}
        class Database:
            def __init__(self, **options):
                merged = dict(DEFAULTS)
                merged.update(options)
                self.engine = create_engine(url, **merged)
        Database()
        Database(pool_size=7)
        """,
        [5, 7],
    ),
    "a display with what callers give": (
        """
        DEFAULTS = {"pool_size": 5}
        def connect(**options):
            return create_engine(url, **{**DEFAULTS, **options})
        connect()
        connect(pool_size=7)
        """,
        [5, 7],
    ),
    "an attribute of an attribute is set": (
        """
        from types import SimpleNamespace
        settings = SimpleNamespace(pool=SimpleNamespace(size=9))
        settings.pool.size = 5
        create_engine(url, pool_size=settings.pool.size)
        """,
        [5],
    ),
    "an update that names the key": (
        """
        def maker(size):
            def made():
                return size
            return made
        OPTIONS = {"size": 9001}
        OPTIONS.update(size=maker(5)())
        create_engine(url, pool_size=OPTIONS["size"])
        """,
        [5],
    ),
    "zip": (
        """
        for name, size in zip(["a", "b"], [4, 5]):
            create_engine(name, pool_size=size)
        """,
        [4, 5],
    ),
    "enumerate": (
        """
        SIZES = (4, 5)
        for number, size in enumerate(SIZES):
            create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
}


@pytest.mark.parametrize("situation", LAYERS)
def test_layers_and_loops(situation: str) -> None:
    """The values that reach the engine, and nothing left open."""
    text, expected = LAYERS[situation]
    found = look(IMPORT + dedent(text))
    assert values(found) == expected
    assert found.unresolved == ()
