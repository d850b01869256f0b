"""The prefix of ``engine_from_config`` where callers pass it, or where it is put together."""

from __future__ import annotations

from in_memory import look, values

MAKE = """
from sqlalchemy import engine_from_config


def make(settings, prefix="sqlalchemy."):
    return engine_from_config(settings, prefix=prefix)
"""


def test_each_caller_gets_the_keys_of_the_prefix_that_it_passes() -> None:
    found = look(
        MAKE
        + """
make({"sqlalchemy.pool_size": 16, "read.pool_size": 1})
make({"read.pool_size": 17, "write.pool_size": 2}, prefix="read.")
make({"read.pool_size": 3, "write.pool_size": 18}, "write.")
"""
    )

    assert values(found) == [16, 17, 18]


def test_the_prefix_may_be_a_loops_variable_with_something_behind_it() -> None:
    found = look(
        """
        from sqlalchemy import engine_from_config

        SETTINGS = {"read.pool_size": 11, "write.max_overflow": 12, "other.pool_size": 3}
        engines = [engine_from_config(SETTINGS, name + ".") for name in ("read", "write")]
        """
    )

    assert (values(found), values(found, "max_overflow")) == ([11], [12])


def test_a_key_that_is_put_together_beforehand_leaves_the_other_keys_alone() -> None:
    found = look(
        """
        from sqlalchemy import engine_from_config


        def make(settings, prefix):
            chosen = prefix + "poolclass"
            settings[chosen] = load(settings[chosen])
            return engine_from_config(settings, prefix)


        make({"read.pool_size": 17}, "read.")
        """
    )

    assert values(found) == [17]


def test_a_prefix_that_nothing_passes_is_listed() -> None:
    found = look(
        """
        from sqlalchemy import engine_from_config


        def make(settings, prefix):
            return engine_from_config(settings, prefix)
        """
    )

    assert found.sites == ()
    [lost] = found.unresolved
    assert "the parameter prefix of make()" in lost.reason
