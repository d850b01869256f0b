"""A real pool opened at the limit that the catalogue computes: it opens so many and no more.

SQLite runs always; PostgreSQL, MariaDB and Redis with ``-m slow``, ``pip install -e
'.[test,postgres,catalogue]'`` and Debian's ``redis-server`` and ``mariadb-server``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from catalogue_servers import mariadb_server, redis_server
from catalogue_signatures import resolve
from postgres_server import Server, running_server

from poolenv.catalogue import load
from poolenv.catalogue.limits import most_connections
from poolenv.model import Scalar

CATALOGUE = load()
TRIES = 12
"""More than any limit here, so that a pool without one is seen."""


def _limit(name: str, values: Mapping[str, Scalar]) -> int | None:
    return most_connections(CATALOGUE.by_callable[name], values).connections


def _made(name: str, *before: object, **options: object) -> Any:
    build: Any = resolve(name)
    return build(*before, **options)


def _opened(take: Callable[[], object]) -> int:
    """How many connections can be held at once, up to TRIES."""
    held: list[object] = []
    with suppress(Exception):
        while len(held) < TRIES:
            held.append(take())
    return len(held)


async def _opened_async(take: Callable[[], Awaitable[object]]) -> int:
    """The same for a pool that waits: half a second without a connection is the limit."""
    held: list[object] = []
    with suppress(Exception):
        while len(held) < TRIES:
            held.append(await asyncio.wait_for(take(), 0.5))
    return len(held)


SIZES: Mapping[str, Scalar] = {"pool_size": 2, "max_overflow": 3}


def test_sqlalchemy_on_sqlite(tmp_path: Path) -> None:
    """Size and overflow together."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    engine = _made("sqlalchemy.create_engine", url, pool_timeout=0.01, **SIZES)
    assert _opened(engine.connect) == _limit("sqlalchemy.create_engine", SIZES) == 5


@pytest.mark.parametrize(
    ("values", "opened"),
    [({"pool_size": 0}, TRIES), ({"pool_size": 2, "max_overflow": -1}, TRIES)],
    ids=["pool_size=0", "max_overflow=-1"],
)
def test_sqlalchemy_without_a_limit(
    tmp_path: Path, values: Mapping[str, Scalar], opened: int
) -> None:
    """What the catalogue calls no limit opens as many as are asked for."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    engine = _made("sqlalchemy.create_engine", url, pool_timeout=0.01, **values)
    assert (
        most_connections(CATALOGUE.by_callable["sqlalchemy.create_engine"], values).kind
        == "no-limit"
    )
    assert _opened(engine.connect) == opened


@pytest.mark.slow
def test_dbutils_on_sqlite() -> None:
    """The largest of three arguments, whichever it is."""
    values: Mapping[str, Scalar] = {"maxconnections": 2, "maxcached": 4}
    pool = _made(
        "dbutils.pooled_db.PooledDB", resolve("sqlite3.dbapi2"), database=":memory:", **values
    )
    assert _opened(lambda: pool.connection(shareable=False)) == 4
    assert _limit("dbutils.pooled_db.PooledDB", values) == 4


@pytest.mark.slow
def test_dbutils_without_a_limit() -> None:
    """Its default of 0."""
    pool = _made("dbutils.pooled_db.PooledDB", resolve("sqlite3.dbapi2"), database=":memory:")
    assert _opened(pool.connection) == TRIES
    assert _limit("dbutils.pooled_db.PooledDB", {}) is None


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Server]:
    """A server of its own."""
    with running_server() as server:
        yield server


def _counted(server: Server, application: str) -> int:
    """What the server itself sees of an application."""
    with server.connect() as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity where application_name = %s", (application,)
        ).fetchone()
    assert row is not None
    return int(str(row[0]))


@pytest.mark.slow
def test_sqlalchemy_on_postgresql(postgresql: Server) -> None:
    """The server counts what the catalogue says."""
    url = postgresql.url().replace("postgresql", "postgresql+psycopg2")
    url += "?application_name=sqlalchemy"
    engine = _made("sqlalchemy.create_engine", url, pool_timeout=0.01, **SIZES)
    held: list[object] = []
    with suppress(Exception):
        while len(held) < TRIES:
            held.append(engine.connect())
    assert _counted(postgresql, "sqlalchemy") == _limit("sqlalchemy.create_engine", SIZES) == 5
    engine.dispose()


@pytest.mark.slow
def test_psycopg2_on_postgresql(postgresql: Server) -> None:
    """maxconn; and none at all where minconn is above it."""
    build = "psycopg2.pool.SimpleConnectionPool"
    values: Mapping[str, Scalar] = {"minconn": 1, "maxconn": 3}
    pool = _made(build, dsn=postgresql.url(), **values)
    assert _opened(pool.getconn) == _limit(build, values) == 3
    pool.closeall()
    wrong: Mapping[str, Scalar] = {"minconn": 5, "maxconn": 2}
    pool = _made(build, dsn=postgresql.url(), **wrong)
    assert _opened(pool.getconn) == TRIES
    assert _limit(build, wrong) is None
    pool.closeall()


@pytest.mark.slow
@pytest.mark.parametrize(
    "values",
    [{"min_size": 1, "max_size": 3}, {"min_size": 3, "max_size": None}],
    ids=["max_size", "fixed size"],
)
def test_psycopg_pool_on_postgresql(postgresql: Server, values: Mapping[str, Scalar]) -> None:
    """max_size, else min_size."""
    build = "psycopg_pool.ConnectionPool"
    with _made(build, postgresql.url(), timeout=3.0, open=True, **values) as pool:
        pool.wait()
        taken = _opened(lambda: pool.getconn(timeout=1.0))
    assert taken == _limit(build, values) == 3


@pytest.mark.slow
def test_peewee_on_postgresql(postgresql: Server) -> None:
    """max_connections counts per thread's connection; here taken one after the other."""
    build = "playhouse.pool.PooledPostgresqlDatabase"
    values: Mapping[str, Scalar] = {"max_connections": 3}
    database = _made(
        build, "postgres", host="127.0.0.1", port=postgresql.port, user="postgres", **values
    )
    assert _opened(database._connect) == _limit(build, values) == 3


