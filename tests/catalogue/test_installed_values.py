"""What libraries make of values: an integer read from the environment, none at all, a string.

Everything here works without a server. Run as test_installed_signatures says.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from catalogue_signatures import extras, normal, require, resolve

from poolenv.catalogue import Sink, load

CATALOGUE = load()

Build = Callable[..., Any]


def _sink(name: str) -> Sink:
    return CATALOGUE.by_callable[name]


def _marked(name: str, *values: object) -> Any:
    extra = extras()[normal(_sink(name).library)].removeprefix("catalogue-")
    marks = [] if extra == "test" else [pytest.mark.slow]
    return pytest.param(name, *values, marks=marks, id=f"{extra}-{name}")


def _engine(**options: object) -> Any:
    made: Any = resolve("sqlalchemy.create_engine")
    return made("postgresql+psycopg2://u@localhost/d", **options).pool


def _from_config(**options: object) -> Any:
    made: Any = resolve("sqlalchemy.engine_from_config")
    config = {f"sqlalchemy.{name}": value for name, value in options.items()}
    return made({"sqlalchemy.url": "postgresql+psycopg2://u@localhost/d", **config}).pool


def _async_engine(**options: object) -> Any:
    made: Any = resolve("sqlalchemy.ext.asyncio.create_async_engine")
    return made("postgresql+asyncpg://u@localhost/d", **options).pool


def _flask(**options: object) -> Any:
    flask: Any = resolve("flask.Flask")
    app = flask("app")
    app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg2://u@localhost/d"
    database: Any = resolve("flask_sqlalchemy.SQLAlchemy")
    made = database(app, engine_options=options)
    with app.app_context():
        return made.engine.pool


def _queue_pool(**options: object) -> Any:
    made: Any = resolve("sqlalchemy.pool.QueuePool")
    return made(lambda: None, **options)


def _asyncpg(**options: object) -> Any:
    made: Any = resolve("asyncpg.create_pool")
    loop = asyncio.new_event_loop()
    try:
        return made("postgresql://u@localhost/d", loop=loop, **options)
    finally:
        loop.close()


def _psycopg(**options: object) -> Any:
    made: Any = resolve("psycopg_pool.ConnectionPool")
    return made("host=localhost", open=False, **options)


def _plain(name: str, *before: object, **always: object) -> Build:
    def build(**options: object) -> Any:
        made: Any = resolve(name)
        return made(*before, **always, **options)

    return build


def _mongo(**options: object) -> Any:
    made: Any = resolve("pymongo.MongoClient")
    return made("mongodb://localhost:1", connect=False, **options).options.pool_options


def _neo4j(**options: object) -> Any:
    made: Any = resolve("neo4j.GraphDatabase.driver")
    with made("bolt://localhost:1", **options) as driver:
        return driver._pool.pool_config


def _elasticsearch(**options: object) -> Any:
    made: Any = resolve("elasticsearch.Elasticsearch")
    (node,) = made("http://localhost:1", **options).transport.node_pool.all()
    return node.config


def _django_url(**options: object) -> Any:
    made: Any = resolve("dj_database_url.parse")
    return made("postgres://u@localhost/d", **options)


BUILDS: Mapping[str, Build] = {
    "sqlalchemy.create_engine": _engine,
    "sqlalchemy.engine_from_config": _from_config,
    "sqlalchemy.ext.asyncio.create_async_engine": _async_engine,
    "sqlalchemy.pool.QueuePool": _queue_pool,
    "flask_sqlalchemy.SQLAlchemy": _flask,
    "asyncpg.create_pool": _asyncpg,
    "psycopg_pool.ConnectionPool": _psycopg,
    "oracledb.PoolParams": _plain("oracledb.PoolParams"),
    "redis.ConnectionPool": _plain("redis.ConnectionPool"),
    "redis.BlockingConnectionPool": _plain("redis.BlockingConnectionPool"),
    "redis.asyncio.ConnectionPool": _plain("redis.asyncio.ConnectionPool"),
    "valkey.ConnectionPool": _plain("valkey.ConnectionPool"),
    "valkey.BlockingConnectionPool": _plain("valkey.BlockingConnectionPool"),
    "pymongo.MongoClient": _mongo,
    "neo4j.GraphDatabase.driver": _neo4j,
    "elasticsearch.Elasticsearch": _elasticsearch,
    "playhouse.pool.PooledPostgresqlDatabase": _plain(
        "playhouse.pool.PooledPostgresqlDatabase", "d"
    ),
    "twisted.enterprise.adbapi.ConnectionPool": _plain(
        "twisted.enterprise.adbapi.ConnectionPool", "sqlite3"
    ),
    "dj_database_url.parse": _django_url,
    "piccolo.engine.postgres.PostgresEngine": lambda **options: (
        _plain("piccolo.engine.postgres.PostgresEngine")(config=options).config
    ),
    "advanced_alchemy.config.EngineConfig": _plain("advanced_alchemy.config.EngineConfig"),
    "arq.connections.RedisSettings": _plain("arq.connections.RedisSettings"),
    "aiosqlitepool.SQLiteConnectionPool": _plain(
        "aiosqlitepool.SQLiteConnectionPool", lambda: None
    ),
}


def _read(made: Any, path: str) -> object:
    if isinstance(made, dict):
        return made[path]
    found = made
    for part in path.removesuffix("()").split("."):
        found = getattr(found, part)
    return found() if path.endswith("()") else found


@pytest.mark.parametrize(
    ("name", "argument", "path"),
    [
        _marked("sqlalchemy.create_engine", "pool_size", "size()"),
        _marked("sqlalchemy.engine_from_config", "pool_size", "size()"),
        _marked("sqlalchemy.ext.asyncio.create_async_engine", "pool_size", "size()"),
        _marked("sqlalchemy.pool.QueuePool", "max_overflow", "_max_overflow"),
        _marked("flask_sqlalchemy.SQLAlchemy", "pool_size", "size()"),
        _marked("asyncpg.create_pool", "max_size", "_maxsize"),
        _marked("psycopg_pool.ConnectionPool", "max_size", "max_size"),
        _marked("oracledb.PoolParams", "max", "max"),
        _marked("oracledb.PoolParams", "wait_timeout", "wait_timeout"),
        _marked("redis.ConnectionPool", "max_connections", "max_connections"),
        _marked("redis.BlockingConnectionPool", "max_connections", "max_connections"),
        _marked("redis.asyncio.ConnectionPool", "max_connections", "max_connections"),
        _marked("valkey.ConnectionPool", "max_connections", "max_connections"),
        _marked("pymongo.MongoClient", "maxPoolSize", "max_pool_size"),
        _marked("pymongo.MongoClient", "maxpoolsize", "max_pool_size"),
        _marked(
            "neo4j.GraphDatabase.driver", "max_connection_pool_size", "max_connection_pool_size"
        ),
        _marked("elasticsearch.Elasticsearch", "connections_per_node", "connections_per_node"),
        _marked("playhouse.pool.PooledPostgresqlDatabase", "max_connections", "_max_connections"),
        _marked("twisted.enterprise.adbapi.ConnectionPool", "cp_max", "max"),
        _marked("dj_database_url.parse", "conn_max_age", "CONN_MAX_AGE"),
        _marked("piccolo.engine.postgres.PostgresEngine", "max_size", "max_size"),
        _marked("advanced_alchemy.config.EngineConfig", "pool_size", "pool_size"),
        _marked("arq.connections.RedisSettings", "max_connections", "max_connections"),
        _marked("aiosqlitepool.SQLiteConnectionPool", "pool_size", "_pool._pool_size"),
    ],
)
def test_an_integer_from_the_environment_is_taken(
    name: str, argument: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a rewritten call passes reaches the pool as it stands in the variable."""
    require(_sink(name))
    monkeypatch.setenv("EXAMPLE", "23")
    made = BUILDS[name](**{argument: int(os.getenv("EXAMPLE", "7"))})
    assert _read(made, path) == 23


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        _marked(
            "sqlalchemy.create_engine",
            {
                "pool_size": "size()",
                "max_overflow": "_max_overflow",
                "pool_timeout": "_timeout",
                "pool_recycle": "_recycle",
                "pool_pre_ping": "_pre_ping",
            },
        ),
        _marked("sqlalchemy.ext.asyncio.create_async_engine", {"pool_size": "size()"}),
        _marked("asyncpg.create_pool", {"min_size": "_minsize", "max_size": "_maxsize"}),
        _marked("psycopg_pool.ConnectionPool", {"min_size": "min_size", "max_idle": "max_idle"}),
        _marked(
            "oracledb.PoolParams",
            {
                name: name
                for name in ("min", "max", "wait_timeout", "timeout", "ping_interval", "increment")
            },
        ),
        _marked("redis.BlockingConnectionPool", {"max_connections": "max_connections"}),
        _marked("valkey.BlockingConnectionPool", {"timeout": "timeout"}),
        _marked(
            "pymongo.MongoClient",
            {
                "maxPoolSize": "max_pool_size",
                "minPoolSize": "min_pool_size",
                "maxIdleTimeMS": "max_idle_time_seconds",
                "waitQueueTimeoutMS": "wait_queue_timeout",
                "maxConnecting": "max_connecting",
            },
        ),
        _marked(
            "neo4j.GraphDatabase.driver",
            {
                "max_connection_pool_size": "max_connection_pool_size",
                "max_connection_lifetime": "max_connection_lifetime",
                "liveness_check_timeout": "liveness_check_timeout",
            },
        ),
        _marked("elasticsearch.Elasticsearch", {"connections_per_node": "connections_per_node"}),
        _marked("playhouse.pool.PooledPostgresqlDatabase", {"max_connections": "_max_connections"}),
        _marked(
            "twisted.enterprise.adbapi.ConnectionPool",
            {"cp_min": "min", "cp_max": "max", "cp_reconnect": "reconnect"},
        ),
    ],
)
def test_the_default_is_what_the_library_does(name: str, paths: Mapping[str, str]) -> None:
    """Also where the signature does not say it: a pool made without arguments."""
    sink = _sink(name)
    require(sink)
    made = BUILDS[name]()
    defaults = {argument.name: argument.default for argument in sink.arguments}
    assert {name: _read(made, path) for name, path in paths.items()} == {
        name: defaults[name] for name in paths
    }


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        _marked("sqlalchemy.engine_from_config", "pool_size"),
        _marked("flask_sqlalchemy.SQLAlchemy", "pool_size"),
        _marked("oracledb.PoolParams", "max"),
        _marked("pymongo.MongoClient", "maxPoolSize"),
        _marked("playhouse.pool.PooledPostgresqlDatabase", "max_connections"),
        _marked("sqlalchemy.create_engine", "pool_size"),
        _marked("sqlalchemy.pool.QueuePool", "pool_size"),
        _marked("asyncpg.create_pool", "max_size"),
        _marked("psycopg_pool.ConnectionPool", "max_size"),
        _marked("redis.ConnectionPool", "max_connections"),
        _marked("valkey.ConnectionPool", "max_connections"),
        _marked("elasticsearch.Elasticsearch", "connections_per_node"),
        _marked("sqlalchemy.create_engine", "max_overflow"),
        _marked("sqlalchemy.create_engine", "pool_timeout"),
        _marked("sqlalchemy.create_engine", "pool_recycle"),
        _marked("sqlalchemy.create_engine", "pool_pre_ping"),
        _marked("psycopg_pool.ConnectionPool", "timeout"),
        _marked("neo4j.GraphDatabase.driver", "max_connection_pool_size"),
    ],
)
def test_a_string_does_what_the_entry_says(name: str, argument: str) -> None:
    """Converted and late errors pass the constructor; an error raises there."""
    sink = _sink(name)
    require(sink)
    strings = {arg.name: arg.strings for arg in sink.arguments}[argument]
    if strings == "error":
        with pytest.raises((TypeError, ValueError)):
            BUILDS[name](**{argument: "23"})
    else:
        BUILDS[name](**{argument: "23"})


