"""Parameters annotated with a class: what it says counts where no call shows the object."""

from __future__ import annotations

from textwrap import dedent

from in_memory import look

CONFIG = """
from dataclasses import dataclass
from sqlalchemy import create_engine
@dataclass
class Config:
    size: int = 5
def engine(config: Config):
    return create_engine(url, pool_size=config.size)
"""


def test_argument_that_no_code_shows() -> None:
    """The default of the class is the value."""
    body = """
        def start(app):
            return engine(app.storage)
        def load(path):
            import yaml
            return engine(yaml.safe_load(path))
    """
    assert [site.value for site in look(CONFIG + dedent(body)).sites] == [5]


def test_argument_that_a_call_shows() -> None:
    """The object that is passed decides, not its class, where nobody else can pass another one."""
    text = CONFIG.replace("def engine", "def _engine") + "_engine(Config(size=7))\n"
    assert [site.value for site in look(text).sites] == [7]


def test_way_that_uses_up_the_questions() -> None:
    """What the nearest parameter declares is still asked for."""
    calls = "".join(
        f"def call_{n}(app):\n    engine(app.a if app.b else app.c)\n" for n in range(700)
    )
    assert [site.value for site in look(CONFIG + calls).sites] == [5]


def test_a_default_beside_a_way_that_uses_up_the_questions() -> None:
    """A literal that stands where a look-up is asks nothing, so it is found in any case."""
    calls = "".join(
        f"def call_{n}(app):\n    Engine(app.a if app.b else app.c)\n" for n in range(1200)
    )
    text = """
        from sqlalchemy import create_engine
        class Engine:
            def __init__(self, options):
                self.options = options
            def connect(self):
                return create_engine(url, pool_size=self.options.get("size", 5))
    """
    assert [site.value for site in look(dedent(text) + calls).sites] == [5]
