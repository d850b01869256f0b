"""Which mappings called DATABASES are Django's: what ENGINE says, as far as the code shows it."""

from __future__ import annotations

import pytest
from in_memory import look, traced, values

DJANGOS = {
    "written out": '"ENGINE": "django.db.backends.postgresql", ',
    "put together": '"ENGINE": "django.db.backends." + kind(), ',
    "formatted": '"ENGINE": f"django.db.backends.{kind()}", ',
    "read from elsewhere": '"ENGINE": kind(), ',
    "left to another file": "",
}


@pytest.mark.parametrize("engine", DJANGOS)
def test_a_setting_that_may_be_djangos(engine: str) -> None:
    """CONN_MAX_AGE is no other library's, so only an ENGINE of another one speaks against it."""
    found = look(
        f"""
        DATABASES = {{
            "default": {{{DJANGOS[engine]}"NAME": "shop", "CONN_MAX_AGE": 17}},
        }}
        """
    )

    assert values(found, "CONN_MAX_AGE") == [17]


def test_a_setting_of_something_else() -> None:
    found = look('DATABASES = {"default": {"ENGINE": "warehouse.files", "CONN_MAX_AGE": 17}}')

    assert found.sites == ()


PARSED = "dj_database_url.parse(url(), conn_max_age=70)"
KEPT = {
    "in the setting": f'DATABASES = {{"default": {PARSED}}}\n',
    "in the setting, by a name": f'_one = {PARSED}\nDATABASES = {{"default": _one}}\n',
    "a setting of its own": f"DATABASE = {PARSED}\n",
    "for whoever imports it": f"database = {PARSED}\n",
    "returned": f"def database():\n    found = {PARSED}\n    return found\n",
    "read by name": f'_one = {PARSED}\nDATABASES = {{"default": globals()["_one"]}}\n',
    "in a name of the module": f"def start():\n    global DATABASE\n    DATABASE = {PARSED}\n",
}
DROPPED = {
    "no name": f"{PARSED}\n",
    "a name that nothing reads": f"_one = {PARSED}\n",
    "in a function": f"def check():\n    found = {PARSED}\n",
}


@pytest.mark.parametrize("how", KEPT)
def test_what_a_call_makes_that_can_be_read(how: str) -> None:
    found = look(f"import dj_database_url\n{KEPT[how]}")

    assert values(found, "conn_max_age") == [70]


@pytest.mark.parametrize("how", DROPPED)
def test_what_a_call_makes_that_nothing_reads(how: str) -> None:
    """The call opens no connection itself."""
    found = look(f"import dj_database_url\n{DROPPED[how]}")

    assert found.sites == ()
    assert found.unresolved == ()


def test_what_a_test_makes_and_another_one_imports() -> None:
    text = f"import dj_database_url\ndatabase = {PARSED}\n"
    alone = traced({"tests/test_stores.py": text})
    star = {"tests/test_stores.py": text, "tests/test_more.py": "from test_stores import *\n"}
    named = star | {"tests/test_more.py": "from test_stores import (\n    database,\n)\n"}

    assert values(alone, "conn_max_age") == []
    assert values(traced(star), "conn_max_age") == [70]
    assert values(traced(named), "conn_max_age") == [70]
