"""Pools: one per call that opens one, and the most connections it can hold."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, traced

IMPORT = "from sqlalchemy import create_engine\n"


def pools(body: str) -> list[tuple[int, int | None, str]]:
    """Line (below the import), most connections and kind of limit of each pool."""
    found = look(IMPORT + dedent(body)).pools
    return [(pool.key.line - 1, pool.max_connections, pool.limit) for pool in found]


def test_the_librarys_defaults_count() -> None:
    """SQLAlchemy keeps 5 and adds up to 10."""
    assert pools("create_engine(url)") == [(1, 15, "computed")]


def test_size_and_overflow() -> None:
    """Every argument the code gives replaces its default."""
    assert pools("create_engine(url, pool_size=7, max_overflow=3)") == [(1, 10, "computed")]


def test_the_largest_of_several_possible_values() -> None:
    """Both branches of a conditional are possible."""
    assert pools("create_engine(url, pool_size=20 if large else 2)") == [(1, 30, "computed")]


def test_the_other_branch_of_what_a_call_returns() -> None:
    """A function's result in one branch does not hide the literal in the other."""
    body = """
        def size(most):
            def answer():
                return most
            return answer
        create_engine(url, pool_size=size(7)() if small else 20)
    """
    assert [limit for _, limit, _ in pools(body)] == [30]


def test_one_pool_per_caller_of_a_wrapper() -> None:
    """The caller that leaves the default opens one too."""
    body = """
        def make(url, size=5, **options):
            return create_engine(url, pool_size=size, **options)
        one = make(url)
        two = make(url, 7)
        three = make(url, size=8, max_overflow=1)
    """
    assert pools(body) == [(4, 15, "computed"), (5, 17, "computed"), (6, 9, "computed")]


def test_callers_of_callers() -> None:
    """The outermost call counts."""
    body = """
        def inner(size):
            return create_engine(url, pool_size=size)
        def outer(size):
            return inner(size)
        outer(1)
        outer(2)
        inner(3)
    """
    assert pools(body) == [(6, 11, "computed"), (7, 12, "computed"), (8, 13, "computed")]


def test_a_recursive_wrapper_opens_one_pool() -> None:
    """Its call of itself is no caller of its own."""
    body = """
        def make(url, size, tries):
            if tries:
                return make(url, size, tries - 1)
            return create_engine(url, pool_size=size)
        make(url, 5, 3)
    """
    assert pools(body) == [(6, 15, "computed")]


def test_a_wrapper_that_nobody_calls() -> None:
    """With a default it has a limit, without one it is unknown."""
    body = """
        def make(url, size=5):
            return create_engine(url, pool_size=size)
        def make_sized(url, size):
            return create_engine(url, pool_size=size)
    """
    assert pools(body) == [(3, 15, "computed"), (5, None, "unknown")]


def test_calls_of_a_partial() -> None:
    """What partial holds counts for each of its calls."""
    found = look("""
        from functools import partial
        from sqlalchemy import create_engine
        make = partial(create_engine, pool_size=7)
        one = make(url)
        two = make(url, max_overflow=3)
    """)
    limits = {pool.key.line: pool.max_connections for pool in found.pools}
    assert limits.get(5, 17) == 17
    assert limits[6] == 10


@pytest.mark.parametrize(
    ("arguments", "most", "limit"),
    [
        ("max_overflow=-1", None, "no-limit"),
        ("pool_size=0", None, "no-limit"),
        ("poolclass=NullPool", None, "no-limit"),
        ("poolclass=pool.NullPool", None, "no-limit"),
        ("**{'poolclass': NullPool}", None, "no-limit"),
        ("poolclass=StaticPool", 1, "computed"),
        ("poolclass=QueuePool", 15, "computed"),
        ("pool_size=elsewhere()", None, "unknown"),
    ],
)
def test_limits(arguments: str, most: int | None, limit: str) -> None:
    """No limit, one connection, and what can't be known are three different things."""
    found = look(
        "from sqlalchemy import create_engine, pool\n"
        "from sqlalchemy.pool import NullPool, QueuePool, StaticPool\n"
        f"create_engine(url, {arguments})\n"
    )
    assert [(pool.max_connections, pool.limit) for pool in found.pools] == [(most, limit)]


def test_another_branch_takes_another_class() -> None:
    """NullPool takes no size, so it is of the branch that passes none."""
    found = look("""
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool
        def make(url, small):
            options = {}
            if small:
                options["poolclass"] = NullPool
            else:
                options.update(pool_size=7, max_overflow=3)
            return create_engine(url, **options)
    """)
    (pool,) = found.pools
    assert (pool.max_connections, pool.pool_class, pool.other_class) == (10, None, "NullPool")


def test_no_defaults_of_what_the_class_does_not_take() -> None:
    found = look("""
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool
        create_engine(url, poolclass=NullPool)
    """)
    assert "pool_size" not in found.pools[0].arguments
    assert found.pools[0].arguments["pool_pre_ping"] == (False,)


def test_a_class_opens_what_its_special_methods_open() -> None:
    found = look("""
        import psycopg_pool
        class Queue(psycopg_pool.ConnectionPool):
            def __init__(self, dsn):
                super().__init__(dsn, max_size=4)
        class Store:
            def __aenter__(self):
                return psycopg_pool.ConnectionPool("", max_size=3)
    """)
    assert {pool.name for pool in found.pools} == {"Queue", "Store"}


def test_the_pool_class_is_named() -> None:
    """As the code names it."""
    found = look("""
        from sqlalchemy import create_engine
        from sqlalchemy.pool import StaticPool as Single
        create_engine("sqlite://", poolclass=Single)
    """)
    assert [pool.pool_class for pool in found.pools] == ["StaticPool"]


