"""Expected values outside of assertions: doctests, golden files and test data."""

from __future__ import annotations

import pytest
from hand_made_plan import Change, plan_of, snapshot_of, updated

from poolenv.limits_test.placement import MARKER
from poolenv.update_tests import update_tests
from poolenv.update_tests.checking_files import LIMITS_TEST_MARKER

LITERAL = "engine = create_engine(URL, pool_size=5, max_overflow=10)\n"
OVERFLOW = Change("app/db.py", "max_overflow=|10|", 'int(os.getenv("DB_MAX_OVERFLOW", "5"))')


def test_doctest() -> None:
    before = '''"""How the pool is set up: ❌ never more than this.

>>> from app.db import engine
>>> engine.pool._max_overflow
10
>>> engine.pool.size()
10
>>> [engine.pool._max_overflow,
...  1][0]
10
"""
'''
    files = {"app/db.py": LITERAL, "tests/doc_pool.py": before}
    found, _ = updated(files, OVERFLOW)
    assert found["tests/doc_pool.py"] == before.replace("_max_overflow\n10", "_max_overflow\n5")


def test_doctest_of_a_module() -> None:
    files = {
        "app/db.py": LITERAL + '"""\n>>> engine.pool._max_overflow\n10\n"""\n',
        "app/status.py": '""">>> from app.db import engine\n>>> engine.pool._max_overflow\n10"""\n',
    }
    found, remarks = updated(files, OVERFLOW)
    assert found["app/status.py"] == files["app/status.py"].replace("10", "5")
    assert remarks == ["app/db.py:4: a doctest expects 10 here; max_overflow is 5 now, was 10"]


DATA = {
    "yaml": (
        "tests/golden/pool.yaml",
        "# ❌ 10 is the limit\npool:\n    max_overflow:   10   # of 10\n    pages: 10\n",
        "# ❌ 10 is the limit\npool:\n    max_overflow:   5   # of 10\n    pages: 10\n",
    ),
    "json": (
        "tests/snapshots/settings.json",
        '{"max_overflow": 10,\n\t"DB_MAX_OVERFLOW" : "10", "pages": 10}\r\n',
        '{"max_overflow": 5,\n\t"DB_MAX_OVERFLOW" : "5", "pages": 10}\r\n',
    ),
    "toml_with_bom": (
        "tests/expected.toml",
        "\ufeff[pool]\nmax_overflow = 10 # ten\nretries = 10",
        "\ufeff[pool]\nmax_overflow = 5 # ten\nretries = 10",
    ),
    "below_the_key_expected": (
        "tests/data/cases.yml",
        "input:\n  max_overflow: 10\nexpected:\n  pool:\n    max_overflow: 10\n",
        "input:\n  max_overflow: 10\nexpected:\n  pool:\n    max_overflow: 5\n",
    ),
    "not_below_tests": (
        "config/expected.yaml",
        "max_overflow: 10\n",
        "max_overflow: 10\n",
    ),
    "deployment_of_the_tests": (
        "tests/docker-compose.yml",
        "environment:\n  DB_MAX_OVERFLOW: 10\n",
        "environment:\n  DB_MAX_OVERFLOW: 10\n",
    ),
}


@pytest.mark.parametrize("name", DATA)
def test_data_file(name: str) -> None:
    path, before, after = DATA[name]
    found, _ = updated({"app/db.py": LITERAL, path: before}, OVERFLOW)
    assert found[path] == after


def test_data_that_a_test_compares_with() -> None:
    files = {
        "app/db.py": LITERAL,
        "tests/data/settings.json": '{"max_overflow": 10}',
        "tests/data/unknown.json": '{"max_overflow": 10}',
        "tests/test_settings.py": (
            "from app import db\n\n\ndef test_settings():\n"
            '    wanted = json.loads(open("tests/data/settings.json").read())\n'
            "    assert describe(db.engine) == wanted\n"
        ),
    }
    found, remarks = updated(files, OVERFLOW)
    assert found["tests/data/settings.json"] == '{"max_overflow": 5}'
    assert found["tests/data/unknown.json"] == '{"max_overflow": 10}'
    assert remarks == [
        "tests/data/unknown.json:1: max_overflow is 10 here; it may expect the old default (5 now)"
    ]


