"""The catalogue's data and loader: what is in it, how a user adds to it, what is refused."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

import pytest

from poolenv.catalogue import Catalogue, load
from poolenv.catalogue.reference import with_reference
from poolenv.model import PoolenvError, Role

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The packaged catalogue."""
    return load()


def test_one_engine_factory_reads_like_its_signature(catalogue: Catalogue) -> None:
    """SQLAlchemy's arguments with their roles, defaults and variables."""
    sink = catalogue.by_callable["sqlalchemy.create_engine"]
    assert sink is catalogue.by_callable["sqlmodel.create_engine"]
    found = {a.name: (a.role, a.default, f"{sink.prefix}_{a.variable}") for a in sink.arguments[:5]}
    assert found == {
        "pool_size": (Role.SIZE, 5, "DB_POOL_SIZE"),
        "max_overflow": (Role.OVERFLOW, 10, "DB_MAX_OVERFLOW"),
        "pool_timeout": (Role.ACQUIRE_TIMEOUT, 30.0, "DB_POOL_TIMEOUT"),
        "pool_recycle": (Role.RECYCLE, -1, "DB_POOL_RECYCLE"),
        "pool_pre_ping": (Role.HEALTH_CHECK, False, "DB_POOL_PRE_PING"),
    }
    listed = {a.name for a in sink.arguments if not a.rewrite}
    assert listed == {"pool_use_lifo", "pool_reset_on_return"}


@pytest.mark.parametrize(
    ("callable_", "argument", "variable"),
    [
        ("asyncpg.create_pool", "max_size", "DB_POOL_MAX_SIZE"),
        ("psycopg2.pool.SimpleConnectionPool", "minconn", "DB_POOL_MIN_SIZE"),
        ("oracledb.create_pool", "wait_timeout", "DB_POOL_WAIT_TIMEOUT_MS"),
        ("dj_database_url.parse", "conn_max_age", "DB_CONN_MAX_AGE"),
        ("redis.asyncio.Redis.from_url", "max_connections", "REDIS_MAX_CONNECTIONS"),
        ("valkey.from_url", "max_connections", "VALKEY_MAX_CONNECTIONS"),
        ("pymongo.MongoClient", "maxPoolSize", "MONGODB_MAX_POOL_SIZE"),
        (
            "neo4j.GraphDatabase.driver",
            "max_connection_pool_size",
            "NEO4J_MAX_CONNECTION_POOL_SIZE",
        ),
    ],
)
def test_variables_are_named_by_convention(
    catalogue: Catalogue, callable_: str, argument: str, variable: str
) -> None:
    """Each library's variable is the one that public code uses most."""
    sink = catalogue.by_callable[callable_]
    found = next(arg for arg in sink.arguments if arg.name == argument)
    assert f"{sink.prefix}_{found.variable}" == variable


def test_no_variable_is_shared_by_two_kinds_of_servers(catalogue: Catalogue) -> None:
    """SQL drivers share DB_; every other server has a prefix of its own."""
    sql = {"sql", "postgresql", "mysql", "oracle", "sqlite"}
    servers: dict[str, set[str]] = defaultdict(set)
    for sink in catalogue.sinks:
        for argument in sink.arguments:
            name = f"{sink.prefix}_{argument.variable}"
            servers[name].add("sql" if sink.server in sql else sink.server)
    assert {name: kinds for name, kinds in servers.items() if len(kinds) > 1} == {}


def test_one_variable_has_one_meaning(catalogue: Catalogue) -> None:
    """A name means one role and one unit, whatever library it sets."""
    meanings: dict[str, set[tuple[Role, str]]] = defaultdict(set)
    for sink in catalogue.sinks:
        for argument in sink.arguments:
            meaning = (argument.role, argument.unit)
            meanings[f"{sink.prefix}_{argument.variable}"].add(meaning)
    assert {name: found for name, found in meanings.items() if len(found) > 1} == {}


def test_ids_and_callables_are_unique(catalogue: Catalogue) -> None:
    """No callable is claimed by two packaged sinks, so the order of files does not matter."""
    ids = [sink.id for sink in catalogue.sinks]
    names = [name for sink in catalogue.sinks for name in sink.callables]
    assert sorted(set(ids)) == sorted(ids)
    assert sorted(set(names)) == sorted(names)


def test_only_flags_are_health_checks(catalogue: Catalogue) -> None:
    """``health_check=true`` writes True, so a number of seconds must not have that role."""
    types = {a.type for s in catalogue.sinks for a in s.arguments if a.role is Role.HEALTH_CHECK}
    assert types == {"bool"}


