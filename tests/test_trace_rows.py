"""Loops over rows of names and keys: each key gets what stands in its own row."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

BEFORE = """
from sqlalchemy import create_engine

class Settings:
    db_size = 5
    db_over = 7

settings = Settings()
"""
ROWS = {
    "the key comes second": """
        options = {}
        for name, key in (("db_size", "pool_size"), ("db_over", "max_overflow")):
            value = getattr(settings, name)
            if value is not None:
                options[key] = value
        create_engine(url, **options)
        """,
    "rows with a name": """
        ROWS = [("pool_size", "db_size"), ("max_overflow", "db_over")]
        options = {}
        for key, name in ROWS:
            options[key] = getattr(settings, name)
        create_engine(url, **options)
        """,
    "the values of a mapping are the keys": """
        NAMES = {"db_size": "pool_size", "db_over": "max_overflow"}
        options = {}
        for name, key in NAMES.items():
            options[key] = getattr(settings, name)
        create_engine(url, **options)
        """,
    "a default in the third column": """
        options = {}
        for name, key, default in (("size", "pool_size", 5), ("over", "max_overflow", 7)):
            options[key] = default
        create_engine(url, **options)
        """,
    "setdefault": """
        options = {}
        for key, default in (("pool_size", 5), ("max_overflow", 7)):
            options.setdefault(key, default)
        create_engine(url, **options)
        """,
    "update with one entry": """
        options = {}
        for name, key in (("db_size", "pool_size"), ("db_over", "max_overflow")):
            options.update({key: getattr(settings, name)})
        create_engine(url, **options)
        """,
    "columns by their number": """
        options = {}
        for row in (("db_size", "pool_size"), ("db_over", "max_overflow")):
            options[row[1]] = getattr(settings, row[0])
        create_engine(url, **options)
        """,
    "rows that are mappings": """
        options = {}
        for row in ({"key": "pool_size", "value": 5}, {"key": "max_overflow", "value": 7}):
            options[row["key"]] = row["value"]
        create_engine(url, **options)
        """,
    "two sequences side by side": """
        options = {}
        for name, key in zip(("db_size", "db_over"), ("pool_size", "max_overflow")):
            options[key] = getattr(settings, name)
        create_engine(url, **options)
        """,
    "a comprehension": """
        ROWS = [("db_size", "pool_size"), ("db_over", "max_overflow")]
        create_engine(url, **{key: getattr(settings, name) for name, key in ROWS})
        """,
}


@pytest.mark.parametrize("situation", ROWS)
def test_a_key_gets_the_value_of_its_row(situation: str) -> None:
    """No value of another row reaches it."""
    found = look(BEFORE + dedent(ROWS[situation]))
    assert values(found) == [5]
    assert values(found, "max_overflow") == [7]


def test_arguments_that_no_file_names_are_asked_for_one_by_one() -> None:
    """A key that is put together is the one argument's alone."""
    text = """
    from sqlalchemy import create_engine

    stored = {"DB_POOL_SIZE": 5, "DB_MAX_OVERFLOW": 7}
    options = {key.removeprefix("DB_").lower(): value for key, value in stored.items()}
    create_engine(url, **options)
    """
    found = look(text)
    assert [(s.argument, s.value) for s in found.sites] == [("max_overflow", 7), ("pool_size", 5)]


def test_a_key_that_is_put_together_gets_what_its_own_key_holds() -> None:
    """Also where no file names the argument as a whole."""
    text = """
    from sqlalchemy import create_engine

    stored = {"db_size": 7, "db_recycle": 300}
    options = {}
    for key in ("size", "recycle"):
        options[f"pool_{key}"] = stored["db_" + key]
    create_engine(url, **options)
    """
    found = look(text)
    assert [(s.argument, s.value) for s in found.sites] == [("pool_recycle", 300), ("pool_size", 7)]


def test_the_variable_is_named_as_the_code_spells_it() -> None:
    text = """
    import os
    from sqlalchemy import create_engine

    options = {}
    for key, default in {"pool_size": 5, "max_overflow": 10}.items():
        options[key] = int(os.getenv(f"DB_{key.upper()}", default))
    create_engine(url, **options)
    """
    found = look(text)
    assert [(s.env, s.value) for s in found.sites] == [("DB_MAX_OVERFLOW", 10), ("DB_POOL_SIZE", 5)]
