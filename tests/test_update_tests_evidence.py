"""Which evidence ties an expectation to a changed default, and what is left to the person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hand_made_plan import Change, plan_of, snapshot_of, updated
from test_update_tests import CHANGES, DATABASE, OVERFLOW, after

from poolenv.model import Addition, Edit
from poolenv.syntax.source.positions import splice
from poolenv.update_tests import update_tests


def test_expectation_in_a_fixture_of_conftest() -> None:
    conftest = """
import pytest


@pytest.fixture
def expected_overflow():
    return 10


@pytest.fixture
def pages():
    return 10
"""
    before = """
from app import db


def test_overflow(expected_overflow, pages):
    assert db.engine.pool._max_overflow == expected_overflow
    assert db.pages() == pages
"""
    files = {"app/db.py": DATABASE, "tests/conftest.py": conftest, "tests/test_db.py": before}
    found, _ = updated(files, *CHANGES)
    assert found["tests/test_db.py"] == before
    assert found["tests/conftest.py"] == conftest.replace("return 10", "return 5", 1)


def test_expectation_imported_from_another_test_file() -> None:
    constants = "MAX_OVERFLOW = 10\nPAGES = 10\n"
    before = """
from app import db
from tests.constants import MAX_OVERFLOW, PAGES


def test_overflow():
    assert db.engine.pool._max_overflow == MAX_OVERFLOW
    assert db.pages() == PAGES
"""
    files = {"app/db.py": DATABASE, "tests/constants.py": constants, "tests/test_db.py": before}
    found, _ = updated(files, *CHANGES)
    assert found["tests/constants.py"] == "MAX_OVERFLOW = 5\nPAGES = 10\n"


def test_helper_that_asserts() -> None:
    before = """
from app import db


def check(engine, size, overflow):
    assert engine.pool.size() == size
    assert engine.pool._max_overflow == overflow


def test_engine():
    check(db.engine, 5, overflow=10)
"""
    found, _ = after(before)
    assert found == before.replace("overflow=10", "overflow=5")


def test_default_first_then_the_variable() -> None:
    before = """
from app import db


def test_environment(monkeypatch):
    monkeypatch.delenv("DB_MAX_OVERFLOW", raising=False)
    assert reload(db).engine.pool._max_overflow == 10
    monkeypatch.setenv("DB_MAX_OVERFLOW", "3")
    assert reload(db).engine.pool._max_overflow == 3
