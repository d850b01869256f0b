"""Documents of small repositories: no row says more of a variable or value than the code does."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from poolenv.document import document
from poolenv.document.changes import variable_of
from poolenv.model import Action, Options, Policy, Rule
from poolenv.pipeline import run, scan

CAPPED = Options(policy=Policy(rules=(Rule(Action.CAP, "max_overflow", 5),)))
IMPORT = "from sqlalchemy import create_engine\n\n\n"


def rows(tmp_path: Path, source: str, title: str) -> list[list[str]]:
    """The table below a heading of the implementation document, without backticks."""
    (tmp_path / "db.py").write_text(source, encoding="utf-8")
    made = document(run(tmp_path, CAPPED), CAPPED, "")
    text = made[0].after.decode()
    section = text.partition(f"## {title}\n")[2].partition("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [
        [cell.strip().replace("`", "") for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        for row in table
    ]


def test_a_value_inside_a_wrapper_names_its_variable(tmp_path: Path) -> None:
    source = IMPORT + (
        "def make(url, overflow):\n"
        "    return create_engine(url, pool_size=5, max_overflow=overflow)\n\n\n"
        'main = make("postgresql://h/a", 10)\n'
        'other = make("postgresql://h/b", 20)\n'
    )
    found = rows(tmp_path, source, "Final configuration")
    assert [row for row in found if row[5]] == [
        ["db.py:8", "max_overflow", "10", "5", "connections", "DB_MAX_OVERFLOW"],
        ["db.py:8", "pool_size", "5", "5", "connections", "DB_POOL_SIZE"],
        ["db.py:9", "max_overflow", "20", "5", "connections", "DB_MAX_OVERFLOW"],
        ["db.py:9", "pool_size", "5", "5", "connections", "DB_POOL_SIZE"],
    ]


def test_two_pools_of_one_call_that_are_alike_share_their_rows(tmp_path: Path) -> None:
    source = f"""from sqlalchemy.ext.asyncio import create_async_engine
{IMPORT}def make(size, more):
    first = create_engine(A, pool_size=size, max_overflow=more)
    second = create_async_engine(B, pool_size=size, max_overflow=more)
    return first, second


both = make(7, 3)
"""
    found = rows(tmp_path, source, "Final configuration")
    assert [row[1] for row in found] == ["max_overflow", "pool_size"]
    assert len(rows(tmp_path, source, "Most connections")) == 3


def test_each_of_two_pools_of_one_call_gets_what_is_added_to_it(tmp_path: Path) -> None:
    source = f"""from sqlalchemy.ext.asyncio import create_async_engine
{IMPORT}def make(size):
    first = create_engine(A, pool_size=size)
    second = create_async_engine(B, pool_size=size)
    third = create_engine(C, pool_size=size, max_overflow=3)
    return first, second, third


both = make(7)
"""
    limits = rows(tmp_path, source, "Most connections")
    assert [row[2:] for row in limits] == [["17", "12"], ["10", "10"], ["17", "12"], ["44", "34"]]
    added = [row for row in rows(tmp_path, source, "Files") if row[1:3] == ["max_overflow", "10"]]
    assert [row[0] for row in added] == ["db.py:6", "db.py:7"]


def test_classes_that_one_call_makes_have_a_pool_each(tmp_path: Path) -> None:
    source = f"""{IMPORT}class Reader:
    def __init__(self, size):
        self.engine = create_engine(A, pool_size=size)


class Writer:
    def __init__(self, size):
        self.engine = create_engine(B, pool_size=size, max_overflow=0)


for kind in (Reader, Writer):
    kind(7)
