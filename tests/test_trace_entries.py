"""Attributes that an object sets by names which a list of entries declares."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

from poolenv.model import Holder

CONFIG = """
from typing import Any, NamedTuple
from sqlalchemy import create_engine
from toolkit import Option

class Entry(NamedTuple):
    name: str
    cast: type
    default: Any = None
    def full_name(self, section):
        return f"{section}_{self.name}" if section else self.name

class Section(NamedTuple):
    name: str
    entries: list[Entry]

class Config:
    ENTRIES = [
ENTRIES
    ]
    def __init__(self, given):
        self.given = given
        for section in self.ENTRIES:
            for entry in section.entries:
                setattr(self, entry.full_name(section.name), given.get(entry.name, entry.default))
    def __getattr__(self, name):
        return super().__getattribute__(name)

create_engine(url, pool_size=Config(load()).ATTRIBUTE)
"""

DECLARED = {
    "by keyword": (
        'Section("cache", [Entry("pool_size", int, default=6)]),'
        'Section("database", [Entry("pool_size", int, default=5)]),',
        "database_pool_size",
        [5],
    ),
    "by position": (
        'Section("database", [Entry("pool_size", int, 5)]),',
        "database_pool_size",
        [5],
    ),
    "by name": (
        'Section(name="database", entries=[Entry(name="pool_size", cast=int, default=5)]),',
        "database_pool_size",
        [5],
    ),
    "as a mapping": (
        '{"cache": [Entry("pool_size", int, 6)], "database": [Entry("pool_size", int, 5)]},',
        "database_pool_size",
        [5],
    ),
    "without a section": ('Entry("pool_size", int, 5),', "pool_size", [5]),
    "of a library": ('Option("pool_size", default=5),', "pool_size", [5]),
    "of another section": (
        'Section("cache", [Entry("pool_size", int, 6)]),',
        "database_pool_size",
        [],
    ),
    "without a default": (
        'Section("database", [Entry("pool_size", int)]),',
        "database_pool_size",
        [None],
    ),
}


@pytest.mark.parametrize("how", DECLARED)
def test_the_default_of_an_entry(how: str) -> None:
    """It is listed with the reason why it stays."""
    entries, attribute, expected = DECLARED[how]
    text = CONFIG.replace("ENTRIES\n    ]", f"        {entries}\n    ]")
    found = look(dedent(text).replace("ATTRIBUTE", attribute))
    assert values(found) == expected
    assert [(site.holder, bool(site.obstacle)) for site in found.sites] == [
        (Holder.FIXED, True) for _ in expected
    ]
    assert bool(found.unresolved) is not bool(expected)