"""
    found, remarks = after(before)
    assert found == before.replace("== 10", "== 5")
    assert remarks == []


def test_two_modules_with_different_values_are_told_apart_by_import() -> None:
    files = {
        "app/db.py": "engine = create_engine(URL, max_overflow=10)\n",
        "app/replica.py": "engine = create_engine(URL, max_overflow=10)\n",
        "app/main.py": "from app import db, replica\n",
        "tests/test_both.py": (
            "from app import db\nfrom app.replica import engine as replica_engine\n\n\n"
            "def test_db():\n    assert db.engine.pool._max_overflow == 10\n\n\n"
            "def test_replica():\n    assert replica_engine.pool._max_overflow == 10\n"
        ),
        "tests/test_main.py": (
            "from app import main\n\n\n"
            "def test_main():\n    assert main.create().pool._max_overflow == 10\n"
        ),
    }
    changes = (
        Change("app/db.py", "max_overflow=|10|", 'int(os.getenv("DB_MAX_OVERFLOW", "5"))'),
        Change("app/replica.py", "max_overflow=|10|", 'int(os.getenv("R", "2"))', new=2),
    )
    found, remarks = updated(files, *changes)
    assert "db.engine.pool._max_overflow == 5" in found["tests/test_both.py"]
    assert "replica_engine.pool._max_overflow == 2" in found["tests/test_both.py"]
    assert found["tests/test_main.py"] == files["tests/test_main.py"]
    assert any(
        remark.startswith("tests/test_main.py:5: expects 10: the test does not say which module")
        for remark in remarks
    )


def test_module_whose_value_stays_is_told_apart() -> None:
    files = {
        "app/db.py": "engine = create_engine(URL, max_overflow=10)\n",
        "app/batch.py": "engine = create_engine(URL, max_overflow=10)\n",
        "tests/test_batch.py": (
            "from app.batch import engine\n\n\n"
            "def test_batch():\n    assert engine.pool._max_overflow == 10\n"
        ),
    }
    changes = (
        Change("app/db.py", "max_overflow=|10|", 'int(os.getenv("DB_MAX_OVERFLOW", "5"))'),
        Change("app/batch.py", "max_overflow=|10|", "10", new=10),
    )
    found, _ = updated(files, *changes)
    assert found == files


def test_general_name_of_another_object_is_left_to_the_person() -> None:
    files = {
        "app/db.py": "pool = ConnectionPool(URL, timeout=30)\n",
        "app/http.py": "from app import db\nclient = Client(timeout=30)\n",
        "tests/test_http.py": (
            "from app import http\n\n\ndef test_client():\n    assert http.client.timeout == 30\n"
        ),
        "tests/test_db.py": (
            "from app.db import pool\n\n\ndef test_pool():\n    assert pool.timeout == 30\n"
        ),
    }
    change = Change(
        "app/db.py", "timeout=|30|", 'int(os.getenv("T", "9"))', "timeout", 30, 9, variable="T"
    )
    found, remarks = updated(files, change)
    assert found["tests/test_http.py"] == files["tests/test_http.py"]
    assert found["tests/test_db.py"] == files["tests/test_db.py"].replace("30", "9")
    assert "tests/test_http.py:5: expects 30: it may be of another object than app/db.py" in remarks


@pytest.mark.parametrize("place", ["function", "class", "module_fixture", "usefixtures"])
def test_variable_set_around_the_test(place: str) -> None:
    patch = '@mock.patch.dict(os.environ, {"DB_MAX_OVERFLOW": "10"})\n'
    fixture = (
        "@pytest.fixture({})\ndef limit(monkeypatch):\n    monkeypatch.setenv(NAME, '10')\n\n\n"
    )
    use = '    @pytest.mark.usefixtures("limit")\n' if place == "usefixtures" else ""
    before = (
        "import os\nfrom unittest import mock\nimport pytest\nfrom app import db\n\n"
        "NAME = 'DB_MAX_OVERFLOW'\n\n\n"
        + (fixture.format("autouse=True") if place == "module_fixture" else "")
        + (fixture.format("") if place == "usefixtures" else "")
        + (patch if place == "class" else "")
        + "class TestPool:\n"
        + use
        + (f"    {patch}" if place == "function" else "")
        + "    def test_overflow(self):\n"
        "        assert reload(db).engine.pool._max_overflow == 10\n"
    )
    found, _ = after(before)
    assert found == before


def test_one_literal_for_two_arguments_is_a_remark() -> None:
    before = """
from app import db

LIMIT = 10


def test_limits():
    assert db.engine.pool._max_overflow == LIMIT
    assert db.engine.pool.size() == LIMIT
"""
    size = Change(
        "app/db.py", "URL, pool_size=|5|", "5", argument="pool_size", old=10, new=10, variable=""
    )
    found, remarks = after(before, OVERFLOW, size)
    assert found == before
    assert remarks[0].startswith("tests/test_db.py:4: expects 10")


def test_text_beside_a_changed_expectation() -> None:
    before = '''
from app import db


def test_overflow(no_variables):
    """max_overflow is 10, pool_size is 10 on some machines."""
    # ❌ max_overflow used to be 20, it must be 10 (see ticket 10)
    found = db.engine.pool._max_overflow
    assert found == 10, f"❌ max_overflow is {found}, not 10: ten pages of 10 rows"


def test_max_overflow_10():
    assert db.engine.pool._max_overflow == 10
'''
    found, remarks = after(before)
    assert '"""max_overflow is 5, pool_size is 10 on' in found
    assert "it must be 5 (see ticket" in found
    assert 'assert found == 5, f"❌ max_overflow is {found}, not 5: ten pages' in found
    assert any("test_max_overflow_10 still names the old value 10" in text for text in remarks)


