"""Constants of a module of settings that a library's own settings object gives by their names."""

from __future__ import annotations

import pytest
from in_memory import traced, values

from poolenv.model import Holder

POOL = """
from psycopg_pool import ConnectionPool
from plain.runtime import settings as given
def pool(dsn):
    return ConnectionPool(dsn, min_size=given.{name})
"""


def _found(path: str, name: str = "PG_POOL_MIN", read: str = "PG_POOL_MIN") -> list[object]:
    return values(traced({"pool.py": POOL.format(name=read), path: f"{name} = 4\n"}), "min_size")


@pytest.mark.parametrize(
    "path",
    ["default_settings.py", "shop/settings.py", "shop/settings/base.py", "shop/settings_dev.py"],
)
def test_a_module_of_settings(path: str) -> None:
    assert _found(path) == [4]


@pytest.mark.parametrize("path", ["sizes.py", "shop/settings/data/sizes.py", "mysettings.py"])
def test_another_module(path: str) -> None:
    assert _found(path) == []


def test_a_name_that_is_no_constant_or_another_one() -> None:
    assert _found("settings.py", "pool_min", "pool_min") == []
    assert _found("settings.py", "PG_POOL_MAX") == []


def test_how_a_library_fills_its_settings_is_its_own_affair() -> None:
    """So the constant is found and stays; what Django reads is known."""
    files = {"pool.py": POOL.format(name="PG_POOL_MIN"), "settings.py": "PG_POOL_MIN = 4\n"}
    (site,) = traced(files).sites
    assert site.holder is Holder.FIXED
    files["pool.py"] = files["pool.py"].replace("plain.runtime", "django.conf")
    (site,) = traced(files).sites
    assert site.holder is Holder.EXPRESSION


def test_the_settings_of_the_readers_own_project() -> None:
    files = {
        "one/pool.py": POOL.format(name="PG_POOL_MIN"),
        "one/settings.py": "PG_POOL_MIN = 4\n",
        "two/settings.py": "PG_POOL_MIN = 5\n",
    }
    assert values(traced(files), "min_size") == [4]