"""
    found = rows(tmp_path, source, "Most connections")
    assert [row[2:] for row in found] == [["17", "12"], ["7", "7"], ["24", "19"]]


def test_what_is_not_known_before_is_not_known_after(tmp_path: Path) -> None:
    source = IMPORT + (
        "def make(url, size):\n"
        "    return create_engine(url, pool_size=size, max_overflow=10)\n\n\n"
        "def start(url, read):\n"
        "    return make(url, read())\n"
    )
    limits = rows(tmp_path, source, "Most connections")
    assert [row[2:] for row in limits] == [["not known", "not known"]]
    found = rows(tmp_path, source, "Final configuration")
    assert [row[1:4] for row in found if row[1] == "pool_size"] == [
        ["pool_size", "not known", "not known"]
    ]


def test_a_constant_behind_a_read_is_set_by_its_variable(tmp_path: Path) -> None:
    source = (
        "import os\n" + IMPORT + "DEFAULT = 10\n"
        'OVERFLOW = int(os.getenv("DB_MAX_OVERFLOW", DEFAULT))\n'
        'engine = create_engine("postgresql://h/a", max_overflow=OVERFLOW)\n'
    )
    assert rows(tmp_path, source, "Environment variables") == [
        ["DB_MAX_OVERFLOW", "5", "max_overflow", "db.py", "existing"]
    ]


def test_a_variable_that_no_code_reads_sets_nothing(tmp_path: Path) -> None:
    source = IMPORT + 'engine = create_engine("postgresql://h/a", max_overflow=10)\n'
    (tmp_path / "db.py").write_text(source, encoding="utf-8")
    found = scan(tmp_path, CAPPED, proofs=False)
    [decision] = found.plan.decisions
    assert variable_of(decision, found.snapshot) == "DB_MAX_OVERFLOW"
    assert decision.edit is not None
    plain = replace(decision, edit=replace(decision.edit, new="5"))
    assert variable_of(plain, found.snapshot) is None


def test_a_cap_says_how_it_was_split(tmp_path: Path) -> None:
    """The overflow is lowered first; the size only where it is above the cap by itself."""
    (tmp_path / "db.py").write_text(
        "from sqlalchemy import create_engine\n"
        'small = create_engine("postgresql://db", pool_size=8, max_overflow=20)\n'
        'large = create_engine("postgresql://db", pool_size=20, max_overflow=0)\n'
    )
    options = Options(base="", policy=Policy(rules=(Rule(Action.CAP, "max", 10),)))
    text = document(run(tmp_path, options), options, "0" * 40)[0].after.decode()
    split = text.partition("### How the cap was split")[2].partition("##")[0].split("\n")
    assert [line for line in split if line] == [
        "- `db.py:2` `max_overflow`, `20` to `2`: size + overflow is capped at 10:"
        " overflow is lowered first, 2 is left",
        "- `db.py:3` `pool_size`, `20` to `10`: size + overflow is capped at 10:"
        " size alone is above",
    ]


def test_every_edited_value_is_accounted_for(tmp_path: Path) -> None:
    """A number, a text that the code makes one, and a settings field, of which only two ran."""
    (tmp_path / "db.py").write_text(
        "from pydantic_settings import BaseSettings\n" + IMPORT + "class Settings(BaseSettings):\n"
        "    over: int = 20\n\n\n"
        "settings = Settings()\n"
        'engine = create_engine("postgresql://h/a", pool_size=4, pool_timeout=int("40"), '
        "max_overflow=settings.over)\n"
    )
    text = document(run(tmp_path, CAPPED), CAPPED, "")[1].after.decode()
    assert (
        "Of the 3 edited values, 1 is read with `int(…)` or `float(…)`; 1 is read as the text or "
        "flag that the code around expects; the other is read as before, only with another default."
    ) in text
    assert "2 edits in `db.py`\n- 1 more edit was not tried: " in text


WRAPPED = IMPORT + (
    "def make(url, size):\n"
    "    return create_engine(url, pool_size=size)\n\n\n"
    'main = make("postgresql://h/a", 3)\n'
    'other = make("postgresql://h/b", 4)\n'
)


def test_an_argument_that_several_pools_share_is_added_once(tmp_path: Path) -> None:
    """One edit, two pools: one row, one argument, one edit that was tried."""
    assert rows(tmp_path, WRAPPED, "Arguments added") == [
        [
            "db.py:5",
            "max_overflow",
            "10",
            "5",
            'max_overflow=int(os.getenv("DB_MAX_OVERFLOW", "5"))',
        ]
    ]
    made = document(run(tmp_path, CAPPED), CAPPED, "")
    implementation, security = (change.after.decode() for change in made)
    assert "- 1 argument was added to a call that did not pass it; 1 with" in implementation
    assert "3 edits in `db.py`\n" in security
    assert "not tried" not in security


def test_an_added_argument_is_no_default_of_the_library(tmp_path: Path) -> None:
    found = rows(tmp_path, WRAPPED, "Final configuration")
    assert [row[1:4] for row in found if row[1] == "max_overflow"] == [
        ["max_overflow", "10 (library's default)", "5"]
    ] * 2


def test_another_value_than_the_librarys_is_no_value_that_stays(tmp_path: Path) -> None:
    (tmp_path / "db.py").write_text(IMPORT + 'engine = create_engine("postgresql://h/a")\n')
    rules = (Rule(Action.ENSURE, "recycle", 300), Rule(Action.ENSURE, "acquire_timeout", 30))
    options = Options(policy=Policy(rules=rules))
    text = document(run(tmp_path, options), options, "")[0].after.decode()
    added = (
        "added to calls that did not pass them; 1 with another value than the library's default."
    )
    assert f"- 2 arguments were {added}" in text
    assert "every value stays what it was" not in text


def test_pools_that_are_in_no_total_are_told_apart(tmp_path: Path) -> None:
    source = IMPORT + (
        'one = create_engine("postgresql://h/a", pool_size=0, max_overflow=20)\n'
        'two = create_engine("postgresql://h/b", pool_size=0, max_overflow=20)\n'
        'other = create_engine("postgresql://h/c", pool_size=int(input()), max_overflow=20)\n'
    )
    (tmp_path / "db.py").write_text(source)
    text = document(run(tmp_path, CAPPED), CAPPED, "")[0].after.decode()
    why = "1 has a limit that is not known and 2 have no limit"
    assert f"3 pools are not in a total: {why}.\n" in text


def test_a_value_that_tests_get_too_is_listed_once(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_db.py").write_text("from db import make\n\nengine = make()\n")
    source = (
        "import os\n\nfrom sqlalchemy import create_engine\n\n\ndef make():\n"
        '    size = int(os.getenv("DB_POOL_SIZE", "5"))\n'
        '    return create_engine("postgresql://h/a", pool_size=size, max_overflow=20)\n\n\n'
        "engine = make()\n"
    )
    (tmp_path / "db.py").write_text(source)
    text = document(run(tmp_path, CAPPED), CAPPED, "")[0].after.decode()
    _, heading, kept = text.partition("## What was not rewritten")
    assert heading
    assert "tests/test_db.py:" not in kept


def test_breaks_of_a_long_line_are_no_edits_of_their_own(tmp_path: Path) -> None:
    """One value, one new argument and the import."""
    source = IMPORT + 'engine = create_engine("postgresql://h/a", pool_size=4)\n'
    found = rows(tmp_path, source, "Files")
    assert found[0][:3] == ["db.py", "code", "3"]
    text = document(run(tmp_path, CAPPED), CAPPED, "")[0].after.decode()
    assert text.count("each argument on a line of its own") == 1
