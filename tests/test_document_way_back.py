"""What the document says about taking the change back without its code."""

from __future__ import annotations

from pathlib import Path

from small_repositories import cap, engine, planned, set_to

from poolenv.document import document
from poolenv.model import Migration, Options


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
    assert "1 more change is taken back with the code only" in text


def test_added_arguments_have_no_old_value(tmp_path: Path) -> None:
    """The library's default was in force, and no variable gives it back."""
    text = way_back(planned(tmp_path, {"db.py": engine("pool_size=9")}, *cap(max=4)))
    assert "\nDB_POOL_SIZE=9\n" in text
    assert "1 more change is taken back with the code only" in text
