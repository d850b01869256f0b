"""Assertions on a changed default are updated, and nothing else."""

from __future__ import annotations

import textwrap

import pytest
from hand_made_plan import Change, updated

DATABASE = """
from sqlalchemy import create_engine

URL = "postgresql://db.example/shop"
engine = create_engine(URL, pool_size=5, max_overflow=10, pool_timeout=30, pool_recycle=1800)


def make_engine(url):
    return create_engine(url, pool_size=5, max_overflow=int(os.getenv("X", "10")))
"""
OVERFLOW = Change(
    "app/db.py", "size=5, max_overflow=|10|, pool_t", 'int(os.getenv("DB_MAX_OVERFLOW", "5"))'
)
SIZE = Change(
    "app/db.py",
    "URL, pool_size=|5|",
    'int(os.getenv("DB_POOL_SIZE", "5"))',
    argument="pool_size",
    old=5,
    new=5,
    variable="DB_POOL_SIZE",
)
TIMEOUT = Change(
    "app/db.py",
    "pool_timeout=|30|",
    'int(os.getenv("DB_POOL_TIMEOUT", "20"))',
    argument="pool_timeout",
    old=30,
    new=20,
    variable="DB_POOL_TIMEOUT",
)
RECYCLE = Change(
    "app/db.py",
    "pool_recycle=|1800|",
    'int(os.getenv("DB_POOL_RECYCLE", "300"))',
    argument="pool_recycle",
    old=1800,
    new=300,
    variable="DB_POOL_RECYCLE",
)
CHANGES = (OVERFLOW, SIZE, TIMEOUT, RECYCLE)


def after(test: str, *changes: Change, **more: str) -> tuple[str, list[str]]:
    """The test file after the update, and the remarks."""
    files = {"app/db.py": DATABASE, "app/__init__.py": "", "tests/test_db.py": test}
    files |= {name.replace("__", "/") + ".py": text for name, text in more.items()}
    result, remarks = updated(files, *(changes or CHANGES))
    assert {p for p in files if result[p] != files[p]} <= {"tests/test_db.py", *more_paths(more)}
    return result["tests/test_db.py"], remarks


def more_paths(more: dict[str, str]) -> set[str]:
    """Paths of the additional files, which are test files here."""
    return {name.replace("__", "/") + ".py" for name in more}


