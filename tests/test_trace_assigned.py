"""Settings that other code puts into an object: ``settings.pool_size = 5`` in a test, a script."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import traced

from poolenv.model import Holder

CONFIG = """
from pydantic_settings import BaseSettings
class Database(BaseSettings):
    pool_size: int = 5
    pool_recycle: int | None = None
class Config(BaseSettings):
    database: Database = Database()
CONFIG = Config()
"""
APP = """
import config
from sqlalchemy import create_engine
from config import CONFIG
DATABASE_POOL_SIZE = 4
def engine(url):
    database = CONFIG.database
    return create_engine(url, pool_size=database.pool_size, pool_recycle=database.pool_recycle)
def second(url):
    return create_engine(url, pool_size=DATABASE_POOL_SIZE)
"""

REACHING = {
    "an attribute of an attribute": "CONFIG.database.pool_size = 7",
    "by the module": "config.CONFIG.database.pool_size = 7",
    "a variable of a module": "app.DATABASE_POOL_SIZE = 7",
    "monkeypatch": 'monkeypatch.setattr(CONFIG.database, "pool_size", 7)',
    "mock": 'mock.patch.object(CONFIG.database, "pool_size", 7).start()',
    "setattr": 'setattr(CONFIG.database, "pool_size", 7)',
}
OTHERS = {
    "an object of the test's own": "own = Database()\n    own.pool_size = 7",
    "a parameter": "given.pool_size = 7",
    "a parameter that is passed by name alone": "named.pool_size = 7",
    "an object that nobody knows": "elsewhere.settings.pool_size = 7",
    "a mock": "settings_mock.return_value.database.pool_size = 7",
}


def _found(statement: str) -> tuple[list[object], list[object]]:
    test = f"""
import app, config, elsewhere
from unittest import mock
from config import CONFIG, Database
def test_engine(monkeypatch, given, *, named: Database):
    {statement}
    app.engine("postgresql://localhost/shop")
"""
    files = {"config.py": CONFIG, "app.py": APP, "tests/test_app.py": test}
    found = traced({path: dedent(text) for path, text in files.items()})
    sites = [site for site in found.sites if site.path == "tests/test_app.py"]
    assert all(site.holder is Holder.FIXED and site.in_test for site in sites)
    assert all(site.chain[-1].path == "tests/test_app.py" for site in sites)
    listed = [entry for entry in found.unresolved if entry.path == "tests/test_app.py"]
    return [site.value for site in sites], [entry.argument for entry in listed]


@pytest.mark.parametrize("how", REACHING)
def test_put_into_a_field_that_leads_to_a_pool(how: str) -> None:
    """It is a site of its own, which stays as it is."""
    assert _found(REACHING[how]) == ([7], [])


def test_put_into_a_field_that_is_none_by_default() -> None:
    """The default needs not be a number."""
    assert _found("CONFIG.database.pool_recycle = 1800") == ([1800], [])


@pytest.mark.parametrize("how", OTHERS)
def test_put_into_something_else(how: str) -> None:
    """It is listed, as what it is put into may lead to a pool."""
    assert _found(OTHERS[how]) == ([], ["pool_size"])


GIVEN = """
from pydantic_settings import BaseSettings
class Base(BaseSettings):
    pool_size: int | None = 7
class Given(Base):
    url: str = "postgresql://localhost/shop"
"""
TAKEN = {
    "from an instance of the class": (
        "config.CONFIG.database.pool_size = given.pool_size",
        [7],
        [],
    ),
    "from something else": (
        "config.CONFIG.database.pool_size = other.pool_size",
        [],
        ["pool_size"],
    ),
    "of another name": ("config.CONFIG.database.timeout = given.pool_size", [], ["pool_size"]),
    "into an unknown object": ("other.pool_size = given.pool_size", [], ["pool_size"]),
}


@pytest.mark.parametrize("how", TAKEN)
@pytest.mark.parametrize("default", ["Database()", "Field(Database(), alias='DB')"])
def test_put_into_a_field_from_that_of_another_class(how: str, default: str) -> None:
    """What the other class says is a site that stays, where the one it is put into leads on."""
    statement, sites, listed = TAKEN[how]
    start = f"""
import config
from given import Given
def configured(values, other):
    given: Given = values.get("database")
    if given.pool_size is not None:
        {statement}
"""
    config = "from pydantic import Field\n" + CONFIG.replace("= Database()", f"= {default}")
    files = {"config.py": config, "app.py": APP, "given.py": GIVEN, "start.py": start}
    found = traced({path: dedent(text) for path, text in files.items()})
    put = [site for site in found.sites if site.path == "given.py"]
    assert all(site.holder is Holder.FIXED for site in put)
    assert [site.value for site in put] == sites
    assert [entry.argument for entry in found.unresolved if entry.path == "given.py"] == listed


BUILT = """
from plugins import load
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    orders_pool_size: int = 6
def settings() -> Settings:
    return Settings()
class Config(BaseSettings):
    factory: str = "database.orders:opened"
    orders_pool_size: int = 7
    def build(self, url, others, options):
        {statement}
        return load(self.factory)(url, **options)
"""
OPENED = """
from sqlalchemy import create_engine
def opened(url, orders_pool_size=5):
    return create_engine(url, pool_size=orders_pool_size)
"""
UNDER_A_KEY = {
    'options["orders_pool_size"] = self.orders_pool_size': [7],
    'options["orders_pool_size"] = self.orders_pool_size or settings().orders_pool_size': [6, 7],
    'options["orders_pool_size"] = others.orders_pool_size': [],
    'options["size"] = self.orders_pool_size': [],
}


@pytest.mark.parametrize("statement", UNDER_A_KEY)
@pytest.mark.parametrize("name", ["orders_pool_size", "pool_size"])
def test_put_under_the_name_of_a_parameter(statement: str, name: str) -> None:
    """A name of the repository's own shows what the key means; one of the library's does not."""
    built = BUILT.replace("{statement}", statement)
    files = {"config.py": built, "database/orders.py": OPENED}
    renamed = {path: text.replace("orders_pool_size", name) for path, text in files.items()}
    found = traced({path: dedent(text) for path, text in renamed.items()})
    put = [site for site in found.sites if site.path == "config.py"]
    assert all(site.holder is Holder.FIXED for site in put)
    expected = UNDER_A_KEY[statement] if name != "pool_size" else []
    assert [site.value for site in put] == expected
    listed = [entry for entry in found.unresolved if entry.path == "config.py"]
    assert name == "orders_pool_size" or len(listed) == 2