def test_ambient_variable_is_pointed_out_once() -> None:
    before = """
from app import db


def test_size():
    assert db.engine.pool.size() == 5


def test_size_again():
    assert db.engine.pool.size() == 5


def test_overflow(monkeypatch):
    monkeypatch.delenv("DB_MAX_OVERFLOW", raising=False)
    assert db.engine.pool._max_overflow == 10
"""
    found, remarks = after(before)
    assert found == before.replace("== 10", "== 5")
    assert remarks == [
        "tests/test_db.py:6: expects pool_size=5 without clearing DB_POOL_SIZE: "
        "fails on a machine that exports DB_POOL_SIZE"
    ]


def test_positional_expectation_is_listed() -> None:
    before = """
from unittest import mock
from app import db


def test_positions():
    with mock.patch.object(db, "create_engine") as create:
        db.make_engine("x")
    create.assert_called_once_with("x", 5, 10)
"""
    found, remarks = after(before)
    assert found == before
    assert any(
        text.startswith("tests/test_db.py:9: 10 may be") and "max_overflow" in text
        for text in remarks
    )


def test_nothing_changes_without_an_edit() -> None:
    kept = Change("app/db.py", "size=5, max_overflow=|10|, pool_t", "10", new=10)
    before = (
        "from app import db\n\n\ndef test_it():\n    assert db.engine.pool._max_overflow == 10\n"
    )
    assert after(before, kept) == (before, [])


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            "create.assert_called_once_with(URL, max_overflow=10, echo=True)",
            "create.assert_called_once_with(URL, max_overflow=5, echo=True, pool_timeout=30)",
        ),
        (
            "create.assert_called_with(\n        URL,\n        max_overflow=10,\n    )",
            "create.assert_called_with(\n        URL,\n        max_overflow=5,\n"
            "        pool_timeout=30,\n    )",
        ),
        (
            "create.assert_called_with(URL, max_overflow=10, pool_timeout=30)",
            "create.assert_called_with(URL, max_overflow=5, pool_timeout=30)",
        ),
        (
            "create.assert_called_with(URL, max_overflow=10, **more)",
            "create.assert_called_with(URL, max_overflow=5, **more)",
        ),
        (
            "assert create.call_args.kwargs == {'max_overflow': 10}",
            "assert create.call_args.kwargs == {'max_overflow': 5}",
        ),
    ],
    ids=["one_line", "a_line_each", "named_already", "open_ended", "whole_mapping"],
)
def test_exact_call_names_the_added_argument(before: str, expected: str) -> None:
    def whole(body: str) -> str:
        return f"from app import db\n\n\ndef test_call(create):\n    db.make()\n    {body}\n"

    files = {
        "app/db.py": "def make():\n    return create_engine(URL, max_overflow=10)\n",
        "tests/test_db.py": whole(before),
    }
    plan = plan_of(files, Change("app/db.py", "max_overflow=|10|", "int(os.getenv('X', '5'))"))
    pool = plan.decisions[0].site.pool
    edit = Edit("app/db.py", 57, 57, "", ", pool_timeout=int(os.getenv('T', '30'))", "added", 2)
    addition = Addition(pool, "pool_timeout", 30, edit, "the policy asks for it", "T")
    plan = replace(plan, edits=(*plan.edits, edit), additions=(addition,))
    edits, remarks = update_tests(snapshot_of(files), plan)
    assert splice(files["tests/test_db.py"], edits) == whole(expected)
    asked = [remark for remark in remarks if "passes pool_timeout now" in remark.text]
    assert len(asked) == ("kwargs ==" in before)


def test_an_excluded_value_that_is_the_new_default_is_pointed_out() -> None:
    before = """
from app import db


def test_overflow(no_variables):
    assert db.engine.pool._max_overflow != 5
    assert db.engine.pool._max_overflow not in (5, 7)
    assert db.engine.pool._max_overflow != 20
"""
    found, remarks = after(before)
    assert found == before
    assert remarks == [
        "tests/test_db.py:6: expects 5: it must not be that, and max_overflow is 5 now",
        "tests/test_db.py:7: expects 5: it must not be that, and max_overflow is 5 now",
    ]
