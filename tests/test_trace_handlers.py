"""What a failed conversion of a variable leaves is a default of that variable."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look

IMPORT = "import os\nfrom sqlalchemy import create_engine\n"

OF_THE_VARIABLE = {
    "a handler that returns": """
        def size():
            raw = os.environ.get("SIZE", "5")
            try:
                return int(raw)
            except ValueError:
                return 6
        create_engine(url, pool_size=size())
    """,
    "a handler that assigns": """
        try:
            size = int(os.environ.get("SIZE", "5"))
        except (TypeError, ValueError):
            size = 6
        create_engine(url, pool_size=size)
    """,
    "a handler that goes on": """
        def size():
            try:
                return int(os.environ.get("SIZE", "5"))
            except ValueError:
                warn()
            return 6
        create_engine(url, pool_size=size())
    """,
    "what was there before": """
        size = 6
        try:
            size = int(os.environ.get("SIZE", "5"))
        except ValueError:
            warn()
        create_engine(url, pool_size=size)
    """,
}
OF_NONE = {
    "another branch": """
        def size():
            if lite:
                return 6
            try:
                return int(os.environ.get("SIZE", "5"))
            except ValueError:
                raise SystemExit
        create_engine(url, pool_size=size())
    """,
    "an import that fails": """
        try:
            import settings
            size = int(os.environ.get("SIZE", "5"))
        except ImportError:
            size = 6
        create_engine(url, pool_size=size)
    """,
}


def _variables(code: str) -> dict[object, str | None]:
    return {site.value: site.env for site in look(IMPORT + dedent(code)).sites}


@pytest.mark.parametrize("name", OF_THE_VARIABLE)
def test_a_literal_where_the_conversion_fails(name: str) -> None:
    """The 6 needs no variable of its own, and SIZE read once more would fail once more."""
    assert _variables(OF_THE_VARIABLE[name]) == {5: "SIZE", 6: "SIZE"}


@pytest.mark.parametrize("name", OF_NONE)
def test_a_literal_whatever_the_variable_holds(name: str) -> None:
    """The 6 counts for another reason."""
    assert _variables(OF_NONE[name]) == {5: "SIZE", 6: None}