def case(before: str, expected: str, name: str) -> object:
    """A body of one test function before and after, with its name."""
    return pytest.param(textwrap.dedent(before).strip(), textwrap.dedent(expected).strip(), id=name)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        case(
            "assert db.engine.pool._max_overflow == 10",
            "assert db.engine.pool._max_overflow == 5",
            "attribute_of_the_pool",
        ),
        case(
            "assert 10 == db.engine.pool._max_overflow",
            "assert 5 == db.engine.pool._max_overflow",
            "literal_first",
        ),
        case(
            "pool = db.engine.pool\nassert pool._timeout == 30\nassert pool._recycle == 1800",
            "pool = db.engine.pool\nassert pool._timeout == 20\nassert pool._recycle == 300",
            "names_of_queue_pool",
        ),
        case(
            "assert db.engine.pool.timeout() == 30.0",
            "assert db.engine.pool.timeout() == 20.0",
            "method_with_a_float",
        ),
        case(
            "assert db.engine.pool.size() + db.engine.pool._max_overflow == 15",
            "assert db.engine.pool.size() + db.engine.pool._max_overflow == 10",
            "total",
        ),
        case(
            """
            size, overflow = db.engine.pool.size(), db.engine.pool._max_overflow
            total = size + overflow
            assert total == 15, f"expected 15 connections, got {total}"
            """,
            """
            size, overflow = db.engine.pool.size(), db.engine.pool._max_overflow
            total = size + overflow
            assert total == 10, f"expected 10 connections, got {total}"
            """,
            "total_through_names",
        ),
        case(
            "assert (db.engine.pool.size(), db.engine.pool._max_overflow) == (5, 10)",
            "assert (db.engine.pool.size(), db.engine.pool._max_overflow) == (5, 5)",
            "tuples",
        ),
        case(
            "overflow = db.engine.pool._max_overflow\nassert overflow == 10, 'max_overflow is 10'",
            "overflow = db.engine.pool._max_overflow\nassert overflow == 5, 'max_overflow is 5'",
            "message",
        ),
        case(
            "assert db.engine.pool._max_overflow >= 10",
            "assert db.engine.pool._max_overflow >= 5",
            "lower_bound",
        ),
        case(
            "assert str(db.engine.pool._max_overflow) == '10'",
            "assert str(db.engine.pool._max_overflow) == '5'",
            "text_of_the_number",
        ),
        case(
            """
            with mock.patch.object(db, "create_engine") as create:
                db.make_engine("sqlite://")
            create.assert_called_once_with("sqlite://", pool_size=5, max_overflow=10)
            """,
            """
            with mock.patch.object(db, "create_engine") as create:
                db.make_engine("sqlite://")
            create.assert_called_once_with("sqlite://", pool_size=5, max_overflow=5)
            """,
            "assert_called_once_with",
        ),
        case(
            """
            create = reload(db)
            assert create.call_args == mock.call(mock.ANY, max_overflow=10, pool_size=5)
            assert create.call_args.kwargs["max_overflow"] == 10
            _, kwargs = create.call_args
            assert kwargs["max_overflow"] == 10
            assert kwargs.get("max_overflow") == 10
            create.assert_has_calls([mock.call("x", max_overflow=10)])
            """,
            """
            create = reload(db)
            assert create.call_args == mock.call(mock.ANY, max_overflow=5, pool_size=5)
            assert create.call_args.kwargs["max_overflow"] == 5
            _, kwargs = create.call_args
            assert kwargs["max_overflow"] == 5
            assert kwargs.get("max_overflow") == 5
            create.assert_has_calls([mock.call("x", max_overflow=5)])
            """,
            "mock_calls",
        ),
        case(
            """
            expected = {"pool_size": 5, "max_overflow": 10, "page": 10}
            assert options_of(db.engine) == expected
            assert options_of(db.engine) == dict(pool_size=5, max_overflow=10)
            assert config_of(db) == {"pool": {"max_overflow": "10"}, "retries": 10}
            """,
            """
            expected = {"pool_size": 5, "max_overflow": 5, "page": 10}
            assert options_of(db.engine) == expected
            assert options_of(db.engine) == dict(pool_size=5, max_overflow=5)
            assert config_of(db) == {"pool": {"max_overflow": "5"}, "retries": 10}
            """,
            "expected_dicts",
        ),
        case(
            """
            for name, expected in [("pool_size", 5), ("max_overflow", 10), ("retries", 10)]:
                assert options_of(db.engine)[name] == expected
            """,
            """
            for name, expected in [("pool_size", 5), ("max_overflow", 5), ("retries", 10)]:
                assert options_of(db.engine)[name] == expected
            """,
            "table_in_a_loop",
        ),
        case(
            """
            for name, expected in {"pool_size": 5, "max_overflow": 10}.items():
                assert getattr(db.settings, name) == expected
            """,
            """
            for name, expected in {"pool_size": 5, "max_overflow": 5}.items():
                assert getattr(db.settings, name) == expected
            """,
            "dict_in_a_loop",
        ),
        case(
            """
            cases = [{"name": "max_overflow", "value": 10}, {"name": "retries", "value": 10}]
            for row in cases:
                assert getattr(db, row["name"]) == row["value"]
            """,
            """
            cases = [{"name": "max_overflow", "value": 5}, {"name": "retries", "value": 10}]
            for row in cases:
                assert getattr(db, row["name"]) == row["value"]
            """,
            "rows_that_are_dicts",
        ),
        case(
            "assert 'max_overflow=10' in describe(db.engine)",
            "assert 'max_overflow=5' in describe(db.engine)",
            "text_of_a_log_line",
        ),
    ],
)
def test_updated(before: str, expected: str) -> None:
    def whole(body: str) -> str:
        head = "from unittest import mock\nfrom app import db\n\n\ndef test_pool(no_variables):\n"
        return head + textwrap.indent(body, "    ") + "\n"

    found, _ = after(whole(before))
    assert found == whole(expected)


