"""What the catalogue knows of one pool constructor or setting, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from poolenv.model import Role, Scalar


class Form(Enum):
    """How pool arguments reach a sink."""

    CALL = "call"
    """Keywords, positions and ``**mapping`` of a callable."""
    DICT_ARGUMENT = "dict-argument"
    """A mapping handed to one argument: ``SQLAlchemy(engine_options={...})``."""
    PREFIXED_DICT = "prefixed-dict"
    """A configuration mapping with prefixed keys: ``engine_from_config(cfg, "sqlalchemy.")``."""
    SETTING = "setting"
    """A module constant, class attribute or configuration key: ``DATABASES``."""
    OPTION = "option"
    """An option given by its name: ``CONF.set_override("max_pool_size", 5, group="database")``."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One pool argument of a sink."""

    name: str
    role: Role
    type: str
    """``int``, ``float``, ``bool`` or ``other``: how an environment string is converted."""
    variable: str
    """Name of the environment variable without prefix (``POOL_SIZE``); ``Sink.prefix`` leads."""
    default: Scalar = None
    has_default: bool = False
    """The library's default is a known scalar (``default``)."""
    position: int | None = None
    """0-based, without self; None where keyword-only."""
    unit: str = "connections"
    """``connections``, ``seconds``, ``milliseconds``, ``flag`` …"""
    rewrite: bool = True
    """False: listed, never rewritten (``pool_use_lifo``)."""
    no_limit: tuple[Scalar, ...] = ()
    """Values that mean "no limit" and that a cap must not read as small."""
    version_dependent: tuple[Scalar, ...] = ()
    """Values of ``no_limit`` that are a limit in other versions: the pool's limit is unknown."""
    strings: str = "error"
    """What the library does with a string: ``converted``, ``error``, ``late-error``, ``ignored``,
    ``wrong`` (truthy whatever it says)."""
    versions: str = ""
    """The library's versions that take it, where not all do, in words (``7 and 8``)."""
    pool_classes: tuple[str, ...] = ()
    """The pool classes that take it, where others raise; empty: it is always legal."""
    opens_pool: bool = False
    """Its presence makes a pool of what is a single connection, so no policy adds it."""


@dataclass(frozen=True, slots=True)
class Sink:
    """One pool constructor or setting, with all its public names."""

    id: str
    """Qualified name shown to people: ``sqlalchemy.create_engine``."""
    library: str
    """Distribution on PyPI: ``SQLAlchemy``."""
    form: Form
    arguments: tuple[Argument, ...]
    callables: tuple[str, ...] = ()
    """Every qualified name it can be imported by (methods as ``package.Class.method``)."""
    other_callables: tuple[str, ...] = ()
    """Those of ``callables`` that only other versions of the library have."""
    server: str = "sql"
    """The kind of server: ``sql`` (whichever the URL names), ``postgresql``, ``redis`` … One
    variable is never shared by pools of two kinds, save that ``sql`` goes with each SQL one."""
    version: str = ""
    """Library version the facts were checked against."""
    prefix: str = "DB"
    """Leads the variables' names; ``DB`` gives way to the user's ``--prefix``."""
    limit_sum: tuple[str, ...] = ()
    """Most connections is the sum of these arguments."""
    limit_largest: tuple[str, ...] = ()
    """Most connections is the largest of these arguments."""
    limit_first: tuple[str, ...] = ()
    """Most connections is the first of these arguments that is given and not None."""
    limit_fixed: int | None = None
    """Most connections whatever the arguments say (``StaticPool``: 1)."""
    limit_per: str = "process"
    """What the limit counts per: ``process``, ``server``, ``node`` …"""
    min_argument: str | None = None
    """Raises when it is above the maximum, so a cap of the maximum lowers it too."""
    dict_argument: str | None = None
    """Form DICT_ARGUMENT: the keyword that takes the mapping."""
    dict_position: int | None = None
    dict_path: tuple[str, ...] = ()
    """Form DICT_ARGUMENT: keys from that mapping down to the one with the arguments, ``*`` for
    any key: ("connections", "*", "credentials")."""
    dict_methods: tuple[str, ...] = ()
    """Form DICT_ARGUMENT: methods of the class that the library calls with that mapping, or that
    give it; a subclass that overrides one changes it there."""
    url_query: tuple[str, ...] = ()
    """Arguments that the library also reads from the query of its URL (never rewritten there)."""
    prefix_argument: str = "prefix"
    """Form PREFIXED_DICT: the argument that holds the key prefix (position 1)."""
    key_prefix: str = "sqlalchemy."
    setting: tuple[str, ...] = ()
    """Form SETTING: the path to the mapping, ``*`` for any key: ("DATABASES", "*", "OPTIONS",
    "pool"). Empty: each argument's name is itself a top-level setting (SQLALCHEMY_POOL_SIZE)."""
    setting_evidence: Mapping[str, str] | None = None
    """Keys that have to be beside (at the first ``*`` level), with a regular expression their
    literal value has to match: {"ENGINE": "django"}; None where the name alone is proof. A key
    that is missing counts as an empty text, for an expression that allows that ("^$|django")."""
    option_group: str = ""
    """Form OPTION: the group that the options are of."""
    opens_pool: bool = True
    """False: it only sets arguments of a pool that is opened elsewhere (``pool.resize(5)``)."""
    makes_setting: bool = False
    """The call opens nothing: it makes a setting, so it counts only where its result is read."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All sinks, with the look-ups that detection needs."""

    sinks: tuple[Sink, ...]
    by_callable: Mapping[str, Sink]
    """Qualified name to sink; several forms of one callable are merged by the loader's order."""
    settings: tuple[Sink, ...]
    """The sinks of form SETTING."""
    tokens: frozenset[bytes]
    """A file that holds none of these byte strings can't hold a sink."""
