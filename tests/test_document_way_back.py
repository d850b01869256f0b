"""What the document says about taking the change back without its code."""

from __future__ import annotations

from pathlib import Path

from small_repositories import cap, engine, planned, set_to

from poolenv.document import document
from poolenv.model import Action, Migration, Options, Rule


def way_back(migration: Migration) -> str:
    """The section of the implementation document."""
    name = Options().document
    (text,) = (c.after.decode() for c in document(migration, Options(), "0" * 40) if c.path == name)
    return text.split("\n## How to roll back\n", 1)[1].split("\n## ", 1)[0]


def test_none_is_no_value_of_a_variable(tmp_path: Path) -> None:
    """``int("None")`` would be an error where the variable is read."""
    source = engine("pool_size=size, max_overflow=8").replace(
        "engine = ", "def make(size=None):\n    return ", 1
    )
    text = way_back(planned(tmp_path, {"db.py": source}, *set_to(pool_size=3), *cap(overflow=2)))
    assert "\nDB_MAX_OVERFLOW=8\n" in text
    assert "=None" not in text
    assert "Taken back with the code only: 1 value that was `None`." in text


def test_an_added_argument_gets_the_library_s_default_back(tmp_path: Path) -> None:
    """It was in force before, and the variable can hold it."""
    text = way_back(planned(tmp_path, {"db.py": engine("pool_size=9")}, *cap(max=4)))
    assert "\nDB_MAX_OVERFLOW=10\nDB_POOL_SIZE=9\n" in text
    assert "with the code only" not in text


def test_the_library_s_default_is_said_as_the_new_text_reads_it(tmp_path: Path) -> None:
    """``int("30.0")`` raises, and a flag has no variable."""
    rules = (
        Rule(Action.ENSURE, "acquire_timeout", 12),
        Rule(Action.ENSURE, "health_check", True),
    )
    text = way_back(planned(tmp_path, {"db.py": engine("pool_size=9")}, *rules))
    assert "\nDB_POOL_TIMEOUT=30\n" in text
    assert "Taken back with the code only: 1 added argument." in text
