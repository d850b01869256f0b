"""The most connections of a pool, by library."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.catalogue import Catalogue, Sink, load
from poolenv.catalogue.limits import NO_LIMIT, UNKNOWN, Limit, minimum_after, most_connections
from poolenv.model import Scalar

CATALOGUE: Catalogue = load()


def _sink(name: str) -> Sink:
    found = [sink for sink in CATALOGUE.sinks if sink.id == name]
    return found[0] if found else CATALOGUE.by_callable[name]


def _most(name: str, values: Mapping[str, Scalar]) -> Limit:
    return most_connections(_sink(name), values)


@pytest.mark.parametrize(
    ("sink", "values", "connections"),
    [
        ("sqlalchemy.create_engine", {}, 15),
        ("sqlalchemy.create_engine", {"pool_size": 20}, 30),
        ("sqlalchemy.create_engine", {"pool_size": 5, "max_overflow": 0}, 5),
        ("sqlalchemy.pool.QueuePool", {"pool_size": 2, "max_overflow": 3}, 5),
        ("sqlalchemy.pool.StaticPool", {}, 1),
        ("flask_sqlalchemy.SQLALCHEMY_POOL_SIZE", {"SQLALCHEMY_POOL_SIZE": 20}, 30),
        ("asyncpg.create_pool", {}, 10),
        ("asyncpg.create_pool", {"min_size": 1, "max_size": 4}, 4),
        ("psycopg_pool.ConnectionPool", {}, 4),
        ("psycopg_pool.ConnectionPool", {"min_size": 6}, 6),
        ("psycopg_pool.ConnectionPool", {"min_size": 2, "max_size": 9}, 9),
        ("psycopg_pool.NullConnectionPool", {"max_size": 3}, 3),
        ("psycopg2.pool.SimpleConnectionPool", {"minconn": 1, "maxconn": 20}, 20),
        ("mysql.connector.pooling.MySQLConnectionPool", {}, 5),
        ("oracledb.create_pool", {}, 2),
        ("redis.BlockingConnectionPool", {}, 50),
        ("redis.Redis", {"max_connections": 7}, 7),
        ("pymongo.MongoClient", {}, 100),
        ("pymongo.MongoClient", {"maxpoolsize": 9}, 9),
        ("elasticsearch.Elasticsearch", {}, 10),
        ("elasticsearch.Elasticsearch", {"maxsize": 3}, 3),
        ("tortoise.Tortoise.init", {}, 5),
        ("tortoise.Tortoise.init", {"max_size": 3, "maxsize": 9}, 3),
        ("dbutils.pooled_db.PooledDB", {"maxconnections": 2, "maxcached": 5}, 5),
        ("dbutils.pooled_db.PooledDB", {"maxconnections": 6, "maxcached": 0}, 6),
        ("pymysqlpool.ConnectionPool", {"size": 3, "maxsize": 2}, 3),
        ("twisted.enterprise.adbapi.ConnectionPool", {}, 5),
        ("dj_db_conn_pool.POOL_OPTIONS", {}, 20),
        ("neo4j.GraphDatabase.driver", {"max_connection_pool_size": 0}, 0),
    ],
)
def test_a_pool_has_this_many_connections(
    sink: str, values: Mapping[str, Scalar], connections: int
) -> None:
    """Size + overflow, the maximum, the largest or the first given; else the library's default."""
    assert _most(sink, values) == Limit(connections, "computed")


@pytest.mark.parametrize(
    ("sink", "values"),
    [
        ("sqlalchemy.create_engine", {"pool_size": 0}),
        ("sqlalchemy.create_engine", {"pool_size": 5, "max_overflow": -1}),
        ("sqlalchemy.pool.NullPool", {}),
        ("psycopg_pool.NullConnectionPool", {}),
        ("psycopg_pool.NullConnectionPool", {"max_size": 0}),
        ("psycopg2.pool.ThreadedConnectionPool", {"minconn": 1, "maxconn": -1}),
        ("aiopg.create_pool", {"maxsize": 0}),
        ("aiomysql.create_pool", {"maxsize": 0}),
        ("valkey.ConnectionPool", {}),
        ("pymongo.MongoClient", {"maxPoolSize": 0}),
        ("pymongo.MongoClient", {"maxPoolSize": None}),
        ("neo4j.GraphDatabase.driver", {"max_connection_pool_size": -1}),
        ("playhouse.pool.PooledPostgresqlDatabase", {"max_connections": 0}),
        ("dbutils.pooled_db.PooledDB", {}),
        ("dbutils.pooled_db.PooledDB", {"maxcached": 5}),
    ],
)
def test_a_pool_without_a_limit_is_never_read_as_small(
    sink: str, values: Mapping[str, Scalar]
) -> None:
    """0, -1 and None lift the limit, in the libraries where they do."""
    assert _most(sink, values) == NO_LIMIT


