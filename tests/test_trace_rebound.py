"""Names that are bound anew: by ``global`` in a function, by a ``partial`` of a ``partial``."""

from __future__ import annotations

from in_memory import look, values


def test_a_function_called_before_assigns_a_global() -> None:
    """A statement of the module sees what a function that was called before it has assigned."""
    found = look(
        """
        from sqlalchemy import create_engine
        SIZE = 5
        def setup():
            global SIZE
            SIZE = 20
        setup()
        engine = create_engine(url, pool_size=SIZE)
        """
    )
    assert values(found) == [5, 20]


def test_a_function_not_yet_called_assigns_nothing() -> None:
    """What a function assigns to a global later does not reach a statement before."""
    found = look(
        """
        from sqlalchemy import create_engine
        SIZE = 5
        def setup():
            global SIZE
            SIZE = 20
        engine = create_engine(url, pool_size=SIZE)
        setup()
        """
    )
    assert values(found) == [5]


def test_a_function_assigns_a_global_and_uses_it() -> None:
    """What the function itself has surely assigned is what it reads."""
    found = look(
        """
        from sqlalchemy import create_engine
        SIZE = 5
        def connect():
            global SIZE
            SIZE = 20
            return create_engine(url, pool_size=SIZE)
        """
    )
    assert values(found) == [20]


def test_a_partial_of_a_partial() -> None:
    """Each layer's keywords count, those of the outermost call first."""
    found = look(
        """
        from functools import partial
        from sqlalchemy import create_engine
        make = partial(create_engine, url, max_overflow=2)
        small = partial(make, pool_size=3)
        engine = small(max_overflow=4)
        """
    )
    assert values(found) == [3]
    assert values(found, "max_overflow") == [2, 4]
    assert found.unresolved == ()
    assert len(found.pools) == 1
