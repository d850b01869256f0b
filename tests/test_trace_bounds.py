"""Bounds that a value is held between, and files that hold values for a default in the code."""

from __future__ import annotations

from textwrap import dedent

from in_memory import look, values

from poolenv.model import Holder, Trace

CLAMP = """
    import os
    from sqlalchemy import create_engine
    def clamp(number, low, high):
        return max(low, min(number, high))
"""


def engine(size: str) -> Trace:
    """The trace of an engine whose size is an expression."""
    return look(dedent(CLAMP) + f"create_engine(url, pool_size={size})\n")


def test_bounds_of_a_literal() -> None:
    """Of three literals one reaches the pool."""
    assert values(engine("clamp(20, 1, 50)")) == [20]
    assert values(engine("clamp(80, 1, 50)")) == [50]


def test_bounds_of_a_variable() -> None:
    """They may count, so they are listed; the variable's default alone can be rewritten."""
    found = engine('clamp(int(os.getenv("SIZE", "20")), 1, 50)')
    assert values(found) == [1, 20, 50]
    free = [site.value for site in found.sites if site.holder is not Holder.FIXED]
    assert free == [20]


PARSER = """
    import configparser
    from sqlalchemy import create_engine
    parser = configparser.ConfigParser()
"""


def test_a_parsers_own_defaults() -> None:
    """Section and key come before the fallback."""
    text = """
        parser.read_dict({"database": {"pool_size": "5"}})
        create_engine(url, pool_size=parser.getint("database", "pool_size", fallback=9))
    """
    found = look(dedent(PARSER) + dedent(text))
    assert values(found) == [5, 9]


def test_a_value_that_a_file_alone_holds() -> None:
    """The section's name is no default, and the person is told of the file."""
    text = 'create_engine(url, pool_size=parser.getint("database", "pool_size"))\n'
    found = look(dedent(PARSER) + text)
    assert found.sites == ()
    assert [entry.reason for entry in found.unresolved] == ["it is read from a configuration file"]


def test_starlettes_get() -> None:
    """``Config.get`` takes what the object itself takes when it is called."""
    found = look(
        """
        from sqlalchemy import create_engine
        from starlette.config import Config
        config = Config(".env")
        create_engine(url, pool_size=config.get("SIZE", cast=int, default=5))
        """
    )
    assert [(site.value, site.env, site.untyped_env) for site in found.sites] == [
        (5, "SIZE", False)
    ]
    assert found.unresolved == ()


def test_many_objects_that_lead_to_a_pool_by_a_long_way() -> None:
    """No caller of a nested configuration is left out."""
    text = """
from dataclasses import dataclass
from sqlalchemy import create_engine
@dataclass
class Pool:
    size: int = 10
    overflow: int = 5
def _pool(data):
    return Pool(size=int(data.get("size", 10)), overflow=int(data.get("overflow", 5)))
def _expand(tree):
    if isinstance(tree, dict):
        return {key: _expand(value) for key, value in tree.items()}
    return tree
def _build(raw):
    return _pool((raw.get("defaults") or {}).get("pool"))
class Database:
    def __init__(self, pool):
        self.pool = pool
    @classmethod
    def from_config(cls, config):
        return cls(_build(_expand(dict(config))))
    def start(self):
        pool = self.pool
        return create_engine(url, pool_size=pool.size, max_overflow=pool.overflow)
"""
    many = range(100, 150)
    for n in many:
        pool = f'{{"size": {n}, "overflow": {n + 100}}}'
        text += f'def run_{n}():\n    Database.from_config({{"defaults": {{"pool": {pool}}}}})\n'
    found = look(text)
    assert set(many) <= set(values(found))
    assert {n + 100 for n in many} <= set(values(found, "max_overflow"))
