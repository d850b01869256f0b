"""Functions that answer True or False: what they test is the value, not what they return."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, text_at, values

from poolenv.model import Holder

PARSERS = {
    "if": """
        def flag(text):
            if text.lower() in ("1", "true"):
                return True
            return False
    """,
    "elif": """
        def flag(text):
            text = text.strip().lower()
            if text == "true":
                return True
            elif text == "false":
                return False
            raise ValueError(text)
    """,
    "else": """
        def flag(text):
            if not text or text in {"0", "false"}:
                return False
            else:
                return True
    """,
    "and": """
        def flag(text):
            if text != "" and text != "false":
                return True
            return False
    """,
}
PING = "import os\nfrom sqlalchemy import create_engine\n"


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False)])
def test_variable_parsed(parser: str, text: str, value: bool) -> None:
    """The default of the variable is the one value, as the function reads it."""
    call = f'create_engine(url, pool_pre_ping=flag(os.getenv("PING", "{text}")))'
    source = f"{PING}{dedent(PARSERS[parser])}{call}\n"
    found = look(source)
    (site,) = found.sites
    assert (site.value, site.env) == (value, "PING")
    assert site.source is not None
    assert text_at({"app.py": source}, site.source) == f'"{text}"'
    assert not found.unresolved


def test_text_that_becomes_a_flag_stays() -> None:
    """A text that only the function makes a flag can't give way to an expression."""
    (site,) = look(
        f'{PING}{dedent(PARSERS["if"])}create_engine(url, pool_pre_ping=flag("true"))\n'
    ).sites
    assert (site.value, site.holder) == (True, Holder.FIXED)


def test_test_that_can_not_be_followed() -> None:
    """Nothing is taken for the setting; the function is named."""
    body = """
        def is_server(url):
            if url.startswith("sqlite"):
                return False
            return True
        create_engine(url, pool_pre_ping=is_server("sqlite://"))
    """
    found = look(PING + dedent(body))
    assert not found.sites
    (entry,) = found.unresolved
    assert "is_server()" in entry.reason


def test_function_that_chooses_a_setting() -> None:
    """A function that is given nothing says what the setting is."""
    body = """
        def ping():
            if os.getenv("STAGE") == "prod":
                return True
            return False
        create_engine(url, pool_pre_ping=ping())
    """
    assert [site.value for site in look(PING + dedent(body)).sites] == [True, False]


def test_a_truth_value_is_no_number() -> None:
    """What a parser of texts may answer beside numbers is no size."""
    found = look("""
        from sqlalchemy import create_engine
        def parsed(text):
            if text == "true":
                return True
            return int(text)
        create_engine(url, pool_size=parsed("5"), pool_pre_ping=parsed("true"))
        """)
    assert True not in values(found)
    assert True in values(found, "pool_pre_ping")
