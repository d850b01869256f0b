"""What one setting may be; each check gives the value back or raises with where it stands."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from poolenv.model import PoolenvError

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


def text(value: object, where: str) -> str:
    """A string that is not empty and holds no control characters."""
    if not isinstance(value, str):
        raise PoolenvError(f"{where}: expected a string, not {kind_of(value)}")
    if not value.strip() or not value.isprintable():
        raise PoolenvError(f"{where}: expected some text, not {value!r}")
    return value


def flag(value: object, where: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise PoolenvError(f"{where}: expected true or false, not {kind_of(value)}")
    return value


def globs(value: object, where: str) -> tuple[str, ...]:
    """A list of path patterns."""
    if not isinstance(value, list | tuple):
        raise PoolenvError(f"{where}: expected a list of strings, not {kind_of(value)}")
    return tuple(text(item, where) for item in value)


def prefix(value: object, where: str) -> str:
    """The beginning of a variable's name, without the underscore that follows it."""
    name = text(value, where).rstrip("_")
    if not _VARIABLE.fullmatch(name):
        raise PoolenvError(
            f"{where}: {value!r} can't begin a variable's name; "
            "use letters, digits and underscores, like DB"
        )
    return name


def revision(value: object, where: str) -> str:
    """A name git can read as a revision or branch, never as an option."""
    name = text(value, where)
    if name.startswith("-") or any(character.isspace() for character in name):
        raise PoolenvError(f"{where}: {name!r} is not a name git takes")
    return name


def inside_path(value: object, where: str) -> str:
    """A file's path relative to the root that stays inside it, with forward slashes."""
    name = text(value, where)
    parts = PurePosixPath(name).parts
    outside = name.startswith("/") or "\\" in name or ".." in parts or name.endswith("/")
    if outside or not parts or parts[0].lower() == ".git":
        raise PoolenvError(
            f"{where}: {name!r} has to be a file inside the repository, like docs/LIMITS.md"
        )
    return str(PurePosixPath(name))


def test_file_name(value: object, where: str) -> str:
    """The name of a Python file, without a folder."""
    name = text(value, where)
    if "/" in name or "\\" in name or not name.endswith(".py") or name == ".py":
        raise PoolenvError(
            f"{where}: {name!r} has to be a Python file's name without a folder, "
            "like test_pool_limits.py"
        )
    return name


def kind_of(value: object) -> str:
    """What a TOML value is, in words."""
    match value:
        case bool():
            return f"{value}".lower()
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the string {value!r}"
        case list() | tuple():
            return "a list"
        case dict():
            return "a table"
        case _:
            return f"{value}"
