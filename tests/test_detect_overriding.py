"""Methods by which a subclass of a library's class changes the options of its pool."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look

METHODS = {
    "an entry is set": """
        def apply_pool_defaults(self, app, options):
            options = super().apply_pool_defaults(app, options)
            options["pool_size"] = 5
            return options
    """,
    "nothing is given back": """
        def apply_pool_defaults(self, app, options):
            super().apply_pool_defaults(app, options)
            options.update(pool_size=5)
    """,
    "it is one of two": """
        def apply_driver_hacks(self, app, sa_url, options):
            sa_url, options = super().apply_driver_hacks(app, sa_url, options)
            if not sa_url.drivername.startswith("sqlite"):
                options.setdefault("pool_size", 5)
            return sa_url, options
    """,
    "a new mapping is given back": """
        def apply_pool_defaults(self, app, options):
            return {**super().apply_pool_defaults(app, options), "pool_size": 5}
    """,
    "before the library's own": """
        def _make_engine(self, bind_key, options, app):
            options["pool_size"] = 5
            return super()._make_engine(bind_key, options, app)
    """,
    "whatever it is called with": """
        def apply_pool_defaults(self, *args, **kwargs):
            options = super().apply_pool_defaults(*args, **kwargs)
            options["pool_size"] = 5
            return options
    """,
}
CLASS = """
from flask_sqlalchemy import SQLAlchemy as Base
class SQLAlchemy(Base):
"""


def _class(method: str) -> str:
    return CLASS + dedent(method).replace("\n", "\n    ") + "\ndb = SQLAlchemy()\n"


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
def test_what_the_library_opens_its_pool_with(method: str) -> None:
    found = look(_class(method))
    assert [(site.argument, site.value) for site in found.sites] == [("pool_size", 5)]
    assert found.unresolved == ()


def test_another_method_is_none_of_the_library() -> None:
    found = look(_class(METHODS["nothing is given back"].replace("apply_pool", "apply_my")))
    assert found.sites == ()