def test_sizes_are_whole_numbers(catalogue: Catalogue) -> None:
    """A cap compares whole numbers."""
    counted = (Role.SIZE, Role.OVERFLOW, Role.MAX, Role.MIN)
    odd = [(s.id, a.name) for s in catalogue.sinks for a in s.arguments]
    assert odd
    for sink in catalogue.sinks:
        for argument in sink.arguments:
            if argument.role in counted:
                assert argument.type == "int", (sink.id, argument.name)


def _import_lines(name: str) -> tuple[str, ...]:
    """Source that uses a qualified name, by the two common ways to import it."""
    module, _, last = name.rpartition(".")
    if last[:1].islower() and module.rpartition(".")[2][:1].isupper():
        module, _, cls = module.rpartition(".")
        return (f"from {module} import {cls}\n{cls}.{last}()", f"import {module}\n{name}()")
    return (f"from {module} import {last}\n{last}()", f"import {module}\n{name}()")


def test_every_sink_is_reachable_by_a_token(catalogue: Catalogue) -> None:
    """A file that uses a sink passes the filter on bytes."""
    missed = [
        name
        for sink in catalogue.sinks
        for name in sink.callables
        for source in _import_lines(name)
        if not any(token in source.encode() for token in catalogue.tokens)
    ]
    for sink in catalogue.settings:
        for key in sink.setting[:1] or tuple(arg.name for arg in sink.arguments):
            if not any(token in key.encode() for token in catalogue.tokens):
                missed.append(key)
    assert missed == []
    assert len(catalogue.tokens) < 80


def test_an_ordinary_file_passes_no_token(catalogue: Catalogue) -> None:
    """The filter keeps out files that only speak of pools."""
    source = (
        b"import os\nfrom concurrent.futures import ThreadPoolExecutor\nrecords = []\npool_size=3"
    )
    assert not any(token in source for token in catalogue.tokens)


def test_loading_is_fast() -> None:
    """Every run of the command pays for it: 30 ms of an idle processor, wide margin here."""
    times = []
    for _ in range(5):
        start = time.process_time()
        load()
        times.append(time.process_time() - start)
    assert min(times) < 0.15


LOOK_ALIKES = [
    "keras.layers.MaxPooling2D",
    "tensorflow.keras.layers.AveragePooling1D",
    "keras.backend.pool2d",
    "torch.nn.MaxPool2d",
    "multiprocessing.Pool",
    "multiprocessing.pool.ThreadPool",
    "billiard.Pool",
    "concurrent.futures.ThreadPoolExecutor",
    "requests.adapters.HTTPAdapter",
    "urllib3.PoolManager",
    "urllib3.HTTPConnectionPool",
    "httpx.Limits",
    "httpcore.ConnectionPool",
    "aiohttp.TCPConnector",
    "botocore.config.Config",
    "gevent.pool.Pool",
    "eventlet.GreenPool",
    "queue.Queue",
    "asyncio.Queue",
    "functools.lru_cache",
    "cachetools.TTLCache",
    "collections.deque",
    "kombu.pools.set_limit",
    "kombu.connection.ConnectionPool",
    "paramiko.SSHClient.connect",
    "airflow.models.pool.Pool",
    "telegram.request.HTTPXRequest",
    "anyio.CapacityLimiter",
    "psycopg2.connect",
    "asyncpg.connect",
    "pymysql.connect",
    "sqlite3.connect",
    "sqlalchemy.create_mock_engine",
    "skimage.measure.block_reduce",
]


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_is_not_in_the_catalogue(catalogue: Catalogue, name: str) -> None:
    """A class of another library may share a sink's name, but never its qualified name."""
    assert name not in catalogue.by_callable
    package = name.partition(".")[0]
    shared = {"asyncpg", "psycopg2", "sqlalchemy"}
    packages = {known.partition(".")[0] for known in catalogue.by_callable}
    assert package in shared or package not in packages


@pytest.mark.parametrize(
    "setting", ["broker_pool_limit", "BROKER_POOL_LIMIT", "worker_concurrency"]
)
def test_a_look_alike_setting_is_not_in_the_catalogue(catalogue: Catalogue, setting: str) -> None:
    """Celery's pools of processes and of broker connections are no database pools."""
    names = {arg.name for sink in catalogue.settings for arg in sink.arguments}
    assert setting not in names | {sink.setting[0] for sink in catalogue.settings if sink.setting}


def test_the_document_lists_what_the_data_says(catalogue: Catalogue) -> None:
    """docs/catalogue.md; remake it with ``python -m poolenv.catalogue.reference``."""
    text = (ROOT / "docs/catalogue.md").read_text(encoding="utf-8")
    assert with_reference(text, catalogue) == text


def test_a_document_without_markers_is_refused(catalogue: Catalogue) -> None:
    """Nothing is written over by mistake."""
    with pytest.raises(PoolenvError, match="put both lines in"):
        with_reference("# Something else\n", catalogue)
