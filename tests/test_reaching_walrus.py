"""Which ``:=`` of a condition reaches a pool: the nearest that is carried out in any case."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

CASES = {
    "one name again and again": (
        """
        if (size := 9) is not None:
            note(size)
        if (size := 5) is not None:
            create_engine(url, pool_size=size)
        if (size := 8) is not None:
            note(size)
        """,
        [5],
    ),
    "the other branch sees it, too": (
        """
        size = 9
        if int(size := 5) > 8:
            note(size)
        elif ready() and (size := 4):
            create_engine(url, pool_size=size)
        else:
            create_engine(url, pool_size=size)
        """,
        [4, 4, 5],
    ),
    "it may not be carried out": (
        """
        size = 4
        if ready() or (size := 5):
            create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_of_several_the_last_one_counts(name: str) -> None:
    """The numbers that reach ``pool_size``, and only they."""
    code, expected = CASES[name]
    found = look("from sqlalchemy import create_engine\n" + dedent(code))
    assert values(found) == expected
