"""What the installed libraries say of themselves, to compare catalogue entries with."""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from poolenv.catalogue import Sink

ROOT = Path(__file__).parent.parent

BY_HAND = {
    "gino": "needs SQLAlchemy below 1.4; checked with 1.3.24",
    "aioredis": "does not import on Python 3.11; read in 2.0.1 and 1.3.1",
    "asyncpgsa": "needs SQLAlchemy 1.x; read in 0.27.1",
    "buildpg": "hands asyncpg's own on, which is checked; read in 0.4",
    "peewee-async": "its later versions take other arguments; read in 0.12.0",
    "psycopg2-pool": "read in 1.2",
    "cx_Oracle": "does not build on Python 3.11; from its documentation",
}
"""Libraries in neither extra, and why."""

BY_HAND_CALLABLES = {
    "aiopg.sa.create_engine": "needs SQLAlchemy 1.x; checked with 1.3.24",
    "aiopg.sa.engine.create_engine": "needs SQLAlchemy 1.x; checked with 1.3.24",
    "oslo_db.sqlalchemy.enginefacade.transaction_context.configure": "a method of what it returns",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a callable: its position (None: keyword-only) and its default."""

    position: int | None
    default: object


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def extras() -> dict[str, str]:
    """Distribution to the extra of pyproject.toml that installs it."""
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = {}
    for extra in ("catalogue-wrappers", "catalogue", "test"):
        for line in tables["project"]["optional-dependencies"][extra]:
            found[normal(re.split(r"[\[<>=,;]", line)[0])] = extra
    found |= {"psycopg-pool": "catalogue", "psycopg2": found["psycopg2-binary"]}
    return found


def resolve(name: str) -> object:
    """The object of a qualified name; fails the test with what to install where it is missing."""
    parts = name.split(".")
    reason = ""
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
            for part in parts[length:]:
                found = getattr(found, part)
        except (ImportError, AttributeError) as error:
            reason = reason or str(error)
        else:
            return found
    pytest.fail(f"{name} can't be imported: {reason}", pytrace=False)


def require(sink: Sink) -> None:
    """Fail with what to install where the sink's library is missing or far from the checked one."""
    extra = extras()[normal(sink.library)]
    names = ("psycopg2-binary", "psycopg2") if sink.library == "psycopg2" else (sink.library,)
    installed = None
    for name in names:
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue
        break
    if installed is None:
        pytest.fail(f"{sink.library} is not installed: pip install -e '.[{extra}]'", pytrace=False)
    checked = sink.version.partition(" ")[0].partition(".")[0]
    if sink.callables != sink.other_callables and installed.partition(".")[0] != checked:
        pytest.fail(
            f"{sink.id} was checked against {sink.library} {sink.version}, {installed} is "
            f"installed: use an environment of '.[{extra}]' alone, or check the entry anew",
            pytrace=False,
        )


def parameters(target: object) -> tuple[dict[str, Parameter], bool]:
    """Parameters by name, without self, and whether any keyword is taken (``**kwargs``)."""
    assert callable(target)
    found = list(inspect.signature(target).parameters.values())
    if found and found[0].name == "self":
        found = found[1:]
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    named = {
        parameter.name: Parameter(
            index if parameter.kind in positional else None, parameter.default
        )
        for index, parameter in enumerate(found)
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
    }
    return named, any(parameter.kind is parameter.VAR_KEYWORD for parameter in found)
