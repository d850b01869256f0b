"""What tracing found: pools, and each argument of theirs with the place of its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from poolenv.model.source import Skipped, Span, Step

Scalar = int | float | bool | str | None
"""What a pool argument's literal can be, as a JSON value."""


class Role(Enum):
    """What an argument limits, in the words policies use for every library alike."""

    SIZE = "size"
    OVERFLOW = "overflow"
    MAX = "max"
    MIN = "min"
    ACQUIRE_TIMEOUT = "acquire_timeout"
    RECYCLE = "recycle"
    IDLE_TIMEOUT = "idle_timeout"
    HEALTH_CHECK = "health_check"
    OTHER = "other"


class Origin(Enum):
    """Where the value of a site is written."""

    LITERAL = "literal"
    CONSTANT = "constant"
    SETTINGS = "settings"
    ENV_DEFAULT = "env-default"
    FUNCTION_DEFAULT = "function-default"
    DICT = "dict"
    CONDITIONAL = "conditional"
    LIBRARY_DEFAULT = "library-default"
    UNRESOLVED = "unresolved"


class Holder(Enum):
    """In what a literal stands, which decides how an edit of it has to look."""

    EXPRESSION = "expression"
    """Evaluated code: ``pool_size=5`` can become ``pool_size=int(os.getenv("X", "5"))``."""
    ENV_DEFAULT = "env-default"
    """The default inside an environment read, a string or a number: only its value can change."""
    SETTINGS_FIELD = "settings-field"
    """A field that pydantic-settings (or alike) already fills from the environment."""
    FIXED = "fixed"
    """Can't be rewritten here; ``Site.obstacle`` says why (a URL's query, an option's default)."""


@dataclass(frozen=True, slots=True)
class PoolKey:
    """The call (or setting) that opens a pool; for a wrapper, the outermost call of it."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Site:
    """One pool argument at one sink, with one of the values that reach it.

    A site with several possible values (both branches of a conditional, several callers of a
    wrapper) is several ``Site`` objects. ``path``/``line``/``column`` are of the argument at the
    sink, or at the call of the wrapper that passes it.
    """

    path: str
    line: int
    column: int
    sink: str
    """Qualified name of the library's constructor, ``sqlalchemy.create_engine``."""
    argument: str
    """The library's own name, ``pool_size``, whatever the repository calls it."""
    role: Role
    value: Scalar
    source_text: str
    """The value's expression as written (``60 * 60``); secrets masked."""
    origin: Origin
    source: Span | None
    """The exact range of the literal (or of the constant expression)."""
    env: str | None
    """The variable that sets the value today."""
    chain: tuple[Step, ...]
    in_test: bool
    pool: PoolKey
    holder: Holder = Holder.EXPRESSION
    obstacle: str | None = None
    """Why the literal can't be rewritten, where ``holder`` is FIXED; why unresolved."""
    untyped_env: bool = False
    """An environment read whose text reaches the library unconverted once the variable is set."""
    whole_source: Span | None = None
    """The whole environment read (``os.getenv("X", 5)``) where ``untyped_env``, else None."""


@dataclass(frozen=True, slots=True)
class Pool:
    """All sites of one sink call."""

    key: PoolKey
    sink: str
    name: str | None
    """What it is assigned to: a variable, ``self.x``; else the name of the function around it,
    or of the class whose ``__init__`` that is."""
    arguments: Mapping[str, tuple[Scalar, ...]]
    """Library argument name to its possible values, library defaults included."""
    max_connections: int | None
    """Most connections it can open per process (the largest of the possibilities)."""
    limit: str
    """``computed``, ``no-limit``, or ``unknown`` (then max_connections is None)."""
    pool_class: str | None = None
    """``NullPool``, ``StaticPool`` … where the code names one."""
    other_class: str | None = None
    """The pool class of another branch, as it takes none of the arguments passed here."""
    urls: tuple[str, ...] = ()
    """Schemes of the database URLs that reach it (``postgresql+asyncpg``), never the URLs."""
    call: Span | None = None
    """The call that an ``ensure`` may add an argument to."""
    in_test: bool = False
    passed: frozenset[str] = frozenset()
    """Arguments the code passes in any way, unresolved ones included: ensure adds none of them."""
    open_ended: bool = False
    """A ``**mapping`` of unknown content reaches the call, so anything may be passed."""
    use: PoolKey | None = None
    """The library's own call, where ``key`` is a call of a wrapper; else equal to ``key``."""
    lost: frozenset[str] = frozenset()
    """Arguments with a value that can't be known."""
    between: tuple[PoolKey, ...] = ()
    """Calls of wrappers inside wrappers on the way from ``key`` to ``use``, from outside in."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A pool argument (or ``**mapping``) whose value can't be known from the code."""

    path: str
    line: int
    column: int
    sink: str
    argument: str
    """``**`` where a whole mapping is unknown."""
    reason: str
    chain: tuple[Step, ...]
    in_test: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """What detection and tracing found, in order of path, line and column."""

    sites: tuple[Site, ...]
    pools: tuple[Pool, ...]
    unresolved: tuple[Unresolved, ...]
    skipped: tuple[Skipped, ...]
