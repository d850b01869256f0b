"""What a loop over a mapping or list changes in each of its elements."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

LOOPS = {
    "values": """
        DBS = {"a": {"url": "x"}, "b": {"url": "y"}}
        for db in DBS.values():
            db["pool_size"] = 7
        create_engine(**DBS["a"])
    """,
    "items": """
        DBS = {"a": {"url": "x", "options": {}}}
        for name, db in DBS.items():
            db["options"].update(pool_size=7)
        create_engine(DBS["a"]["url"], **DBS["a"]["options"])
    """,
    "a list": """
        DBS = [{"url": "x"}, {"url": "y"}]
        for db in DBS:
            db.setdefault("pool_size", 7)
        for db in DBS:
            create_engine(**db)
    """,
    "keys": """
        DBS = {"a": {"url": "x"}}
        for name in DBS:
            DBS[name]["pool_size"] = 7
        create_engine(**DBS["a"])
    """,
    "keys, copied first": """
        DBS = {"a": {"url": "x"}}
        for name in list(DBS.keys()):
            DBS[name]["pool_size"] = 7
        create_engine(**DBS["a"])
    """,
    "loops in loops": """
        GROUPS = {"g": {"a": {"url": "x"}}}
        for group in GROUPS.values():
            for db in group.values():
                db["pool_size"] = 7
        create_engine(**GROUPS["g"]["a"])
    """,
    "of what a function is handed": """
        def tune(dbs):
            for db in dbs.values():
                db["pool_size"] = 7
        DBS = {"a": {"url": "x"}}
        tune(DBS)
        create_engine(**DBS["a"])
    """,
    "in a function that is called before": """
        DBS = {"a": {"url": "x"}}
        def tune():
            for db in DBS.values():
                db["pool_size"] = 7
        tune()
        create_engine(**DBS["a"])
    """,
    "of an attribute": """
        class Databases:
            def __init__(self):
                self.known = {"a": {"url": "x"}}
                for db in self.known.values():
                    db["pool_size"] = 7
            def open(self):
                return create_engine(**self.known["a"])
    """,
    "objects": """
        class Settings: ...
        ALL = [Settings(), Settings()]
        for settings in ALL:
            settings.size = 7
        create_engine("x", pool_size=ALL[0].size)
    """,
}


@pytest.mark.parametrize("text", LOOPS.values(), ids=LOOPS.keys())
def test_a_loop_changes_each_element(text: str) -> None:
    assert values(look("from sqlalchemy import create_engine\n" + dedent(text))) == [7]


def test_a_loop_over_something_else_changes_nothing() -> None:
    found = look(
        """
        from sqlalchemy import create_engine
        DBS = {"a": {"url": "x"}}
        CACHES = {"c": {}}
        for one in CACHES.values():
            one["pool_size"] = 7
        for one in [{}]:
            one["pool_size"] = 8
        create_engine(**DBS["a"])
        """
    )
    assert not found.sites
    assert [pool.max_connections for pool in found.pools] == [15]


def test_an_entry_that_is_replaced_by_its_own_key_is_not_known() -> None:
    found = look(
        """
        from sqlalchemy import create_engine
        def connect(**options):
            for key, value in options.items():
                options[key] = fetch(value)
            return create_engine(**options)
        connect(pool_size=None)
        """
    )
    assert values(found) == [None]
    assert [entry.reason for entry in found.unresolved] == [
        "it is the result of fetch(), which poolenv does not follow"
    ]


def test_databases_of_django_that_a_loop_changes() -> None:
    found = look(
        """
        DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"},
                     "replica": {"ENGINE": "django.db.backends.postgresql"}}
        for database in DATABASES.values():
            database["CONN_MAX_AGE"] = 60
        """
    )
    assert {site.value for site in found.sites} == {60}
