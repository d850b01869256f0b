"""Keys made of other keys, and two names for one mapping."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

IMPORT = "from sqlalchemy import create_engine\n"

KEYS = {
    "a prefix is taken off": (
        """
        stored = {"DB_POOL_SIZE": 5, "DB_MAX_OVERFLOW": 8, "OTHER": 1}
        options = {k.removeprefix("DB_").lower(): v for k, v in stored.items() if k[:3] == "DB_"}
        create_engine(url, **options)
        """,
        [5],
    ),
    "a prefix is cut off by its length": (
        """
        stored = {"db_pool_size": "5"}
        options = {k[len("db_"):]: int(v) for k, v in stored.items() if k.startswith("db_")}
        create_engine(url, **options)
        """,
        [5],
    ),
    "a prefix is put before": (
        """
        stored = {"size": 5, "timeout": 3}
        options = {}
        for key, value in stored.items():
            options[f"pool_{key}"] = int(value)
        create_engine(url, **options)
        """,
        [5],
    ),
    "a part is replaced": (
        """
        stored = {"db_pool_size": 5}
        options = {}
        for key, value in stored.items():
            options[key.replace("db_", "")] = value
        create_engine(url, **options)
        """,
        [5],
    ),
    "only known keys": (
        """
        KNOWN = ("pool_size", "pool_recycle")
        stored = {"pool_size": 5}
        create_engine(url, **{k: v for k, v in stored.items() if k in KNOWN})
        """,
        [5],
    ),
    "not among the known keys": (
        """
        KNOWN = frozenset({"pool_recycle"})
        stored = {"pool_size": 5}
        create_engine(url, **{k: v for k, v in stored.items() if k in KNOWN})
        """,
        [],
    ),
    "values that are None are left out": (
        """
        stored = {"pool_size": None}
        create_engine(url, **{k: v for k, v in stored.items() if v is not None})
        """,
        [],
    ),
    "a value that is converted": (
        """
        stored = {"pool_size": "5", "max_overflow": "9"}
        create_engine(url, **{k: int(v) for k, v in stored.items()})
        """,
        [5],
    ),
    "values of a class that wraps them": (
        """
        class Default:
            def __init__(self, value=None):
                self.value = value
            @classmethod
            def resolve(cls, given):
                return given.value
        stored = {"pool_size": Default(5), "max_overflow": Default(8)}
        create_engine(url, **{key: Default.resolve(value) for key, value in stored.items()})
        """,
        [5],
    ),
}


@pytest.mark.parametrize("situation", KEYS)
def test_a_key_is_made_of_another(situation: str) -> None:
    """The entry of the mapping it came from is the value, and no other entry."""
    text, expected = KEYS[situation]
    found = look(IMPORT + dedent(text))
    assert values(found) == expected
    assert found.unresolved == ()


NAMES = {
    "changed by the second name": (
        """
        options = {"pool_size": 9}
        second = options
        second["pool_size"] = 5
        create_engine(url, **options)
        """,
        [5],
    ),
    "changed by the first name": (
        """
        options = {"pool_size": 9}
        second = options
        options["pool_size"] = 5
        create_engine(url, **second)
        """,
        [5],
    ),
    "a second name for something else by then": (
        """
        options = {"pool_size": 5}
        second = options
        second = dict(second)
        second["pool_size"] = 9
        create_engine(url, **options)
        """,
        [5],
    ),
    "in a function": (
        """
        options = {"pool_size": 4}
        def configure():
            mine = options
            mine["pool_size"] = 5
        def connect():
            return create_engine(url, **options)
        """,
        [4, 5],
    ),
    "whichever mapping has the key": (
        """
        class Facade:
            def __init__(self):
                self.urls = {"connection": ""}
                self.engine = {"pool_size": 4, "max_overflow": 1}
            def configure(self, **settings):
                for key, value in settings.items():
                    for mapping in (self.urls, self.engine):
                        if key in mapping:
                            mapping[key] = value
                            break
            def start(self):
                return create_engine(self.urls["connection"], **self.engine)
        Facade().configure(connection="sqlite://", pool_size=5)
        """,
        [4, 5],
    ),
}


@pytest.mark.parametrize("situation", NAMES)
def test_a_mapping_has_two_names(situation: str) -> None:
    """What is put into it by one name is there by the other, until that is bound anew."""
    text, expected = NAMES[situation]
    found = look(IMPORT + dedent(text))
    assert values(found) == expected
    assert found.unresolved == ()


def test_a_member_of_an_enum_is_no_number() -> None:
    """``Pool.SIZE`` is an object unless the enum's members are numbers themselves."""
    found = look(
        IMPORT
        + dedent(
            """
            from enum import Enum, IntEnum
            class Plain(Enum):
                SIZE = 9
            class Number(IntEnum):
                SIZE = 5
            create_engine(url, pool_size=Plain.SIZE)
            create_engine(url, pool_size=Number.SIZE)
            """
        )
    )
    assert values(found) == [5]
    assert ["the member SIZE of Plain" in u.reason for u in found.unresolved] == [True]


def test_a_member_of_an_enum_by_a_name_that_is_not_known() -> None:
    """What the members hold is no setting of this pool for sure: it is listed."""
    found = look(
        IMPORT
        + dedent(
            """
            import os
            from enum import Enum
            class Profile(Enum):
                SMALL = {"pool_size": 2}
                LARGE = {"pool_size": 5}
            create_engine(url, **Profile[os.environ["PROFILE"]].value)
            """
        )
    )
    assert values(found) == []
    assert [u.argument for u in found.unresolved] == ["pool_size", "pool_size", "**"]
