"""What one import of one module showed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from poolenv.model import Scalar
from poolenv.plumbing import first_line


@dataclass(frozen=True, slots=True)
class ObservedPool:
    """One pool that the import opened."""

    sink: str
    where: str
    """``path::function`` of the code that opened it; ``<module>`` at the top level."""
    arguments: Mapping[str, Scalar]

    @property
    def place(self) -> tuple[str, str]:
        """What tells this pool from another in the same run."""
        return self.sink, self.where


@dataclass(frozen=True, slots=True)
class Observation:
    """The pools of one import, in the order they were opened."""

    pools: tuple[ObservedPool, ...] = ()
    error: str | None = None
    """Why the module did not import: one line, secrets masked, folders of the copy removed."""


def read_observation(data: object, top: Path) -> Observation:
    """The probe's report as a value; ``top`` is the copy's folder. ValueError where it is none."""
    match data:
        case {"error": str(error)}:
            return Observation(error=first_line(error.replace(f"{top}/", "")))
        case {"error": None, "pools": [*pools]}:
            return Observation(tuple(_pool(pool) for pool in pools))
    raise ValueError("not a report")


def _pool(data: object) -> ObservedPool:
    match data:
        case {"sink": str(sink), "where": str(where), "arguments": dict(arguments)}:
            return ObservedPool(sink, where, arguments)
    raise ValueError("not a pool")
