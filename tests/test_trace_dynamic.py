"""Objects that hold a mapping's items as attributes: by ``__getattr__``, ``setattr``, a library."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

IMPORT = "import copy\nfrom collections.abc import Mapping\nfrom sqlalchemy import create_engine\n"

OBJECTS = {
    "an item of an attribute": """
        class Settings:
            def __init__(self, values):
                self._values = values
            def __getattr__(self, name):
                return self._values[name]
        settings = Settings({"size": 5, "other": 6})
    """,
    "an item of itself": """
        class Settings(dict):
            def __getattr__(self, name):
                try:
                    return self[name]
                except KeyError:
                    raise AttributeError(name) from None
        settings = Settings(size=5, other=6)
    """,
    "dict's own function": """
        class Settings(dict):
            __getattr__ = dict.__getitem__
        settings = Settings({"size": 5, "other": 6})
    """,
    "the object is its own __dict__": """
        class Settings(dict):
            def __init__(self, *args, **kwargs):
                super().__init__(*args, **kwargs)
                self.__dict__ = self
        settings = Settings({"size": 5, "other": 6})
    """,
    "a getter with a default": """
        class Settings:
            def __init__(self, values):
                object.__setattr__(self, "_values", values)
            def __getattr__(self, name):
                found = self._values.get(name, 9)
                if found is None:
                    raise AttributeError(name)
                return found
        settings = Settings({"size": 5, "other": 6})
    """,
    "another object, over __getattribute__": """
        class Inner:
            size = 5
        class Settings:
            def __init__(self, inner):
                object.__setattr__(self, "_inner", inner)
            def __getattribute__(self, name):
                if name.startswith("_"):
                    return object.__getattribute__(self, name)
                inner = object.__getattribute__(self, "_inner")
                return getattr(inner, name)
        settings = Settings(Inner())
    """,
    "another object": """
        class Inner:
            size = 5
        class Settings:
            def __init__(self):
                self._inner = Inner()
            def __getattr__(self, name):
                return getattr(self._inner, name)
        settings = Settings()
    """,
    "an inherited __getattr__": """
        class Base:
            def __init__(self, values):
                self._values = values
            def __getattr__(self, name):
                return self._values[name]
        class Settings(Base): ...
        settings = Settings({"size": 5})
    """,
    "keywords into __dict__": """
        class Settings:
            def __init__(self, **given):
                self.__dict__.update(given)
        settings = Settings(size=5, other=6)
    """,
    "setattr in a loop": """
        class Settings:
            def __init__(self, values):
                for name, value in values.items():
                    setattr(self, name, value)
        settings = Settings({"size": 5, "other": 6})
    """,
    "object.__setattr__": """
        class Settings:
            def __init__(self):
                object.__setattr__(self, "size", 5)
        settings = Settings()
    """,
    "SimpleNamespace of a mapping": """
        from types import SimpleNamespace
        settings = SimpleNamespace(**{"size": 5, "other": 6})
    """,
    "Box": """
        from box import Box
        settings = Box({"size": 5, "other": 6})
    """,
    "Munch": """
        from munch import Munch
        settings = Munch(size=5, other=6)
    """,
    "OmegaConf": """
        from omegaconf import OmegaConf
        settings = OmegaConf.create({"size": 5, "other": 6})
    """,
}


@pytest.mark.parametrize("what", OBJECTS)
def test_attribute(what: str) -> None:
    """The item of that name alone."""
    body = f"{dedent(OBJECTS[what])}create_engine(url, pool_size=settings.size)\n"
    found = look(IMPORT + body)
    assert values(found) == [5]
    assert not found.unresolved


def test_levels() -> None:
    """A mapping inside becomes another such object; the way is told."""
    body = """
        DEFAULTS = {"http": {"size": 4}, "db": {"pool": {"size": 5, "other": 6}}}
        class Config:
            def __init__(self, values=None):
                values = {} if values is None else values
                object.__setattr__(self, "_values", values)
            def __getattr__(self, name):
                value = self._values.get(name)
                if isinstance(value, Mapping):
                    return self.__class__(value)
                return value
            @classmethod
            def of(cls, values):
                return cls(copy.deepcopy(values))
        config = Config.of(DEFAULTS)
        create_engine(url, pool_size=config.db.pool.size)
    """
    found = look(IMPORT + dedent(body))
    assert values(found) == [5]
    assert not found.unresolved


def test_library_levels() -> None:
    """Every level of a library's mapping."""
    body = """
        from box import Box
        config = Box({"db": {"size": 5}}, frozen_box=True)
        create_engine(url, pool_size=config.db.size)
    """
    assert values(look(IMPORT + dedent(body))) == [5]


@pytest.mark.parametrize("answer", ["5", "None", "load(name)", "name"])
def test_answer_for_any_name(answer: str) -> None:
    """What is given for every name is no setting; the class is named."""
    body = f"""
        class Settings:
            def __getattr__(self, name):
                return {answer}
        create_engine(url, pool_size=Settings().size)
    """
    found = look(IMPORT + dedent(body))
    assert not found.sites
    (entry,) = found.unresolved
    assert "__getattr__" in entry.reason
