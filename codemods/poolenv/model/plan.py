"""What is to change, and why: edits, decisions and refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from poolenv.model.options import Policy
from poolenv.model.site import Pool, PoolKey, Role, Scalar, Site
from poolenv.model.source import Span


class Verdict(Enum):
    """What the plan does with a site."""

    REWRITE = "rewrite"
    CHANGE_DEFAULT = "change-default"
    ALREADY_ENV = "already-env"
    KEEP = "keep"
    UNRESOLVED = "unresolved"


LAYOUT = "each argument on a line of its own, as one line would be too long"
"""The reason of edits that only break lines."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One range of a file's decoded text, its old and new text, and why.

    ``start``/``end`` are character offsets into ``SourceFile.text`` (or the decoded text of
    another file); an insertion has ``start == end`` and an empty ``old``.
    """

    path: str
    start: int
    end: int
    old: str
    new: str
    reason: str
    line: int
    """1-based, of ``start``, for people."""
    imports: frozenset[str] = frozenset()
    """Modules the new text needs bound (``os``)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The plan's word on one site."""

    site: Site
    verdict: Verdict
    reason: str
    variable: str | None = None
    """The environment variable that sets the value after the change."""
    new_value: Scalar = None
    """The default after the change; equals ``site.value`` where nothing is lowered."""
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that sets pool arguments after the change."""

    name: str
    default: Scalar
    role: Role
    arguments: tuple[str, ...]
    paths: tuple[str, ...]
    is_new: bool
    """No module of the repository read it before."""


@dataclass(frozen=True, slots=True)
class Addition:
    """An argument that ``ensure`` added to a call, or why it did not."""

    pool: PoolKey
    argument: str
    value: Scalar
    edit: Edit | None
    reason: str
    variable: str | None = None
    """The variable that it reads; None for a flag, and where nothing is added."""
    call: Span | None = None
    """The library's call that gets it: a call of a wrapper may open several pools."""


@dataclass(frozen=True, slots=True)
class Override:
    """A deployment file that sets a variable, so the new default has no effect there."""

    path: str
    line: int
    variable: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class Remark:
    """A place that a person should look at: a stale comment, two names for one role …"""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class PoolChange:
    """Most connections of one pool before and after."""

    pool: Pool
    before: int | None
    after: int | None
    arguments_after: Mapping[str, tuple[Scalar, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """All edits, decisions and refusals. Edits of one file never overlap (checked when made)."""

    decisions: tuple[Decision, ...]
    edits: tuple[Edit, ...]
    variables: tuple[Variable, ...]
    additions: tuple[Addition, ...] = ()
    overrides: tuple[Override, ...] = ()
    remarks: tuple[Remark, ...] = ()
    pools: tuple[PoolChange, ...] = ()
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        last: Edit | None = None
        for edit in sorted(self.edits, key=lambda e: (e.path, e.start, e.end)):
            if last is not None and last.path == edit.path and edit.start < last.end:
                raise ValueError(f"overlapping edits at {edit.path}:{edit.line}: {edit.reason}")
            last = edit
