"""Values that stand apart from their names: ``namedtuple``, ``zip``, ``fromkeys``, ``vars``."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

IMPORT = "from collections import namedtuple\nfrom sqlalchemy import create_engine\n"

APART = {
    "a field's default": (
        """
        Limits = namedtuple("Limits", "size overflow", defaults=(5, 6))
        limits = Limits()
        create_engine(url, pool_size=limits.size)
        """,
        [5],
    ),
    "defaults of the last fields": (
        """
        Limits = namedtuple("Limits", ["name", "size", "overflow"], defaults=[5, 6])
        create_engine(url, pool_size=Limits("x").size)
        """,
        [5],
    ),
    "a field by position": (
        """
        Limits = namedtuple("Limits", "overflow, size", defaults=(6, 7))
        create_engine(url, pool_size=Limits(8, 5).size)
        """,
        [5],
    ),
    "a field by name": (
        """
        Limits = namedtuple("Limits", "size overflow", defaults=(6, 7))
        create_engine(url, pool_size=Limits(overflow=8, size=5).size)
        """,
        [5],
    ),
    "as a mapping": (
        """
        Limits = namedtuple("Limits", "pool_size max_overflow")
        create_engine(url, **Limits(5, 6)._asdict())
        """,
        [5],
    ),
    "unpacked": (
        """
        Limits = namedtuple("Limits", "size overflow")
        size, overflow = Limits(5, 6)
        create_engine(url, pool_size=size)
        """,
        [5],
    ),
    "names and values": (
        """
        create_engine(url, **dict(zip(("max_overflow", "pool_size"), (6, 5))))
        """,
        [5],
    ),
    "one value for all names": (
        """
        create_engine(url, **dict.fromkeys(["max_overflow", "pool_size"], 5))
        """,
        [5],
    ),
    "what an object is given as a whole": (
        """
        class Settings:
            def __init__(self, **given):
                self.size = 5
                vars(self).update(given)
        create_engine(url, pool_size=Settings(size=6, other=7).size)
        """,
        [5, 6],
    ),
}


@pytest.mark.parametrize("how", APART)
def test_a_value_apart_from_its_name(how: str) -> None:
    """The place of the name says which value it is."""
    text, expected = APART[how]
    assert values(look(IMPORT + dedent(text))) == expected
