"""``engine_from_config``: the keys are read under the prefix that is passed, and no other."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

BODY = """
from sqlalchemy import engine_from_config
SETTINGS = {"db.pool_size": 5, "sqlalchemy.pool_size": 6}
"""
PREFIXES = {
    "": ("engine_from_config(SETTINGS)", [6]),
    "a literal": ('engine_from_config(SETTINGS, prefix="db.")', [5]),
    "a constant": ('PREFIX = "db."\nengine_from_config(SETTINGS, PREFIX)', [5]),
    "a parameter": (
        'def make(prefix="db."):\n    return engine_from_config(SETTINGS, prefix=prefix)\nmake()',
        [5],
    ),
    "either": (
        'PREFIX = "db."\nif url:\n    PREFIX = "sqlalchemy."\nengine_from_config(SETTINGS, PREFIX)',
        [5, 6],
    ),
}


@pytest.mark.parametrize("what", PREFIXES)
def test_prefix(what: str) -> None:
    """The value under that prefix."""
    body, expected = PREFIXES[what]
    assert values(look(BODY + body + "\n")) == expected


def test_unknown_prefix() -> None:
    """No key is taken; the call is listed."""
    body = """
        def make(prefix):
            return engine_from_config(SETTINGS, prefix)
        make(load())
    """
    found = look(BODY + dedent(body))
    assert not found.sites
    assert len(found.unresolved) == 1
