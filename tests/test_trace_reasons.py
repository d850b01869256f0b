"""What can't be known is listed, with a sentence that tells the person what to look at."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look

IMPORT = "from sqlalchemy import create_engine\n"

REASONS = {
    "a parameter of a function nobody calls": (
        """
        def make(url, size):
            return create_engine(url, pool_size=size)
        """,
        ("parameter size of make()", "look at the callers"),
    ),
    "an attribute that a base class keeps from a parameter": (
        """
        class Backend:
            def __init__(self, size):
                self.size = size
        class Database(Backend):
            def connect(self):
                return create_engine(url, pool_size=self.size)
        """,
        ("parameter size of __init__()", "look at the callers"),
    ),
    "**options of a function nobody calls": (
        """
        def make(url, **options):
            return create_engine(url, **options)
        """,
        ("**options of make()", "no call in the repository"),
    ),
    "a result of a library": (
        """
        import acme
        create_engine(url, pool_size=acme.limits("db"))
        """,
        ("acme.limits()",),
    ),
    "a field that a class declares without a default": (
        """
        from pydantic import BaseModel
        class Config(BaseModel):
            size: int
        def make(data):
            config = Config.model_validate(data)
            return create_engine(url, pool_size=config.size)
        """,
        ("Config declares size without a value", "look at what makes it"),
    ),
    "a field of a model that pydantic makes of data": (
        """
        from pydantic import BaseModel
        class Common(BaseModel):
            options: dict = {}
        class Config(Common):
            url: str
        class Source:
            def __init__(self, config: Config):
                self.config = config
            @classmethod
            def create(cls, data):
                return cls(Config.model_validate(data))
            def connect(self):
                return create_engine(url, pool_size=self.config.get("size"))
        """,
        ("Config.model_validate()", "what is passed there"),
    ),
    "the query of a URL": (
        """
        from urllib.parse import parse_qs
        create_engine(url, pool_size=parse_qs(url)["size"])
        """,
        ("urllib.parse.parse_qs()", "look at the URLs"),
    ),
    "the machine": (
        """
        import os
        create_engine(url, pool_size=os.cpu_count())
        """,
        ("os.cpu_count()", "depends on the machine"),
    ),
    "a section of a configuration file": (
        """
        from alembic import context
        create_engine(url, pool_size=context.config.get_section("main")["pool_size"])
        """,
        ("context.config.get_section()", "look at that section"),
    ),
    "a name of a library": (
        """
        from acme import SIZE
        create_engine(url, pool_size=SIZE)
        """,
        ("acme.SIZE", "outside this repository"),
    ),
    "a mapping of a library": (
        """
        from acme import options
        create_engine(url, **options)
        """,
        ("acme.options", "outside this repository"),
    ),
    "getattr with a variable": (
        """
        import settings
        create_engine(url, pool_size=getattr(settings, name))
        """,
        ("getattr", "name"),
    ),
    "a key that is not known": (
        """
        from acme import sizes
        create_engine(url, pool_size=sizes[stage])
        """,
        ("key", "not known"),
    ),
    "a key that is not there": (
        """
        sizes = {"a": 5}
        create_engine(url, pool_size=sizes["b"])
        """,
        ("'b'", "mapping"),
    ),
    "a name that is not bound": (
        "create_engine(url, pool_size=SIZE)",
        ("SIZE", "not bound"),
    ),
    "an attribute that is not there": (
        """
        class Settings:
            other = 5
        create_engine(url, pool_size=Settings.size)
        """,
        ("Settings", "size"),
    ),
    "an attribute by __getattr__": (
        """
        class Settings:
            def __getattr__(self, name): ...
        create_engine(url, pool_size=Settings().size)
        """,
        ("__getattr__", "size"),
    ),
    "items by __getitem__": (
        """
        class Settings:
            def __getitem__(self, name): ...
        create_engine(url, pool_size=Settings()["size"])
        """,
        ("__getitem__", "Settings"),
    ),
    "a loop": (
        """
        for size in rows():
            create_engine(url, pool_size=size)
        """,
        ("loop",),
    ),
    "a query": (
        """
        import sqlite3
        size = sqlite3.connect("settings").execute("select size").fetchone()[0]
        create_engine(url, pool_size=size)
        """,
        ("sqlite3.connect",),
    ),
    "a file": (
        """
        import json
        create_engine(url, **json.load(open("pool.json")))
        """,
        ("json.load()",),
    ),
    "eval": ('create_engine(url, pool_size=eval("5"))', ("eval()",)),
    "names that lead to one another": (
        """
        import settings
        SIZE = settings.SIZE
        create_engine(url, pool_size=SIZE)
        """,
        ("lead to one another",),
    ),
    "a comparison": (
        "create_engine(url, pool_size=5 == limit)",
        ("comparison",),
    ),
    "a name that a module does not define": (
        """
        from settings import NOWHERE
        create_engine(url, pool_size=NOWHERE)
        """,
        ("NOWHERE", "settings"),
    ),
}


@pytest.mark.parametrize("what", REASONS)
def test_reasons(what: str) -> None:
    """No site, one entry, and the words that name what to look at."""
    body, words = REASONS[what]
    found = look(IMPORT + dedent(body), settings="from app import SIZE\n")
    assert [site for site in found.sites if site.argument == "pool_size"] == []
    (entry,) = found.unresolved
    for word in words:
        assert word in entry.reason
    assert len(entry.reason.split()) >= 4
    assert "\n" not in entry.reason
    lines = (IMPORT + dedent(body)).splitlines()
    assert "create_engine" in lines[entry.line - 1]
    assert entry.chain
    assert (entry.chain[0].path, entry.chain[0].line) == ("app.py", entry.line)


def test_several_reasons_are_one_entry() -> None:
    """The first is told, and how many ways end without a value."""
    found = look(
        f"{IMPORT}from acme import a, b\ncreate_engine(url, pool_size=a() if ready else b())\n"
    )
    (entry,) = found.unresolved
    assert "acme.a()" in entry.reason
    assert "one of 2 ways" in entry.reason


def test_a_known_value_beside_an_unknown_one() -> None:
    """The literal is a site, the other way is listed, and no limit is claimed."""
    found = look(f"{IMPORT}from acme import a\ncreate_engine(url, pool_size=a() if ready else 5)\n")
    assert [site.value for site in found.sites] == [5]
    assert len(found.unresolved) == 1
    assert [pool.limit for pool in found.pools] == ["unknown"]


def test_an_attribute_that_a_caller_passes_beside_a_default() -> None:
    """The default is a site; what the call passes instead is unknown, and says so."""
    found = look(
        IMPORT
        + """