@pytest.mark.parametrize(
    ("sink", "values"),
    [
        ("sqlalchemy.create_engine", {"max_overflow": -2}),
        ("sqlalchemy.create_engine", {"pool_size": "5"}),
        ("sqlalchemy.create_engine", {"pool_size": True}),
        ("sqlalchemy.create_engine", {"pool_size": 2.5}),
        ("sqlalchemy.pool.SingletonThreadPool", {"pool_size": 5}),
        ("asyncpg.create_pool", {"max_size": 5}),
        ("psycopg_pool.ConnectionPool", {"max_size": 2}),
        ("psycopg2.pool.SimpleConnectionPool", {"minconn": 5, "maxconn": 2}),
        ("psycopg2.pool.SimpleConnectionPool", {}),
        ("redis.Redis", {}),
        ("redis.Redis", {"max_connections": 0}),
        ("opensearchpy.OpenSearch", {"pool_maxsize": 5}),
        ("gel.create_client", {}),
        ("mysql.connector.connect", {}),
        ("django.DATABASES", {"CONN_MAX_AGE": 60}),
    ],
)
def test_what_can_not_be_known_is_unknown(sink: str, values: Mapping[str, Scalar]) -> None:
    """Values that raise, that depend on the version, or that limit nothing."""
    assert _most(sink, values) == UNKNOWN


@pytest.mark.parametrize(
    ("pool_class", "limit"),
    [
        ("NullPool", NO_LIMIT),
        ("sqlalchemy.pool.StaticPool", Limit(1, "computed")),
        ("AssertionPool", Limit(1, "computed")),
        ("SingletonThreadPool", UNKNOWN),
        ("QueuePool", Limit(15, "computed")),
        (None, Limit(15, "computed")),
    ],
)
def test_the_pool_class_decides(pool_class: str | None, limit: Limit) -> None:
    """A class without sizes has its own limit, whatever the arguments say."""
    sink = _sink("sqlalchemy.create_engine")
    assert most_connections(sink, {}, pool_class=pool_class) == limit


@pytest.mark.parametrize(
    ("sink", "maximum", "values", "minimum"),
    [
        ("asyncpg.create_pool", 5, {}, 5),
        ("asyncpg.create_pool", 5, {"min_size": 2}, None),
        ("psycopg_pool.ConnectionPool", 2, {"max_size": 10}, 2),
        ("psycopg2.pool.SimpleConnectionPool", 3, {"minconn": 5, "maxconn": 20}, 3),
        ("pymongo.MongoClient", 5, {}, None),
        ("sqlalchemy.create_engine", 5, {}, None),
    ],
)
def test_a_cap_lowers_the_minimum_too(
    sink: str, maximum: int, values: Mapping[str, Scalar], minimum: int | None
) -> None:
    """Where the minimum, or the library's default of it, would be above the new maximum."""
    assert minimum_after(_sink(sink), maximum, values) == minimum


@given(
    st.sampled_from(CATALOGUE.sinks),
    st.data(),
)
def test_any_value_gives_a_number_or_a_reason(sink: Sink, data: st.DataObject) -> None:
    """Whatever stands in the code: a count from 0 exactly where it was computed."""
    scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 40), st.floats(), st.text())
    names = st.sampled_from([argument.name for argument in sink.arguments])
    limit = most_connections(sink, data.draw(st.dictionaries(names, scalars)))
    if limit.kind == "computed":
        assert limit.connections is not None
        assert limit.connections >= 0
    else:
        assert limit.connections is None
        assert limit.kind in ("no-limit", "unknown")
