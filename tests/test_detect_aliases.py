"""Factories that get another name before they are called, in this file or in another one."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look

RENAMED = {
    "alias renamed on import": (
        "from engine import factory as f\nf(url, pool_size=5)\n",
        "from sqlalchemy import create_engine\nfactory = create_engine\n",
    ),
    "re-export under another name": (
        "from engine import make\nmake(url, pool_size=5)\n",
        "from sqlalchemy import create_engine as make\n",
    ),
    "alias of two letters": (
        "from engine import mk\nmk(url, pool_size=5)\n",
        "from sqlalchemy import create_engine\nmk = create_engine\n",
    ),
}


@pytest.mark.parametrize("how", RENAMED)
def test_a_factory_under_another_name_of_another_file(how: str) -> None:
    """The library's function, renamed on the way to another file."""
    app, engine = RENAMED[how]
    found = look(app, engine=engine)
    assert [(site.path, site.value) for site in found.sites] == [("app.py", 5)]


NAMED_AGAIN = {
    "annotated": "make: Factory = create_engine",
    "two names at once": "other = make = create_engine",
    "in a tuple": "make, size = create_engine, 3",
    "in a condition": "if make := create_engine: pass",
}


@pytest.mark.parametrize("how", NAMED_AGAIN)
def test_a_factory_under_another_name_of_the_same_file(how: str) -> None:
    """However the statement is written that names it."""
    found = look(
        f"from sqlalchemy import create_engine\n{NAMED_AGAIN[how]}\nmake(url, pool_size=5)\n"
    )
    assert [site.value for site in found.sites] == [5]
    assert found.unresolved == ()


@pytest.mark.parametrize(
    "statement",
    [
        "make: object = connect",
        "other = make = connect",
        "make, retries = connect, 3",
    ],
)
def test_a_wrapper_under_another_name(statement: str) -> None:
    """Statements that give a library's factory another name give one to a wrapper, too."""
    found = look(
        "from sqlalchemy import create_engine\n"
        + dedent(
            """
            def connect(size):
                return create_engine("", pool_size=size)
            """
        )
        + f"{statement}\nmake(5)\n"
    )
    assert [site.value for site in found.sites] == [5]