def make(url, size=5):
    return create_engine(url, pool_size=size)
def connect(settings):
    return make(url, settings.size)
"""
    )
    assert [site.value for site in found.sites] == [5]
    (entry,) = found.unresolved
    assert "parameter settings of connect()" in entry.reason


def test_secrets_are_masked_in_chains_and_values() -> None:
    """A password on a line of the chain, in a site's or in an entry's."""
    found = look("""
        from acme import size
        from sqlalchemy import create_engine
        create_engine("postgresql://app:s3cret@db/app", pool_size=5)
        create_engine("postgresql://app:s3cret@db/app", pool_size=size())
        create_engine("postgresql://app:s3cret@db/app?password=s3cret", **size())
    """)
    assert len(found.sites) == 1
    assert len(found.unresolved) == 2
    assert found.sites[0].chain[0].text.startswith("create_engine(")
    assert "s3cret" not in repr((found.sites, found.unresolved, found.pools))


def test_the_query_of_a_url_that_the_package_reads_itself() -> None:
    """A number beside a pool's name is listed; an address of the web and a docstring are not."""
    found = look(
        IMPORT
        + dedent(
            """
            def connect(url):
                '''connect("mysql://db/app?minsize=1")'''
                address, options = parse(url)
                return create_engine(address, pool_size=int(options["maxsize"]))
            connect(f"mysql://{user}@db/app?minsize=1&maxsize=20")
            connect("https://example.org/search?max_size=10")
            """
        )
    )
    listed = [(u.line, u.argument) for u in found.unresolved if "query of a URL" in u.reason]
    assert listed == [(7, "minsize"), (7, "maxsize")]


def test_a_short_name_is_a_pool_s_in_a_class_that_says_how_to_connect() -> None:
    """``max_size`` beside host and user is listed; a cache's is not."""
    found = look(
        IMPORT
        + dedent(
            """
            create_engine("postgresql:///app")
            class Postgres(Base):
                host: str = "localhost"
                user: str | None = None
                max_size: int = Field(default=100, description="of the pool")
            class Cache(Base):
                max_size: int = 500
            """
        )
    )
    assert [(u.line, u.argument) for u in found.unresolved] == [(7, "max_size")]


def test_a_mapping_behind_a_star_import_that_lacks_the_key_is_no_mystery() -> None:
    """``options`` is there, and holds no ``max_overflow``: nothing is left to look at."""
    found = look(
        IMPORT + "from settings import options\ncreate_engine(url, **options)\n",
        settings="from constants import *\n",
        constants='options = {"pool_size": 5}\n',
    )
    assert [site.value for site in found.sites] == [5]
    assert found.unresolved == ()
