"""Factories of another package by SQLAlchemy's names: listed where their arguments are its own."""

from __future__ import annotations

import pytest
from in_memory import look, values

from poolenv.model import Holder

LISTED = {
    "keywords that only SQLAlchemy has": """
        import sqlalchemy as sa
        from acme.storage import create_engine
        engine = create_engine(url, pool_size=5, max_overflow=0)
    """,
    "a mapping with such keys": """
        from acme.storage import create_engine
        from sqlalchemy import event
        def optimise(recycle):
            options = {"isolation_level": "AUTOCOMMIT", "pool_size": 5, "pool_recycle": recycle}
            return create_engine(url, **options)
    """,
}

UNRESOLVED = {
    "a word that others have, too": """
        import sqlalchemy
        from acme.storage import create_engine
        engine = create_engine(url, **{"pool_size": 5})
    """,
    "a module without SQLAlchemy": """
        from acme.storage import create_engine
        engine = create_engine(url, pool_size=5, max_overflow=0)
    """,
}


@pytest.mark.parametrize("situation", LISTED)
def test_arguments_that_speak_for_sqlalchemy(situation: str) -> None:
    """The values are listed with the doubt, and nothing of them is rewritten."""
    found = look(LISTED[situation])
    assert values(found) == [5]
    assert {site.holder for site in found.sites} == {Holder.FIXED}
    assert all("outside this repository" in (site.obstacle or "") for site in found.sites)
    assert found.pools == ()


@pytest.mark.parametrize("situation", UNRESOLVED)
def test_arguments_that_say_nothing(situation: str) -> None:
    """No site, and a question to the person."""
    found = look(UNRESOLVED[situation])
    assert found.sites == ()
    assert all("look whether it opens a pool" in entry.reason for entry in found.unresolved)
    assert found.unresolved


def test_an_argument_without_a_value_is_not_lost() -> None:
    """Beside the values that are listed, what nobody calls with a value is unresolved."""
    found = look(LISTED["a mapping with such keys"])
    assert [entry.argument for entry in found.unresolved] == ["pool_recycle"]


def test_a_module_that_a_test_may_be_skipped_for() -> None:
    """``pytest.importorskip`` gives the module."""
    found = look(
        """
        import pytest
        sa = pytest.importorskip("sqlalchemy")
        engine = sa.create_engine(url, pool_size=5)
        """
    )
    assert values(found) == [5]
    assert [pool.sink for pool in found.pools] == ["sqlalchemy.create_engine"]


def test_a_pool_that_keeps_nothing_is_no_question() -> None:
    """``poolclass=NullPool`` has nothing to set, whoever reads its mapping or makes it."""
    found = look("""
        from acme.storage import create_engine
        from alembic import context
        from sqlalchemy import engine_from_config
        from sqlalchemy.pool import NullPool
        section = context.config.get_section("main", {})
        engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=NullPool)
        other = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    """)
    assert found.unresolved == ()


def test_what_a_pool_that_keeps_nothing_is_given_itself() -> None:
    """An argument that stands in the call is a question as in any other call."""
    found = look("""
        from sqlalchemy import create_engine, pool
        def make(url, seconds):
            return create_engine(url, pool_recycle=seconds, poolclass=pool.NullPool)
    """)
    assert [entry.argument for entry in found.unresolved] == ["pool_recycle"]
