"""A base class calls a method that its subclasses override: those calls are calls of theirs."""

from __future__ import annotations

from in_memory import look, values


def test_the_base_class_calls_what_a_subclass_overrides() -> None:
    """What the base class passes reaches the engine of the subclass that opens one."""
    found = look(
        """
        from sqlalchemy import create_engine
        class Base:
            def start(self):
                self.open(5)
            def open(self, size):
                raise NotImplementedError
        class Engine(Base):
            def open(self, size):
                self.engine = create_engine(url, pool_size=size)
        class Other(Base):
            def open(self, size):
                self.size = size
        """
    )
    assert values(found) == [5]
    assert found.unresolved == ()
