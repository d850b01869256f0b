"""An argument that a policy wants in a call which does not pass it."""

from __future__ import annotations

from dataclasses import dataclass

from poolenv.catalogue.entry import Argument
from poolenv.model import Origin, Pool, Scalar, Site


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument that the policy wants in a call, with its value, or why it can't be there."""

    pool: Pool
    argument: Argument
    value: Scalar
    hindrance: str | None

    @property
    def reads(self) -> bool:
        """It gets a variable; a flag is written as it is."""
        return self.hindrance is None and not isinstance(self.value, bool)

    @property
    def site(self) -> Site:
        """The argument as the site that it will be, for its name."""
        key = self.pool.key
        return Site(
            path=key.path,
            line=key.line,
            column=key.column,
            sink=self.pool.sink,
            argument=self.argument.name,
            role=self.argument.role,
            value=None,
            source_text="",
            origin=Origin.LIBRARY_DEFAULT,
            source=None,
            env=None,
            chain=(),
            in_test=False,
            pool=key,
        )
