"""Values that code outside a class assigns to the attributes of its objects."""

import pytest
from in_memory import look, traced, values

START = "from sqlalchemy import create_engine\n"
CLASS = """
class Manager:
    def __init__(self):
        self.options = {}
    def open(self):
        return create_engine("postgresql://h/d", pool_size=self.options["size"])
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            CLASS + "def make(size=10):\n"
            "    made = Manager()\n"
            '    made.options = {"size": size}\n'
            "    return made.open()\n"
            "make()\nmake(size=12)\n",
            [10, 12],
            id="by the function that makes the object",
        ),
        pytest.param(
            CLASS + "    @classmethod\n"
            "    def get(cls, key, known={}):\n"
            "        if key not in known:\n"
            "            made = cls()\n"
            '            made.options = {"size": 10}\n'
            "            known[key] = made\n"
            "        return known[key].open()\n"
            'Manager.get("main")\n',
            [10],
            id="by a class method, kept in a mapping in between",
        ),
        pytest.param(
            "class Settings:\n"
            "    pool_size = 5\n"
            "settings = Settings()\n"
            "def configure(size=7):\n"
            "    settings.pool_size = size\n"
            "configure()\n"
            'create_engine("postgresql://h/d", pool_size=settings.pool_size)\n',
            [5, 7],
            id="the class says 5, a function changes it",
        ),
        pytest.param(
            "class Settings:\n"
            "    pool_size = 5\n"
            "class Other:\n"
            "    pool_size = 6\n"
            "def other():\n"
            "    made = Other()\n"
            "    made.pool_size = 7\n"
            'create_engine("postgresql://h/d", pool_size=Settings().pool_size)\n',
            [5],
            id="of an object of another class",
        ),
    ],
)
def test_values_that_other_code_assigns(text: str, expected: list[int]) -> None:
    assert values(look(START + text)) == expected


def test_default_beside_a_look_up_counts_where_nothing_was_assigned() -> None:
    text = """
class App:
    def __init__(self):
        self.config = {}
    def open(self):
        return create_engine("postgresql://h/d", pool_size=self.config.get("size", 5))
def load(app: App):
    app.config = {"size": 10}
"""
    assert values(look(START + text)) == [5, 10]


def test_what_a_test_assigns_is_not_what_the_code_passes() -> None:
    files = {
        "app.py": START + CLASS + "def make():\n"
        "    made = Manager()\n"
        '    made.options = {"size": 10}\n'
        "    return made.open()\n"
        "make()\n",
        "tests/test_app.py": "from app import Manager\n"
        "def test_open():\n"
        "    made = Manager()\n"
        '    made.options = {"size": 3}\n',
    }
    assert values(traced(files)) == [10]