def test_data_that_a_module_reads_for_its_tests() -> None:
    data = {"tests/data/pool.toml": "[engine]\nmax_overflow = 10 # 10\n\n[page]\nsize = 10\n"}
    reading = (
        'from app import db\n\nCASES = tomllib.loads(open("tests/data/pool.toml").read())\n\n\n'
    )
    compared = "def test_pool():\n    assert describe(db.engine) == CASES['engine']\n"
    used = "def test_pool():\n    assert describe(db.make_engine(CASES)) == 1\n"
    for test, overflow in ((compared, 5), (used, 10)):
        files = {"app/db.py": LITERAL, "tests/test_pool.py": reading + test, **data}
        found, _ = updated(files, OVERFLOW)
        expected = data["tests/data/pool.toml"].replace("overflow = 10", f"overflow = {overflow}")
        assert found["tests/data/pool.toml"] == expected


def test_own_test_of_an_earlier_run_is_left_to_be_made_anew() -> None:
    assert MARKER == LIMITS_TEST_MARKER
    test = f'"""{MARKER}"""\nfrom app import db\nassert db.engine.pool._max_overflow == 10\n'
    files = {"app/db.py": LITERAL, "tests/test_limits.py": test}
    assert updated(files, OVERFLOW)[0] == files


def test_edits_keep_clear_of_the_plan_and_of_unparsable_files() -> None:
    files = {
        "app/db.py": LITERAL,
        "tests/test_own.py": (
            "from app.db import engine\n"
            "assert engine.pool._max_overflow == 10\n"
            "own = create_engine(URL, max_overflow=10)\n"
        ),
        "tests/test_broken.py": "from app.db import engine\nassert engine.max_overflow == 10 10\n",
    }
    own = Change("tests/test_own.py", "max_overflow=|10|", 'int(os.getenv("X", "5"))')
    plan = plan_of(files, OVERFLOW, own)
    edits, remarks = update_tests(snapshot_of(files), plan)
    broken = [remark for remark in remarks if remark.path == "tests/test_broken.py"]
    assert [(remark.line, "can't be parsed" in remark.text) for remark in broken] == [(2, True)]
    assert [(edit.path, edit.old, edit.new, edit.line) for edit in edits] == [
        ("tests/test_own.py", "10", "5", 2)
    ]
    taken = next(edit for edit in plan.edits if edit.path == "tests/test_own.py")
    assert edits[0].end <= taken.start


@pytest.mark.parametrize(
    "deep",
    [
        "text = " + " + ".join(["'x'"] * 3000),
        "x = " + "[" * 90 + "]" * 90,
        "assert " + " + ".join(["max_overflow"] * 900) + " == 10",
        "a = a\n" * 50 + "a, b = b, a\nassert engine.pool[a] == b\n",
        "x = x()\n\n\ndef x(y=x):\n    return x(y)\n\n\nassert x(x) == 10",
    ],
    ids=["sum", "brackets", "claim", "circular_names", "circular_calls"],
)
def test_odd_shapes_neither_crash_nor_hide_the_rest(deep: str) -> None:
    test = f"from app.db import engine\n{deep}\nassert engine.pool._max_overflow == 10\n"
    found, remarks = updated({"app/db.py": LITERAL, "tests/test_db.py": test}, OVERFLOW)
    text = found["tests/test_db.py"]
    said = [each for each in remarks if "by hand" in each]
    is_parsed = not deep.startswith("text")  # That one is too deep for ast itself.
    assert (text.endswith("_max_overflow == 5\n"), said == []) == (is_parsed, is_parsed)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_positions_beside_text_that_is_not_ascii(newline: str) -> None:
    test = (
        "from app.db import engine\n\n\ndef test_größe():\n"
        '    name = "Überlauf ❌"; assert engine.pool._max_overflow == 10, "❌ max_overflow ≠ 10"\n'
    ).replace("\n", newline)
    found, _ = updated({"app/db.py": LITERAL, "tests/test_db.py": test}, OVERFLOW)
    assert found["tests/test_db.py"] == test.replace("10", "5")