UNTOUCHED = {
    "another_argument": "assert db.engine.pool.size() == 10",
    "another_number": "assert db.engine.pool._max_overflow == 7",
    "another_setting": "assert db.PAGE_SIZE == 10",
    "own_engine": """
        engine = create_engine("sqlite://", max_overflow=10)
        assert engine.pool._max_overflow == 10
    """,
    "own_engine_with_options": """
        options = {"max_overflow": 10}
        engine = create_engine("sqlite://", **options)
        assert engine.pool._max_overflow == 10
    """,
    "own_engine_with_library_defaults": """
        engine = create_engine("sqlite://")
        assert engine.pool._max_overflow == 10
    """,
    "argument_of_the_factory": """
        engine = db.make_engine("sqlite://", max_overflow=10)
        assert engine.pool._max_overflow == 10
    """,
    "variable_set": """
        monkeypatch.setenv("DB_MAX_OVERFLOW", "10")
        assert reload(db).engine.pool._max_overflow == 10
    """,
    "environ_set": """
        os.environ["DB_MAX_OVERFLOW"] = "10"
        assert reload(db).engine.pool._max_overflow == 10
    """,
    "patched_environ": """
        with mock.patch.dict(os.environ, {"DB_MAX_OVERFLOW": "10"}):
            assert reload(db).engine.pool._max_overflow == 10
    """,
    "patched_setting": """
        monkeypatch.setattr(db, "max_overflow", 10)
        assert db.max_overflow == 10
    """,
    "subprocess_environment": """
        out = subprocess.run(["python"], env={"DB_MAX_OVERFLOW": "10"})
        assert parse(out)["max_overflow"] == 10
    """,
    "not_an_expectation": "db.make_engine('x', max_overflow=10)\nassert [1] * 10 == rows()",
    "text_gone_already": "assert 'max_overflow=10' not in open('app/db.py').read()",
    "upper_bound_still_true": "assert db.engine.pool._max_overflow <= 10",
}


@pytest.mark.parametrize("name", UNTOUCHED)
def test_untouched(name: str) -> None:
    body = textwrap.indent(textwrap.dedent(UNTOUCHED[name]).strip(), "    ")
    test = (
        "import os, subprocess\nfrom unittest import mock\n"
        "from sqlalchemy import create_engine\nfrom app import db\n\n\n"
        f"def test_pool(monkeypatch):\n{body}\n"
    )
    found, _ = after(test)
    assert found == test


def test_parametrized_tables() -> None:
    before = """
import pytest
from app import db


@pytest.mark.parametrize(
    "name, value",
    [("pool_size", 5), pytest.param("max_overflow", 10, id="overflow"), ("retries", 10)],
)
def test_setting(name, value):
    assert getattr(db, name) == value


@pytest.mark.parametrize("overflow", [10])
def test_own(overflow):
    assert db.make_engine("sqlite://", max_overflow=overflow).pool._max_overflow == overflow
"""
    found, _ = after(before)
    assert found == before.replace('param("max_overflow", 10', 'param("max_overflow", 5')


def test_unittest_style() -> None:
    before = """
import unittest
from app import db

EXPECTED_OVERFLOW = 10


class PoolTest(unittest.TestCase):
    retries = 10

    def setUp(self):
        self.pool = db.engine.pool

    def test_numbers(self):
        self.assertEqual(self.pool.size(), 5)
        self.assertEqual(self.pool._max_overflow, 10, "max_overflow should be 10")
        self.assertEqual(10, self.pool._max_overflow)
        self.assertEqual(EXPECTED_OVERFLOW, self.pool._max_overflow)
        self.assertEqual(self.retries, 10)
        self.assertDictEqual(db.options(), {"pool_size": 5, "max_overflow": 10})
        self.assertGreaterEqual(self.pool._timeout, 30)
"""
    found, _ = after(before)
    expected = (
        before.replace("OVERFLOW = 10", "OVERFLOW = 5")
        .replace("_max_overflow, 10", "_max_overflow, 5")
        .replace("should be 10", "should be 5")
        .replace("assertEqual(10", "assertEqual(5")
        .replace('"max_overflow": 10', '"max_overflow": 5')
        .replace("_timeout, 30", "_timeout, 20")
    )
    assert found == expected