def test_an_unknown_mapping_leaves_the_pool_open() -> None:
    """``**options()`` may hold anything."""
    found = look("""
        from elsewhere import options
        from sqlalchemy import create_engine
        create_engine(url, **options())
    """)
    assert [pool.open_ended for pool in found.pools] == [True]
    assert [(entry.argument, entry.line) for entry in found.unresolved] == [("**", 4)]


def test_names() -> None:
    """What a pool is assigned to, or the function that returns it."""
    found = look("""
        from sqlalchemy import create_engine
        engine = create_engine(url)
        typed: object = create_engine(url)
        class Database:
            def __init__(self):
                self.engine = create_engine(url)
        def connect():
            return create_engine(url)
    """)
    assert [pool.name for pool in found.pools] == ["engine", "typed", "self.engine", "connect"]


def test_positions_and_starred_positions() -> None:
    """minconn and maxconn of psycopg2 by position, by name, and out of a list."""
    found = look("""
        from psycopg2.pool import SimpleConnectionPool as Pool
        Pool(1, 5, dsn)
        Pool(1, maxconn=6)
        Pool(*[1, 7], dsn)
    """)
    assert [pool.max_connections for pool in found.pools] == [5, 6, 7]


def test_schemes_of_urls_without_the_urls() -> None:
    """The driver is told, the password is not."""
    found = look("""
        from sqlalchemy import create_engine
        URL = "postgresql+psycopg://app:s3cret@db/app"
        create_engine(URL, pool_size=5)
    """)
    assert [pool.urls for pool in found.pools] == [("postgresql+psycopg",)]
    assert "s3cret" not in repr(found)


def test_pools_of_tests() -> None:
    """A pool that test code opens is marked, and one of the code it tests is not."""
    files = {
        "app.py": (
            f"{IMPORT}def make(size=5):\n    return create_engine(url, pool_size=size)\nmake(7)\n"
        ),
        "tests/test_app.py": (
            f"{IMPORT}from app import make\nmake(3)\ncreate_engine(url, pool_size=2)\n"
        ),
        "tests/settings.py": "SIZE = 4\n",
        "service.py": (
            f"{IMPORT}from tests.settings import SIZE\ncreate_engine(url, pool_size=SIZE)\n"
        ),
    }
    found = traced(files)
    assert {(site.path, site.value, site.in_test) for site in found.sites} == {
        ("app.py", 5, False),
        ("app.py", 7, False),
        ("tests/test_app.py", 3, True),
        ("tests/test_app.py", 2, True),
        ("service.py", 4, True),
    }
    assert {(pool.key.path, pool.in_test) for pool in found.pools} == {
        ("app.py", False),
        ("tests/test_app.py", True),
        ("service.py", False),
    }


def test_who_hands_on_an_unknown_mapping_from_afar_opens_no_pool() -> None:
    """The call that opens it counts; the classes whose constructors meet on the way do not."""
    body = """
        class Transport:
            def __init__(self, client):
                self.client = client
            def channel(self):
                return Channel(self.client)
        class Mail(Transport):
            def __init__(self, client):
                super().__init__(client)
        class Channel:
            def __init__(self, client):
                self.client = client
            def open(self):
                return create_engine(url, **self.client.options)
    """
    assert pools(body) == [(14, None, "unknown")]


def test_a_pool_that_only_tests_lead_on_from() -> None:
    """The outermost call outside test code counts, with what the tests don't write themselves."""
    files = {
        "app.py": f"""{IMPORT}
class Settings:
    pool_size: int = 10
    max_overflow: int = 10
def make(settings):
    return create_engine(
        url, pool_size=settings.pool_size, max_overflow=settings.max_overflow
    )
class Router:
    def __init__(self, settings):
        self.settings = settings
    def engine(self):
        return make(self.settings)
""",
        "tests/test_app.py": "from app import Router, Settings\nRouter(Settings())\n",
    }
    found = traced(files).pools
    assert [(p.key.path, p.key.line, p.max_connections) for p in found if not p.in_test] == [
        ("app.py", 14, 20)
    ]


def test_what_only_tests_pass_is_unknown_elsewhere() -> None:
    """An argument that the call names never has the library's default."""
    files = {
        "app.py": f"{IMPORT}def make(size):\n    return create_engine(url, pool_size=size)\n",
        "tests/test_app.py": "from app import make\nmake(3)\n",
    }
    found = traced(files).pools
    assert {(p.key.path, p.max_connections, p.limit) for p in found} == {
        ("app.py", None, "unknown"),
        ("tests/test_app.py", 13, "computed"),
    }


def test_one_call_of_a_name_that_is_imported_from_either_library() -> None:
    """The class that the arguments belong to opens it, and only that."""
    found = look("""
        try:
            from psycopg_pool import ConnectionPool
        except ImportError:
            from psycopg2.pool import ThreadedConnectionPool as ConnectionPool
        if NEW:
            pool = ConnectionPool(conninfo=dsn, min_size=1, max_size=6)
        else:
            pool = ConnectionPool(minconn=1, maxconn=5, dsn=dsn)
    """).pools
    assert [(p.sink.partition(".")[0], p.max_connections) for p in found] == [
        ("psycopg_pool", 6),
        ("psycopg2", 5),
    ]


def test_the_name_of_an_engine_in_a_mapping_of_mappings() -> None:
    """It is written as in the code."""
    found = look(f'{IMPORT}engines[name]["engine"] = create_engine(url)\n').pools
    assert [p.name for p in found] == ["engines[name]['engine']"]
