"""A script for the target's interpreter: import one module, write down the pools it opens.

``probe.py SPEC`` with a JSON object: ``module`` (dotted name), ``paths`` (put before sys.path),
``top`` (folder of the copy) and ``report`` (file to write). The report is a JSON object:
``error`` (one line or null) and ``pools``, each with ``sink``, ``where`` and ``arguments``.

Standard library only, and nothing that Python 3.8 lacks. No pool connects.
"""

from __future__ import annotations

import functools
import importlib
import importlib.machinery
import importlib.util
import inspect
import json
import os
import socket
import sys
import types
from typing import Any, Callable, Dict, List, Optional  # noqa: UP035 - Python 3.8 runs this

Arguments = Dict[str, Any]  # noqa: UP006
Reader = Callable[[], Arguments]


class Recorder:
    """The pools opened so far, in order."""

    def __init__(self, top: str) -> None:
        self.top = os.path.realpath(top) + os.sep
        self.opened: List[Any] = []  # noqa: UP006

    def add(self, sink: str, read: Reader) -> None:
        """Remember a pool; ``read`` gives its arguments once the import is over."""
        self.opened.append((sink, self._where(), read))

    def report(self) -> List[Any]:  # noqa: UP006
        """All pools as JSON values."""
        return [
            {"sink": sink, "where": where, "arguments": _scalars(read())}
            for sink, where, read in self.opened
        ]

    def is_own(self, path: Optional[str]) -> bool:  # noqa: UP045
        """Whether a file belongs to the copy."""
        # Generated code has a name such as "<string>", which is no file of the current folder.
        named = path is not None and not path.startswith("<")
        return named and os.path.realpath(path or "").startswith(self.top)

    def _where(self) -> str:
        frame: Any = sys._getframe(1)
        while frame is not None and not self.is_own(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is None:
            return "?"
        path = os.path.realpath(frame.f_code.co_filename)[len(self.top) :]
        return f"{path}::{frame.f_code.co_name}"


def _scalars(arguments: Arguments) -> Arguments:
    return {
        name: value for name, value in arguments.items() if isinstance(value, (bool, int, float))
    }


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
    stand_in = _with_stand_in_driver(create.create_engine)
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


class _AnyName(type):
    """A class for whatever a dialect asks of its driver: an error class, a flag, a function."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AnyName(name, (Exception,), {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__


class _Driver(types.ModuleType):
    __version__ = version = "9.9.9"
    VERSION = version_info = (9, 9, 9)
    paramstyle = "pyformat"
    __path__: List[str] = []  # noqa: RUF012, UP006 - a package, so that submodules are looked for

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AnyName(name, (Exception,), {})


class StandInDrivers:
    """Finds the drivers in ``names`` that are not installed."""

    def __init__(self) -> None:
        self.names: List[str] = []  # noqa: UP006

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Answer for a driver and its submodules, as a finder on ``sys.meta_path``."""
        if name.partition(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]
        return None

    def create_module(self, spec: Any) -> types.ModuleType:
        """An empty driver."""
        return _Driver(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def _with_stand_in_driver(real: Any) -> Any:
    @functools.wraps(real)
    def create_engine(*args: Any, **kwargs: Any) -> Any:
        drivers = StandInDrivers()
        while True:
            sys.meta_path.append(drivers)
            try:
                return real(*args, **kwargs)
            except ImportError as error:
                missing = (error.name or "").partition(".")[0]
                if not missing or missing in drivers.names:
                    raise
                drivers.names.append(missing)
            finally:
                sys.meta_path.remove(drivers)

    return create_engine


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


class RecordOnImport:
    """Patches a library right after the target's code first imports it.

    Importing all of them ahead would be slow, and hide that one is missing.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.waiting = dict(LIBRARIES)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Answer for a library not seen yet, as the first finder on ``sys.meta_path``."""
        record = self.waiting.pop(name, None)
        if record is None:
            return None
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None or self.recorder.is_own(spec.origin):
            return spec
        real: Any = spec.loader
        run = real.exec_module

        def exec_module(module: types.ModuleType) -> None:
            del real.exec_module
            run(module)
            record(self.recorder)

        real.exec_module = exec_module
        return spec


def _refuse_connection(*args: Any, **kwargs: Any) -> Any:
    raise OSError("poolenv: connections are not made while pools are recorded")


def probe(spec: Dict[str, Any]) -> Dict[str, Any]:  # noqa: UP006
    """Import ``spec["module"]`` and return the report."""
    sys.path[:0] = spec["paths"]
    recorder = Recorder(spec["top"])
    sys.meta_path.insert(0, RecordOnImport(recorder))
    socket.socket.connect = _refuse_connection  # type: ignore[method-assign]
    socket.socket.connect_ex = _refuse_connection  # type: ignore[method-assign]
    error = None
    try:
        importlib.import_module(spec["module"])
    except BaseException as problem:
        first = (str(problem).splitlines() or [""])[0]
        error = type(problem).__name__ + (": " + first if first else "")
    pools = [] if error else recorder.report()
    return {"error": error, "pools": pools}


def main() -> None:
    """Read the specification, probe, and end without running the target's exit handlers."""
    sys.path.pop(0)  # This script's own folder.
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    sys.argv[1:] = []
    report = probe(spec)
    with open(spec["report"], "w", encoding="utf-8") as file:
        json.dump(report, file)
    os._exit(0)


if __name__ == "__main__":
    main()
