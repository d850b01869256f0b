"""A class of settings that nothing connects with its reader but the names that both use."""

from __future__ import annotations

from in_memory import look, places, values

from poolenv.model import Holder

READER = """
from sqlalchemy import create_engine
class Store:
    def __init__(self, config):
        self.config = config
        chosen = config.store
        def read(key, default=None):
            if isinstance(chosen, dict):
                return chosen.get(key, default)
            return getattr(chosen, key, default)
        url = f"{read('scheme')}://{read('user')}@{read('host')}:{read('port')}"
        self.engine = create_engine(url, pool_recycle=read("pool_recycle", 60))
"""
SETTINGS = """
from pydantic import BaseModel
class StoreConfig(BaseModel):
    host: str = "localhost"
    port: int = 5432
    user: str = "app"
    pool_recycle: int = 3600
class Other(BaseModel):
    name: str = "other"
    pool_recycle: int = 1
"""


def test_a_class_of_the_names_that_are_read() -> None:
    """Its field is listed beside the reader's own default; another class's is not."""
    found = look(READER, settings=SETTINGS)
    assert values(found, "pool_recycle") == [60, 3600]
    listed = {site.value: site.holder for site in found.sites}
    assert listed[3600] is Holder.FIXED
    assert ("settings.py", 7, 3600) in places(found.sites)


def test_a_class_that_shares_too_few_names() -> None:
    """Then nothing says that it is what the reader gets."""
    fewer = SETTINGS.replace('    host: str = "localhost"\n', "")
    found = look(READER, settings=fewer)
    assert values(found, "pool_recycle") == [60]


PROTOCOL = """
from typing import Protocol
from sqlalchemy import create_engine
class PoolSettings(Protocol):
    size: int
    recycle: int | None
class Settings(Protocol):
    pool: PoolSettings
    name: str
def connect(settings: Settings):
    return create_engine(url, pool_size=settings.pool.size, pool_recycle=settings.pool.recycle)
"""
IMPLEMENTED = """
from dataclasses import dataclass
@dataclass
class Pool:
    size: int = 8
    recycle: int = 900
@dataclass
class Window:
    size: int = 640
"""


def test_what_a_protocol_stands_for() -> None:
    """A class that has all its members gives the values; they are listed, never rewritten."""
    found = look(PROTOCOL, settings=IMPLEMENTED)
    assert values(found) == [8]
    assert values(found, "pool_recycle") == [900]
    assert {site.holder for site in found.sites} == {Holder.FIXED}
    assert found.unresolved == ()


def test_a_protocol_that_nothing_implements() -> None:
    """Then the arguments are listed as unresolved."""
    found = look(PROTOCOL, settings=IMPLEMENTED.replace("recycle", "renew"))
    assert values(found) == []
    assert {lost.argument for lost in found.unresolved} == {"pool_size", "pool_recycle"}


REPORT = """
from dataclasses import dataclass
@dataclass
class Report:
    table: str
    batch_size: int
    upsert: bool
    pool_size: int
    def to_dict(self):
        return {
            "table": self.table,
            "batch_size": self.batch_size,
            "upsert": self.upsert,
            "pool_size": self.pool_size,
        }
empty = Report(table="", batch_size=1, upsert=False, pool_size=77)
"""


def test_a_record_that_tells_what_it_is_made_with() -> None:
    """A report of an object's own fields declares nothing for a pool."""
    sink = """
from sqlalchemy import create_engine
def sink(table, batch_size, upsert, pool_size=2):
    return create_engine(url, pool_size=pool_size)
"""
    assert values(look(sink, report=REPORT)) == [2]


def test_a_mapping_of_another_functions_parameters_declares_nothing() -> None:
    """What the second one is given goes to its own engine, by a way that is shown."""
    found = look(
        """
from sqlalchemy import create_engine
class Database:
    def __init__(self, url, pool_size=5, overflow=10, recycle=60):
        options = {}
        options.update(
            {"pool_size": pool_size, "max_overflow": overflow, "pool_recycle": recycle, "url": url}
        )
        self.engine = create_engine(**options)
class Other:
    def __init__(self, url, pool_size=6, overflow=11, recycle=61):
        options = {}
        options.update(
            {"pool_size": pool_size, "max_overflow": overflow, "pool_recycle": recycle, "url": url}
        )
        self.engine = create_engine(**options)
"""
    )
    assert [(s.value, s.line) for s in found.sites if s.argument == "pool_size"] == [
        (5, 9),
        (6, 16),
    ]
    assert not any(site.obstacle for site in found.sites)
