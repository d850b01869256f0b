"""The frozen values that flow from stage to stage; imports nothing of poolenv."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final

Scalar = int | float | bool | str | None
"""What a pool argument's literal can be, as a JSON value."""

SCHEMA_VERSION: Final = 1


class PoolenvError(Exception):
    """One line for the person: what is wrong, where, and what to do.

    ``exit_code`` is 2 for wrong usage and 4 for a refusal that changed nothing.
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


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


class Verdict(Enum):
    """What the plan does with a site."""

    REWRITE = "rewrite"
    CHANGE_DEFAULT = "change-default"
    ALREADY_ENV = "already-env"
    KEEP = "keep"
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


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of a decoded file. Lines and columns are 1-based, in characters; end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Step:
    """One place on the way from a sink back to an origin, with its source line (stripped)."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the repository, decoded.

    ``text`` is what ``data`` decodes to without a byte-order mark, newlines untouched, so
    ``encode(text)`` gives ``data`` back byte for byte (``discover`` checks it).
    """

    path: str
    """POSIX, relative to the root."""
    data: bytes
    text: str
    encoding: str
    """A Python codec name, from the coding cookie or ``utf-8``."""
    bom: bool
    is_test: bool
    mode: int = 0o100644
    """The git file mode."""

    def encode(self, text: str) -> bytes:
        """Encode new text of this file as the old one was encoded, BOM included."""
        body = text.encode(self.encoding)
        return b"\xef\xbb\xbf" + body if self.bom else body


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read or parsed, and why, in words for the person."""

    path: str
    line: int | None
    reason: str


@dataclass(frozen=True)
class Snapshot:
    """The repository as read once: of the working tree, or of one commit.

    ``python`` holds every decodable Python file (not only candidates: an import may lead
    anywhere); ``candidates`` are the paths whose bytes name something of the catalogue;
    ``other`` holds the raw bytes of configuration files that may set variables
    (``.env*``, YAML, TOML, INI, Procfile, Dockerfile …).
    """

    root: str
    revision: str | None
    """The full hash of the commit that was read, or None for the working tree."""
    python: Mapping[str, SourceFile]
    candidates: frozenset[str]
    other: Mapping[str, bytes]
    skipped: tuple[Skipped, ...] = ()
    holding: Callable[[bytes], tuple[str, ...]] | None = None
    """Paths of the Python files whose bytes hold a needle, without decoding any of them."""


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
    """What it is assigned to: a variable, ``self.x``, or the enclosing function's name."""
    arguments: Mapping[str, tuple[Scalar, ...]]
    """Library argument name to its possible values, library defaults included."""
    max_connections: int | None
    """Most connections it can open per process (the largest of the possibilities)."""
    limit: str
    """``computed``, ``no-limit``, or ``unknown`` (then max_connections is None)."""
    pool_class: str | None = None
    """``NullPool``, ``StaticPool`` … where the code names one."""
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


class Action(Enum):
    """What a policy rule does to a role's default."""

    SET = "set"
    CAP = "cap"
    ENSURE = "ensure"


@dataclass(frozen=True, slots=True)
class Rule:
    """``--set/--cap/--ensure TARGET=VALUE``; the target is a role or a library's argument."""

    action: Action
    target: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Policy:
    """What becomes of the defaults, and how variables are named. Empty rules keep every value."""

    rules: tuple[Rule, ...] = ()
    prefix: str = "DB"
    rewrite_tests: bool = False
    """Also rewrite pools that test code opens for itself."""
    rewrite_flags: bool = False
    """Also make booleans (``pool_pre_ping=True``) read the environment."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one run was asked for: the command line over ``[tool.poolenv]`` over the defaults."""

    policy: Policy = field(default_factory=Policy)
    include: tuple[str, ...] = ()
    """Globs of paths to look at; empty means all."""
    exclude: tuple[str, ...] = ()
    base: str = "HEAD"
    branch: str = "poolenv/pool-limits"
    document: str = "CONNECTION_POOL_HARD_LIMITS_IMPLEMENTATION.md"
    """Path of the implementation document, relative to the root."""
    security_document: str = "CONNECTION_POOL_SECURITY_SUMMARY.md"
    limits_test: str = "test_connection_pool_hard_limits.py"
    """File name of the new test; its folder is that of the repository's own tests."""
    sinks: tuple[Mapping[str, object], ...] = ()
    """``[[tool.poolenv.sinks]]``: the user's own catalogue entries, not yet validated."""


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


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after; ``before`` is None for a new file."""

    path: str
    before: bytes | None
    after: bytes
    mode: int = 0o100644
    edits: tuple[Edit, ...] = ()
    """What was done, import insertions included, in order of ``start``; empty for a new file."""


@dataclass(frozen=True, slots=True)
class Check:
    """One proof that ran on one file, or did not run."""

    path: str
    name: str
    passed: bool | None
    """None: not run, ``detail`` says why."""
    detail: str


@dataclass(frozen=True, slots=True)
class OwnTests:
    """The repository's own tests at the base and with the changes (``--run-tests``)."""

    command: str
    summary: str
    table: tuple[tuple[str, str, str], ...]
    """Rows of label, before, after."""
    new_failures: tuple[str, ...] = ()
    """Names of the tests that fail only with the changes."""


@dataclass(frozen=True, slots=True)
class Migration:
    """Everything one run produced, before anything is written."""

    snapshot: Snapshot
    trace: Trace
    plan: Plan
    code: tuple[FileChange, ...]
    tests: tuple[FileChange, ...]
    checks: tuple[Check, ...]
    test_remarks: tuple[Remark, ...]
    skipped: tuple[Skipped, ...]
    own_tests: OwnTests | None = None
    """None: not asked for."""