@pytest.mark.slow
def test_asyncpg_on_postgresql(postgresql: Server) -> None:
    """max_size."""
    values: Mapping[str, Scalar] = {"min_size": 1, "max_size": 3}

    async def run() -> int:
        pool = await _made("asyncpg.create_pool", postgresql.url(), **values)
        taken = await _opened_async(pool.acquire)
        pool.terminate()
        return taken

    assert asyncio.run(run()) == _limit("asyncpg.create_pool", values) == 3


@pytest.mark.slow
@pytest.mark.parametrize(("maximum", "opened"), [(3, 3), (0, TRIES)], ids=["3", "no limit"])
def test_aiopg_on_postgresql(postgresql: Server, maximum: int, opened: int) -> None:
    """maxsize, where 0 is no limit."""

    async def run() -> int:
        pool = await _made("aiopg.create_pool", postgresql.url(), minsize=1, maxsize=maximum)
        taken = await _opened_async(pool.acquire)
        pool.terminate()
        return taken

    assert asyncio.run(run()) == opened
    assert _limit("aiopg.create_pool", {"maxsize": maximum}) == (maximum or None)


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server of its own."""
    with mariadb_server(tmp_path_factory.mktemp("mariadb")) as port:
        yield port


@pytest.mark.slow
@pytest.mark.parametrize(
    ("build", "maximum", "opened"),
    [
        ("aiomysql.create_pool", 3, 3),
        ("aiomysql.create_pool", 0, TRIES),
        ("asyncmy.create_pool", 3, 3),
    ],
)
def test_async_drivers_on_mariadb(mariadb: int, build: str, maximum: int, opened: int) -> None:
    """maxsize; 0 is no limit in aiomysql."""

    async def run() -> int:
        options = {"host": "127.0.0.1", "port": mariadb, "user": "root", "minsize": 1}
        pool = await _made(build, maxsize=maximum, **options)
        taken = await _opened_async(pool.acquire)
        pool.terminate()
        return taken

    assert asyncio.run(run()) == opened
    assert _limit(build, {"maxsize": maximum}) == (maximum or None)


@pytest.mark.slow
def test_mysql_connector_on_mariadb(mariadb: int) -> None:
    """pool_size, all of them opened at once."""
    build = "mysql.connector.pooling.MySQLConnectionPool"
    values: Mapping[str, Scalar] = {"pool_size": 3}
    pool = _made(build, pool_name="p", host="127.0.0.1", port=mariadb, user="root", **values)
    assert _opened(pool.get_connection) == _limit(build, values) == 3


@pytest.fixture(scope="module")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server of its own."""
    with redis_server(tmp_path_factory.mktemp("redis")) as port:
        yield port


@pytest.mark.slow
@pytest.mark.parametrize("package", ["redis", "valkey"])
@pytest.mark.parametrize("name", ["ConnectionPool", "BlockingConnectionPool"])
def test_redis(redis_port: int, package: str, name: str) -> None:
    """max_connections, whether an exhausted pool raises or waits."""
    build = f"{package}.{name}"
    values: Mapping[str, Scalar] = {"max_connections": 3}
    waiting = {"timeout": 0.1} if name.startswith("Blocking") else {}
    pool = _made(build, host="127.0.0.1", port=redis_port, **values, **waiting)
    taken = _opened(lambda: pool.get_connection("PING"))
    assert taken == _limit(build, values) == 3
    pool.disconnect()


@pytest.mark.slow
def test_redis_asyncio(redis_port: int) -> None:
    """The same for asyncio, by URL; the URL's query wins over the keyword."""
    build = "redis.asyncio.ConnectionPool.from_url"
    url = f"redis://127.0.0.1:{redis_port}/0?max_connections=3"

    async def run() -> int:
        pool = _made(build, url, max_connections=9)
        taken = await _opened_async(lambda: pool.get_connection())
        await pool.disconnect()
        return taken

    assert asyncio.run(run()) == _limit(build, {"max_connections": 3}) == 3
