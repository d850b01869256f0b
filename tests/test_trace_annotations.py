"""Objects that only an annotation tells of, alone or as the elements of a container."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

CONFIG = """
from __future__ import annotations
from dataclasses import dataclass, field
from sqlalchemy import create_engine


@dataclass(frozen=True)
class Config:
    url: str
    pool_size: int = 7
"""

HELD = {
    "a parameter": """
        def open_one(config: Config):
            create_engine(config.url, pool_size=config.pool_size)
    """,
    "a list": """
        def open_all(configs: list[Config]):
            for config in configs:
                create_engine(config.url, pool_size=config.pool_size)
    """,
    "a mapping or none": """
        def open_all(configs: dict[str, Config] | None):
            for name, config in configs.items():
                create_engine(config.url, pool_size=config.pool_size)
    """,
    "further arguments": """
        def open_all(*configs: Config):
            return [create_engine(c.url, pool_size=c.pool_size) for c in configs]
    """,
    "further keywords": """
        def open_all(**configs: Config):
            return create_engine("", pool_size=configs["main"].pool_size)
    """,
    "a field that is empty at first": """
        @dataclass
        class All:
            configs: list[Config] = field(default_factory=list)

        def open_all(every: All):
            for config in every.configs:
                create_engine(config.url, pool_size=config.pool_size)
    """,
    "a registry": """
        class Registry:
            def __init__(self):
                self.configs = {}

            def register(self, name, config: Config):
                self.configs[name] = config

            def open(self, name):
                config = self.configs[name]
                return create_engine(config.url, pool_size=config.pool_size)
    """,
}


@pytest.mark.parametrize("how", HELD)
def test_the_default_of_the_annotated_class(how: str) -> None:
    """Nothing in the repository makes an object, so the class says what a bare one has."""
    found = look(CONFIG + dedent(HELD[how]))

    assert values(found) == [7]


def test_an_entry_under_any_name_is_one_of_those_that_are_read_under_any_name() -> None:
    found = look(
        """
        from sqlalchemy import create_engine

        OPTIONS = {}


        def add(name, size):
            OPTIONS[name] = {"size": size}


        def engine(name):
            return create_engine("", pool_size=OPTIONS[name]["size"])


        add("orders", 17)
        add("users", 18)
        """
    )

    assert values(found) == [17, 18]
