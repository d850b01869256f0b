"""Constants of a module that a settings object loads and gives by their name."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import traced

SETTINGS = """
from importlib import import_module
from shop import defaults
class Settings:
    def __init__(self, values=None):
        self.values = {}
        self.load(defaults)
    def load(self, module):
        for key in dir(module):
            if key.isupper():
                self.values[key] = getattr(module, key)
    def get_int(self, key, default=0):
        return int(self.values.get(key, default))
"""
OF_A_TEXT = """
from importlib import import_module
class Settings(dict):
    def __init__(self, module="shop.others"):
        module = import_module(module)
        self.update({k: v for k, v in vars(module).items() if k.isupper()})
    def get_int(self, key, default=0):
        return int(self.get(key, default))
SETTINGS = Settings("shop.defaults")
"""
OF_AN_IMPORT = """
from shop import defaults
class Base:
    def get_int(self, key, default=0):
        return int(self.__dict__.get(key, default))
class Settings(Base):
    def __init__(self):
        for key, value in defaults.__dict__.items():
            if key.isupper():
                setattr(self, key, value)
"""
PIPELINE = """
import asyncmy
class Pipeline:
    def __init__(self, crawler):
        self.settings = crawler.settings
    async def open(self):
        return await asyncmy.create_pool(maxsize=self.settings.get_int("MYSQL_CONNS", 10))
"""
DEFAULTS = "MYSQL_CONNS = 30\nMYSQL_OTHERS = 7\n"


def _traced(settings: str, **more: str) -> tuple[list[object], list[tuple[str, str]]]:
    files = {
        "shop/__init__.py": "",
        "shop/defaults.py": DEFAULTS,
        "shop/settings.py": settings,
        "shop/pipeline.py": PIPELINE,
        **{f"shop/{name}.py": text for name, text in more.items()},
    }
    found = traced({path: dedent(text) for path, text in files.items()})
    (pool,) = found.pools
    sites: list[object] = [site.value for site in found.sites]
    assert pool.max_connections == max(v for v in sites if isinstance(v, int))
    return sites, [(entry.path, entry.argument) for entry in found.unresolved]


@pytest.mark.parametrize("settings", [SETTINGS, OF_A_TEXT, OF_AN_IMPORT])
def test_a_loaded_module(settings: str) -> None:
    """The constant is a site beside the default of the look-up, and counts for the pool."""
    assert _traced(settings) == ([10, 30], [])


def test_a_module_that_nothing_loads() -> None:
    """Its constant is listed: the settings object may come from anywhere."""
    listed = [("shop/defaults.py", "MYSQL_CONNS")]
    assert _traced("class Settings: ...") == ([10], listed)
    without_getter = SETTINGS.replace("get_int", "get_number")
    assert _traced(without_getter) == ([10], listed)


def test_another_module_of_the_same_name() -> None:
    """Only the one that is loaded has sites."""
    found = _traced(SETTINGS, example="MYSQL_CONNS = 50\n")
    assert found == ([10, 30], [("shop/example.py", "MYSQL_CONNS")])


def test_a_site_beside_it_on_the_line() -> None:
    """A constant counts for itself, whatever else of its line reaches a pool."""
    others = "import asyncmy\nMYSQL_CONNS = 30; OTHERS = asyncmy.create_pool(maxsize=7)\n"
    files = {"shop/defaults.py": others, "shop/settings.py": SETTINGS, "shop/app.py": PIPELINE}
    found = traced({"shop/__init__.py": "", **files})
    assert sorted(str(site.value) for site in found.sites) == ["10", "30", "7"]


def test_a_look_up_without_a_default() -> None:
    """The constant of that name is listed beside the argument."""
    pipeline = PIPELINE.replace('.get_int("MYSQL_CONNS", 10)', '["MYSQL_CONNS"]')
    files = {"app.py": pipeline, "constants.py": DEFAULTS}
    found = traced({path: dedent(text) for path, text in files.items()})
    assert not found.sites
    assert [(u.path, u.argument) for u in found.unresolved] == [
        ("app.py", "maxsize"),
        ("constants.py", "MYSQL_CONNS"),
    ]