@pytest.mark.parametrize(
    ("name", "options"),
    [
        _marked("asyncpg.create_pool", {"max_size": 5}),
        _marked("psycopg_pool.ConnectionPool", {"max_size": 2}),
        _marked("pymongo.MongoClient", {"minPoolSize": 9, "maxPoolSize": 5}),
    ],
)
def test_a_maximum_below_the_minimum_raises(name: str, options: Mapping[str, int]) -> None:
    """Also below the default minimum: the reason why a cap lowers ``min_argument`` too."""
    require(_sink(name))
    assert _sink(name).min_argument is not None
    with pytest.raises(ValueError, match="m"):
        BUILDS[name](**options)


@pytest.mark.parametrize("pool_class", ["NullPool", "StaticPool", "AssertionPool"])
def test_pool_classes_without_a_size_refuse_one(pool_class: str) -> None:
    """The reason why ``ensure`` looks at ``pool_classes`` first."""
    sink = _sink("sqlalchemy.create_engine")
    poolclass = resolve(f"sqlalchemy.pool.{pool_class}")
    for argument in sink.arguments:
        if argument.default is None or argument.name == "pool_reset_on_return":
            continue
        options = {argument.name: argument.default, "poolclass": poolclass}
        if argument.pool_classes:
            with pytest.raises(TypeError, match=argument.name):
                _engine(**options)
        else:
            _engine(**options)
