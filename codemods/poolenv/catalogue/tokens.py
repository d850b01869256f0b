"""The byte strings that decide which files can hold a sink at all."""

from __future__ import annotations

from typing import Final

from poolenv.catalogue.entry import Form, Sink

_TELLING: Final = (
    "AssertionPool",
    "ConnectionPool",
    "MongoClient",
    "MotorClient",
    "NullPool",
    "PooledDB",
    "QueuePool",
    "SessionPool",
    "SingletonThreadPool",
    "StaticPool",
    "connection_pool",
    "connections_per_host",
    "create_async_engine",
    "create_async_pool",
    "create_engine",
    "create_pool",
    "engine_from_config",
)
"""Parts of names that say "pool" wherever they stand: a file that got one by a re-export counts."""

_WORDS: Final = ("arq", "asynch", "databases", "dataset", "gel", "records")
"""Packages named by a word of ordinary text, which only count where they are imported."""

_SPELLINGS: Final = {
    "mysql": ("mysql.connector", "mysql import"),
    "twisted": ("adbapi",),
    "flask_sqlalchemy": ("flask_sqlalchemy", "engine_options"),
    "litestar": ("EngineConfig",),
    "advanced_alchemy": ("EngineConfig",),
    "gluon": ("DAL",),
    "pydal": ("DAL",),
    "oslo_config": ("set_override(", "set_default("),
}
"""What stands in a file that uses a package, where its bare name would be in too many files."""

_SETTING_FAMILIES: Final = ("SQLALCHEMY_", "CELERY_")


def tokens_of(sinks: tuple[Sink, ...]) -> frozenset[bytes]:
    """A small set of byte strings, at least one of which is in every file that uses a sink.

    A callable counts by its own name where that is telling (``create_engine``), else by the
    package that the file has to import (``dj_database_url`` for ``config``); a setting by the
    first key of its path. Strings that hold another string of the set are left out.
    """
    tokens = {token for sink in sinks for token in _of_sink(sink)}
    return frozenset(
        token.encode()
        for token in tokens
        if not any(other != token and other in token for other in tokens)
    )


def _of_sink(sink: Sink) -> set[str]:
    if sink.form is Form.SETTING:
        names = sink.setting[:1] or tuple(argument.name for argument in sink.arguments)
        return {next(filter(name.startswith, _SETTING_FAMILIES), name) for name in names}
    return {token for name in sink.callables for token in _of_callable(name)}


def _of_callable(name: str) -> tuple[str, ...]:
    package, last = name.partition(".")[0], name.rpartition(".")[2]
    for part in _TELLING:
        if part in last:
            return (part,)
    if package in _WORDS:
        return (f"import {package}", f"from {package}")
    return _SPELLINGS.get(package, (package,))
