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
