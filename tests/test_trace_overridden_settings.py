"""Settings that tests put other values in place of, before they open a pool and after."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest
from in_memory import traced

CONFIG = """
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    pg_min: int = 2
    checkout: float = 30.0
settings = Settings()
def get_settings() -> Settings:
    return settings
"""
APP = """
from contextlib import contextmanager
from psycopg_pool import ConnectionPool
from config import get_settings, settings
class Backend:
    @contextmanager
    def pool(self):
        with ConnectionPool("", min_size=settings.pg_min, timeout=settings.checkout) as pool:
            yield pool
    def check(self):
        return settings.pg_min > 0
"""
HEAD = """
import app, config, pytest
from app import Backend
from types import SimpleNamespace
from unittest.mock import MagicMock, patch
"""


def _found(test: str, **others: str) -> tuple[list[object], list[str]]:
    """The values of sites in a test file, and what is listed there."""
    files = {"config.py": CONFIG, "app.py": APP, "tests/test_app.py": HEAD + dedent(test)}
    found = traced(files | {f"{name}.py": text for name, text in others.items()})
    sites = [site for site in found.sites if site.path.startswith("tests/")]
    listed = [entry.reason for entry in found.unresolved if entry.path.startswith("tests/")]
    return [site.value for site in sites], listed


STAND_INS = {
    "a decorator's mock": """
        @patch("app.settings")
        def test_pool(given):
            given.pg_min = 7
            with Backend().pool():
                pass
    """,
    "the second of two, in a class": """
        class TestPool:
            @patch("app.settings")
            @patch("app.ConnectionPool")
            def test_pool(self, made, given):
                given.pg_min = 7
                with Backend().pool():
                    pass
    """,
    "a context's mock": """
        def test_pool():
            with patch("app.settings") as given:
                given.pg_min = 7
                with Backend().pool():
                    pass
    """,
    "pytest-mock": """
        def test_pool(mocker):
            given = mocker.patch("app.settings")
            given.pg_min = 7
            with Backend().pool():
                pass
    """,
    "an object of the test's own": """
        def test_pool(monkeypatch):
            given = MagicMock()
            given.pg_min = 7
            monkeypatch.setattr(app, "settings", given)
            with Backend().pool():
                pass
    """,
    "keywords": """
        def test_pool(monkeypatch):
            monkeypatch.setattr("app.settings", SimpleNamespace(pg_min=7))
            with Backend().pool():
                pass
    """,
    "keywords of a named object": """
        def test_pool():
            given = MagicMock(pg_min=7)
            with patch.object(app, "settings", given):
                with Backend().pool():
                    pass
    """,
    "what a function returns": """
        def test_pool():
            given = MagicMock(pg_min=7)
            with patch("app.get_settings", return_value=given):
                with Backend().pool():
                    pass
    """,
    "a mock of that function": """
        @patch("config.get_settings")
        def test_pool(given):
            given.return_value.pg_min = 7
            with Backend().pool():
                pass
    """,
    "a changed copy": """
        def test_pool(monkeypatch):
            changed = config.settings.model_copy(update={"pg_min": 7})
            monkeypatch.setattr(app, "settings", changed)
            with Backend().pool():
                pass
    """,
    "a fixture": """
        @pytest.fixture
        def given():
            with patch("app.settings") as mock:
                mock.pg_min = 7
                yield mock
        def test_pool(given):
            with Backend().pool():
                pass
    """,
}
OTHERS = {
    "no pool is opened": """
        @patch("app.settings")
        def test_check(given):
            given.pg_min = 7
            assert Backend().check()
    """,
    "it is expected to fail": """
        @patch("app.settings")
        def test_check(given):
            given.pg_min = 7
            with pytest.raises(ValueError):
                Backend().pool()
    """,
    "something else is replaced": """
        @patch("app.Backend")
        def test_check(given):
            given.pg_min = 7
            with Backend().pool():
                pass
    """,
    "nothing is replaced": """
        def test_check():
            given = MagicMock(pg_min=7)
            with Backend().pool():
                pass
    """,
    "another setting": """
        @patch("app.settings")
        def test_check(given):
            given.pg_max = 7
            with Backend().pool():
                pass
    """,
}


@pytest.mark.parametrize("how", STAND_INS)
def test_an_object_in_the_place_of_the_settings(how: str) -> None:
    assert _found(STAND_INS[how]) == ([7], [])


@pytest.mark.parametrize("how", OTHERS)
def test_an_object_that_no_pool_is_seen_to_come_from(how: str) -> None:
    assert _found(OTHERS[how]) == ([], [])


def test_names_of_a_mapping_in_a_loop() -> None:
    test = """
        @pytest.fixture
        def backend(monkeypatch):
            for name, value in {"pg_min": 7, "checkout": 5, "host": "db"}.items():
                monkeypatch.setattr(config.settings, name, value)
            return Backend()
    """
    assert _found(test) == ([7, 5], [])


def test_set_after_the_pool_is_open() -> None:
    """It is listed, with that as the reason; before, and once more in a loop, it is a site."""
    test = """
        def test_late(monkeypatch):
            with Backend().pool() as pool:
                monkeypatch.setattr(config.settings, "checkout", 5)
                pool.wait()
        def test_early(monkeypatch):
            monkeypatch.setattr(config.settings, "checkout", 6)
            with Backend().pool() as pool:
                pool.wait()
        def test_loop(monkeypatch):
            for _ in range(2):
                with Backend().pool() as pool:
                    monkeypatch.setattr(config.settings, "checkout", 7)
    """
    sites, (reason,) = _found(test)
    assert sites == [6, 7]
    assert "after it has opened the pool" in reason


FRAMEWORK = """
from psycopg_pool import ConnectionPool
from django.conf import settings
def pool():
    return ConnectionPool("", min_size=settings.PG_POOL_MIN)
"""
OVERRIDES = {
    "a context": "with override_settings(PG_POOL_MIN=7):\n    pool()",
    "a test class's own": "with self.settings(PG_POOL_MIN=7):\n    pool()",
    "pytest-django's fixture": "settings.PG_POOL_MIN = 7\npool()",
    "the object itself": "conf.settings.PG_POOL_MIN = 7\npool()",
}


@pytest.mark.parametrize("how", OVERRIDES)
def test_a_frameworks_settings(how: str) -> None:
    head = "from django import conf\nfrom django.test import override_settings\n"
    test = f"{head}from pools import pool\ndef test_pool(self, settings):\n"
    test += indent(OVERRIDES[how], "    ")
    assert _found(test, settings="PG_POOL_MIN = 3\n", pools=FRAMEWORK) == ([7], [])


def test_a_keyword_of_something_else() -> None:
    test = "from pools import pool\ndef test_pool():\n    other(PG_POOL_MIN=7)\n    pool()\n"
    sites, _ = _found(test, settings="PG_POOL_MIN = 3\n", pools=FRAMEWORK)
    assert sites == []


def test_what_an_error_of_validation_refuses() -> None:
    """Whatever checks it: no pool is opened with it."""
    app = """
from psycopg_pool import ConnectionPool
from records import Record
class Store:
    def __init__(self):
        self.least = 2
    def override(self, values):
        self.least = Record(**values) and values["least"]
    def pool(self):
        return ConnectionPool("", min_size=self.least)
"""
    test = """
from app import Store
from pydantic import ValidationError
def test_refused():
    with pytest.raises({error}):
        Store().override({{"least": 7}})
"""
    assert _found(test.format(error="KeyError"), app=app)[0] == [7]
    assert _found(test.format(error="ValidationError"), app=app)[0] == []
