"""How each library's pools are noted, and kept from connecting."""

from __future__ import annotations

import functools
import importlib
import inspect
from typing import Any

from .drivers import with_stand_in_driver
from .recorder import Arguments, Recorder


def record_sqlalchemy(recorder: Recorder) -> None:
    """Note every Pool; a missing driver is stood in for, since nothing connects."""
    from sqlalchemy import pool

    # Not __init__: SQLAlchemy reads its signature to tell which arguments are the pool's.
    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made = object.__new__(cls)
        recorder.add("sqlalchemy." + cls.__name__, functools.partial(_read_pool, made))
        return made

    pool.Pool.__new__ = new  # type: ignore[method-assign]
    create = importlib.import_module("sqlalchemy.engine.create")
    stand_in = with_stand_in_driver(create.create_engine)
    for name in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.engine.create"):
        importlib.import_module(name).create_engine = stand_in  # type: ignore[attr-defined]
    try:
        asynchronous: Any = importlib.import_module("sqlalchemy.ext.asyncio.engine")
    except ImportError:
        return
    asynchronous._create_engine = stand_in


def _read_pool(pool: Any) -> Arguments:
    size = getattr(pool, "size", None)
    found = {
        "pool_size": size() if callable(size) else size,
        "max_overflow": getattr(pool, "_max_overflow", None),
        "pool_timeout": getattr(pool, "_timeout", None),
        "pool_recycle": getattr(pool, "_recycle", None),
        "pool_pre_ping": getattr(pool, "_pre_ping", None),
    }
    return {name: value for name, value in found.items() if value is not None}


def record_asyncpg(recorder: Recorder) -> None:
    """Note what reaches Pool; it connects only when awaited."""
    _record_init(recorder, "asyncpg.pool", "Pool")


def record_psycopg_pool(recorder: Recorder) -> None:
    """Note what reaches the pools, and keep them closed."""
    for name in ("ConnectionPool", "AsyncConnectionPool"):
        owner = _record_init(recorder, "psycopg_pool", name, open=False)
        if name == "ConnectionPool":
            owner.open = owner.wait = lambda *args, **kwargs: None


def record_psycopg2(recorder: Recorder) -> None:
    """Note minconn and maxconn, and open no connection ahead."""
    pools: Any = importlib.import_module("psycopg2.pool")
    owner = pools.AbstractConnectionPool
    real = owner.__init__

    @functools.wraps(real)
    def init(self: Any, minconn: Any, maxconn: Any, *args: Any, **kwargs: Any) -> None:
        given = {"minconn": minconn, "maxconn": maxconn}
        recorder.add("psycopg2.pool." + type(self).__name__, lambda: given)
        real(self, 0, maxconn, *args, **kwargs)
        self.minconn = int(minconn)

    owner.__init__ = init


def record_redis(recorder: Recorder) -> None:
    """Note max_connections and timeout; these pools connect when used."""
    for module in ("redis.connection", "redis.asyncio.connection"):
        try:
            owner: Any = importlib.import_module(module).ConnectionPool
        except (ImportError, AttributeError):
            continue
        _note_objects(recorder, owner, "redis.", ("max_connections", "timeout"))


def record_pymongo(recorder: Recorder) -> None:
    """Note the pool options; ``connect=False`` keeps the client from starting threads."""
    pymongo: Any = importlib.import_module("pymongo")
    for name in ("MongoClient", "AsyncMongoClient"):
        owner = getattr(pymongo, name, None)
        if owner is not None:
            _record_client(recorder, owner)


def _record_client(recorder: Recorder, owner: Any) -> None:
    real = owner.__init__

    @functools.wraps(real)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) < 5:
            kwargs["connect"] = False
        recorder.add("pymongo." + owner.__name__, functools.partial(_read_client, self))
        real(self, *args, **kwargs)

    owner.__init__ = init


def _read_client(client: Any) -> Arguments:
    options = client.options.pool_options
    idle = options.max_idle_time_seconds
    wait = options.wait_queue_timeout
    return {
        "maxPoolSize": options.max_pool_size,
        "minPoolSize": options.min_pool_size,
        "maxConnecting": getattr(options, "max_connecting", None),
        "maxIdleTimeMS": None if idle is None else idle * 1000,
        "waitQueueTimeoutMS": None if wait is None else wait * 1000,
    }


def _note_objects(recorder: Recorder, owner: Any, prefix: str, names: Any) -> None:
    real = owner.__init__

    @functools.wraps(real)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        def read() -> Arguments:
            return {name: getattr(self, name) for name in names if hasattr(self, name)}

        recorder.add(prefix + type(self).__name__, read)
        real(self, *args, **kwargs)

    owner.__init__ = init


def _record_init(recorder: Recorder, module: str, name: str, **forced: Any) -> Any:
    owner: Any = getattr(importlib.import_module(module), name)
    real = owner.__init__
    signature = inspect.signature(real)

    @functools.wraps(real)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        given = dict(bound.arguments)
        for extra in ("kwargs", "connect_kwargs"):
            given.update(given.pop(extra, None) or {})
        recorder.add(module + "." + name, lambda: given)
        real(self, *args, **dict(kwargs, **forced))

    owner.__init__ = init
    return owner


LIBRARIES = {
    "sqlalchemy": record_sqlalchemy,
    "asyncpg": record_asyncpg,
    "psycopg_pool": record_psycopg_pool,
    "psycopg2": record_psycopg2,
    "redis": record_redis,
    "pymongo": record_pymongo,
}
