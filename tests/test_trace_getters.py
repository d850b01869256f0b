"""Values that functions answer by name: ``itemgetter`` and alike, a module's ``__getattr__``."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

IMPORT = "from operator import attrgetter, itemgetter\nfrom sqlalchemy import create_engine\n"

GETTERS = {
    "an item": """
        options = {"size": 5, "other": 6}
        create_engine(url, pool_size=itemgetter("size")(options))
    """,
    "one of several items": """
        options = {"size": 5, "other": 6}
        other, size = itemgetter("other", "size")(options)
        create_engine(url, pool_size=size)
    """,
    "a getter with a name": """
        size_of = itemgetter("size")
        create_engine(url, pool_size=size_of({"size": 5, "other": 6}))
    """,
    "an item's item": """
        create_engine(url, **itemgetter("pool")({"pool": {"pool_size": 5}, "pool_size": 6}))
    """,
    "an attribute of an attribute": """
        class Settings:
            class database:
                size = 5
            size = 6
        create_engine(url, pool_size=attrgetter("database.size")(Settings))
    """,
}


@pytest.mark.parametrize("how", GETTERS)
def test_a_getter(how: str) -> None:
    """The key, or the dotted name, leads on."""
    assert values(look(IMPORT + dedent(GETTERS[how]))) == [5]


MODULES = {
    "a look-up": (
        """
        _VALUES = {"SIZE": 5, "OTHER": 6}
        def __getattr__(name):
            try:
                return _VALUES[name]
            except KeyError:
                raise AttributeError(name) from None
        """,
        [5],
    ),
    "another object": (
        """
        class Settings:
            SIZE = 5
            OTHER = 6
        _settings = Settings()
        def __getattr__(name):
            return getattr(_settings, name)
        """,
        [5],
    ),
    "a test": (
        """
        def __getattr__(name):
            if name == "OTHER":
                return 6
            elif name == "SIZE":
                return 5
            raise AttributeError(name)
        """,
        [5],
    ),
    "one answer for every name": (
        """
        def __getattr__(name):
            return 6
        """,
        [],
    ),
    "a name of the module's own": (
        """
        SIZE = 5
        def __getattr__(name):
            return 6
        """,
        [5],
    ),
}


@pytest.mark.parametrize("read", ["import settings", "from settings import SIZE"])
@pytest.mark.parametrize("how", MODULES)
def test_a_modules_own_getattr(how: str, read: str) -> None:
    """What it gives for the name that is read; the names beside it do not count."""
    text, expected = MODULES[how]
    size = "settings.SIZE" if read == "import settings" else "SIZE"
    found = look(f"{IMPORT}{read}\ncreate_engine(url, pool_size={size})\n", settings=text)
    assert values(found) == expected
    assert expected or found.unresolved
