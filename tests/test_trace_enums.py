"""What the members of an enum are made of."""

from __future__ import annotations

from in_memory import look, values


def test_a_member_that_the_constructor_takes_apart() -> None:
    """Only what the member that is read was given reaches the pool."""
    found = look(
        """
        from enum import Enum
        from sqlalchemy import create_engine
        class Profile(Enum):
            SMALL = (2, 9)
            LARGE = (5, 8)
            def __init__(self, size, overflow):
                self.size = size
                self.overflow = overflow
        create_engine(url, pool_size=Profile.LARGE.size)
        """
    )
    assert values(found) == [5]
    assert found.unresolved == ()
