"""How Python code reads a variable: the calls, where name and default stand, what they convert."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """One way to read an environment variable."""

    default: tuple[str, int | None]
    """Keyword and position of the default; the name is always first."""
    cast: tuple[str, int | None] | None = None
    typed: bool = False
    """The result is converted by the call itself."""


_PLAIN = Reader(("default", 1))
_TYPED = Reader(("default", 1), typed=True)
_CAST = Reader(("default", None), ("cast", None))

_READERS = {
    "os.getenv": _PLAIN,
    "os.environ.get": _PLAIN,
    "os.environ.setdefault": _PLAIN,
    "os.environ.pop": _PLAIN,
    "os.environb.get": _PLAIN,
    "decouple.config": _CAST,
    "decouple.Config()": _CAST,
    "decouple.AutoConfig()": _CAST,
    "starlette.config.Config()": Reader(("default", 2), ("cast", 1)),
    "starlette.config.Config().get": Reader(("default", 2), ("cast", 1)),
    "starlette.config.environ.get": _PLAIN,
    "environs.Env()": _PLAIN,
    "environs.env": _PLAIN,
    "environ.Env()": Reader(("default", 2), ("cast", 1)),
    "environ.FileAwareEnv()": Reader(("default", 2), ("cast", 1)),
    "dotenv.get_key": Reader(("default", None)),
}

_ENV_OBJECTS = (
    "environs.Env()",
    "environs.env",
    "environ.Env()",
    "environ.FileAwareEnv()",
    "environs.Env",
    "environ.Env",
)
_TYPED_METHODS = frozenset({"int", "float", "bool", "get_value", "timedelta", "json"})
_TEXT_METHODS = frozenset({"str", "get"})


def reader(qualified: str) -> Reader | None:
    """The reader with a qualified name (``()`` marks instances), if it is one."""
    known = _READERS.get(qualified)
    if known is not None:
        return known
    base, _, method = qualified.rpartition(".")
    if base in _ENV_OBJECTS:
        if method in _TYPED_METHODS:
            return _TYPED
        if method in _TEXT_METHODS:
            return _PLAIN
    return None


def argument(call: ast.Call, where: tuple[str, int | None]) -> ast.expr | None:
    """The argument of a call at a keyword or position."""
    keyword, position = where
    for passed in call.keywords:
        if passed.arg == keyword:
            return passed.value
    if position is not None and position < len(call.args):
        found = call.args[position]
        return None if isinstance(found, ast.Starred) else found
    return None
