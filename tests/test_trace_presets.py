"""Objects that only users of a library hand on to what opens a pool: presets and defaults."""

import pytest
from in_memory import look, traced

START = """
from sqlalchemy import create_engine
class Config:
    def __init__(self, url, size=5, overflow=10, pre_ping=True):
        self.url, self.size, self.overflow, self.pre_ping = url, size, overflow, pre_ping
"""
MAKE = """
def make(config: Config):
    return create_engine(config.url, pool_size=config.size, max_overflow=config.overflow)
class App:
    def start(self, url, size=7):
        self.engine = make(Config(url, size=size, overflow=8))
"""
PRESET = """
class Presets:
    @staticmethod
    def production(url) -> Config:
        return Config(url, size=20, overflow=30)
"""


def numbers(text: str) -> list[int]:
    """The values of all arguments, smallest first."""
    return sorted({int(str(site.value)) for site in look(text).sites})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(MAKE + PRESET, [5, 7, 8, 10, 20, 30], id="returned at once"),
        pytest.param(
            MAKE + "def production(url):\n    config = Config(url, size=20)\n    return config\n",
            [5, 7, 8, 10, 20],
            id="by a name, with a default left as it is",
        ),
        pytest.param(
            MAKE.replace("config: Config", "config: Config | None"),
            [5, 7, 8, 10],
            id="defaults that every call replaces",
        ),
        pytest.param(
            MAKE.replace("def make", "def _make").replace("make(Config", "_make(Config") + PRESET,
            [7, 8],
            id="what opens the pool is private",
        ),
        pytest.param(
            MAKE + PRESET.replace("production", "_production"), [5, 7, 8, 10], id="private preset"
        ),
        pytest.param(
            MAKE + PRESET + "print(Presets.production('postgresql://h/d').url)\n",
            [5, 7, 8, 10],
            id="called for something else",
        ),
        pytest.param(
            MAKE + PRESET + "FACTORIES = [Presets.production]\n",
            [5, 7, 8, 10],
            id="held by something",
        ),
        pytest.param(
            MAKE.replace("config: Config", "config") + PRESET,
            [7, 8],
            id="the parameter says nothing of its class",
        ),
    ],
)
def test_objects_that_nothing_in_the_repository_hands_on(text: str, expected: list[int]) -> None:
    assert numbers(START + text) == expected


@pytest.mark.parametrize(
    "opening",
    [
        pytest.param(
            "    if config.size == 0:\n"
            "        options = {}\n"
            "    else:\n"
            '        options = {"pool_size": config.size, "max_overflow": config.overflow}\n'
            "    return create_engine(config.url, **options)\n",
            id="the other branch",
        ),
        pytest.param(
            "    if not config.size:\n"
            "        return create_engine(config.url)\n"
            "    return create_engine(\n"
            "        config.url, pool_size=config.size, max_overflow=config.overflow\n"
            "    )\n",
            id="after a return",
        ),
        pytest.param(
            "    if config.pre_ping and config.size > 0:\n"
            "        return create_engine(\n"
            "            config.url, pool_size=config.size, max_overflow=config.overflow\n"
            "        )\n",
            id="a part of a condition",
        ),
    ],
)
def test_objects_that_never_come_to_where_they_are_read(opening: str) -> None:
    text = (
        START
        + "def make(config: Config):\n"
        + opening
        + "def start(url, size=7):\n"
        + "    return make(Config(url, size=size, overflow=8))\n"
        + "def serverless(url):\n"
        + "    return Config(url, size=0, overflow=6)\n"
        + "def production(url):\n"
        + "    return Config(url, size=20, overflow=30)\n"
    )
    assert numbers(text) == [5, 7, 8, 10, 20, 30]


def test_preset_that_only_a_test_calls_stays_one() -> None:
    files = {
        "shop/db.py": START + MAKE + PRESET,
        "tests/test_db.py": "from shop.db import Presets\n"
        "def test_production():\n"
        '    assert Presets.production("postgresql://h/d").size == 20\n',
    }
    assert [site.value for site in traced(files).sites] == [5, 10, 7, 8, 20, 30]


def test_default_that_the_code_passes_too_is_found_at_its_own_pool_only() -> None:
    text = MAKE.replace("size=size, overflow=8", "size=size")
    found = [site for site in look(START + text).sites if site.value == 10]
    assert [site.argument for site in found] == ["max_overflow"]
    assert found[0].pool.line == next(
        n for n, line in enumerate((START + text).splitlines(), 1) if "make(Config" in line
    )


def test_object_of_a_class_of_a_shorter_file() -> None:
    files = {
        "shop/config.py": "class Config:\n"
        "    def __init__(self, url, size=5):\n"
        "        self.url, self.size = url, size\n",
        "shop/db.py": "from sqlalchemy import create_engine\n"
        "from shop.config import Config\n" + "\n" * 20 + "def make(config: Config):\n"
        "    if config.size:\n"
        "        return create_engine(config.url, pool_size=config.size)\n"
        "def start(url):\n"
        "    return make(Config(url, size=7))\n",
    }
    assert {site.value for site in traced(files).sites} == {5, 7}
