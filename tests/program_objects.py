"""Links that move the value on through classes, instances and records, see ``programs``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from draft import Draft

Link = Callable[[Draft], None]


def _class(d: Draft, body: tuple[str, ...], use: str, *, base: str = "") -> None:
    name = d.name("Settings_")
    d.write(f"class {name}{base}:", f"    other = {d.decoy()}")
    d.write(*(f"    {line.format(value=d.value, decoy=d.decoy())}" for line in body))
    d.value = use.format(name=name, value=d.value)


def _inherited(d: Draft) -> None:
    base, name = d.name("Base_"), d.name("Settings_")
    d.write(f"class {base}:", f"    size = {d.value}", f"class {name}({base}):", "    pass")
    d.value = f"{name}.size"


def _overridden(d: Draft) -> None:
    base, name = d.name("Base_"), d.name("Settings_")
    d.write(f"class {base}:", f"    size = {d.decoy()}")
    d.write(f"class {name}({base}):", f"    size = {d.value}")
    d.value = f"{name}.size"


def _super(d: Draft) -> None:
    base, name = d.name("Base_"), d.name("Settings_")
    d.write(f"class {base}:", "    def __init__(self, size):", "        self.size = size")
    d.write(f"class {name}({base}):", "    def __init__(self, given):")
    d.write("        super().__init__(given)")
    d.value = f"{name}({d.value}).size"


def _dataclass(d: Draft, use: str) -> None:
    name = d.name("Settings_")
    default = d.decoy() if "{value}" in use else d.value
    d.write("from dataclasses import dataclass", "@dataclass", f"class {name}:")
    d.write(f"    size: int = {default}", f"    other: int = {d.decoy()}")
    d.value = use.format(name=name, value=d.value)


def _record(d: Draft, base: str, use: str) -> None:
    name = d.name("Record_")
    d.write("from typing import NamedTuple, TypedDict", f"class {name}({base}):")
    d.write("    size: int", "    other: int")
    d.value = use.format(name=name, value=d.value, decoy=d.decoy())


def _enum(d: Draft) -> None:
    name = d.name("Limit_")
    d.write("from enum import Enum", f"class {name}(Enum):", f"    SIZE = {d.value}")
    d.write(f"    OTHER = {d.decoy()}")
    d.value = f"{name}.SIZE.value"


def _namespace(d: Draft) -> None:
    name = d.name("space_")
    d.write("from types import SimpleNamespace")
    d.write(f"{name} = SimpleNamespace(other={d.decoy()}, size={d.value})")
    d.value = f"{name}.size"


def _nested_class(d: Draft) -> None:
    name = d.name("Settings_")
    d.write(f"class {name}:", f"    size = {d.decoy()}", "    class Database:")
    d.write(f"        size = {d.value}")
    d.value = f"{name}.Database.size"


def _factory(d: Draft, given: str) -> None:
    inner, name = d.name("Pool_"), d.name("Settings_")
    d.write("from dataclasses import dataclass, field", "@dataclass", f"class {inner}:")
    d.write(f"    size: int = {d.value}", "@dataclass", f"class {name}:")
    d.write(f"    pool: object = field(default_factory={given.format(name=inner)})")
    d.value = f"{name}().pool.size"


def _single(d: Draft) -> None:
    name, read = d.name("Settings_"), d.name("get_settings_")
    d.write("from functools import lru_cache", f"class {name}:", f"    size = {d.value}")
    d.write("@lru_cache", f"def {read}():", f"    return {name}()")
    d.value = f"{read}().size"


def _context(d: Draft) -> None:
    name, kept = d.name("sized_"), d.name("SIZE_")
    d.write("from contextlib import contextmanager", "@contextmanager", f"def {name}():")
    d.write(f"    yield {d.value}", f"with {name}() as {kept}:", "    pass")
    d.value = kept


def _class_alias(d: Draft) -> None:
    name, alias = d.name("Settings_"), d.name("Alias_")
    d.write(f"class {name}:", f"    size = {d.value}", f"{alias} = {name}")
    d.value = f"{alias}.size"


def _as_dict(d: Draft, call: str) -> None:
    name = d.name("Settings_")
    d.write("from dataclasses import asdict, dataclass", "@dataclass", f"class {name}:")
    d.write(f"    size: int = {d.value}", f"    other: int = {d.decoy()}")
    d.value = f'{call.format(name=name)}["size"]'


def _held(d: Draft) -> None:
    inner, name = d.name("Pool_"), d.name("Settings_")
    d.write(f"class {inner}:", "    def __init__(self, size):", "        self.size = size")
    d.write(f"class {name}:", "    def __init__(self):", f"        self.pool = {inner}({d.value})")
    d.value = f"{name}().pool.size"


OBJECT_LINKS: Final[dict[str, Link]] = {
    "class attribute": lambda d: _class(d, ("size = {value}",), "{name}.size"),
    "instance attribute": lambda d: _class(d, ("size = {value}",), "{name}().size"),
    "__init__": lambda d: _class(
        d, ("def __init__(self, size={decoy}):", "    self.size = size"), "{name}({value}).size"
    ),
    "__init__ literal": lambda d: _class(
        d, ("def __init__(self):", "    self.size = {value}"), "{name}().size"
    ),
    "property": lambda d: _class(
        d, ("@property", "def size(self):", "    return {value}"), "{name}().size"
    ),
    "property of self": lambda d: _class(
        d,
        (
            "def __init__(self, size):",
            "    self.kept = size",
            "@property",
            "def size(self):",
            "    return self.kept",
        ),
        "{name}(size={value}).size",
    ),
    "method": lambda d: _class(d, ("def size(self):", "    return {value}"), "{name}().size()"),
    "classmethod": lambda d: _class(
        d,
        ("kept = {value}", "@classmethod", "def size(cls):", "    return cls.kept"),
        "{name}.size()",
    ),
    "staticmethod": lambda d: _class(
        d, ("@staticmethod", "def size(given):", "    return given"), "{name}.size({value})"
    ),
    "inherited": _inherited,
    "overridden": _overridden,
    "super().__init__": _super,
    "dataclass default": lambda d: _dataclass(d, "{name}().size"),
    "dataclass keyword": lambda d: _dataclass(d, "{name}(size={value}).size"),
    "dataclass position": lambda d: _dataclass(d, "{name}({value}).size"),
    "NamedTuple": lambda d: _record(d, "NamedTuple", "{name}({value}, {decoy}).size"),
    "TypedDict": lambda d: _record(d, "TypedDict", '{name}(size={value}, other={decoy})["size"]'),
    "Enum": _enum,
    "SimpleNamespace": _namespace,
    "nested class": _nested_class,
    "default_factory": lambda d: _factory(d, "{name}"),
    "default_factory lambda": lambda d: _factory(d, "lambda: {name}()"),
    "settings made once": _single,
    "context manager": _context,
    "class alias": _class_alias,
    "asdict": lambda d: _as_dict(d, "asdict({name}())"),
    "vars": lambda d: _as_dict(d, "vars({name}())"),
    "instance held by another": _held,
    "getattr": lambda d: _class(d, ("size = {value}",), 'getattr({name}, "size")'),
    "attribute set later": lambda d: _class(
        d,
        ("def __init__(self):", "    self.size = {decoy}", "    self.size = {value}"),
        "{name}().size",
    ),
    "cached_property": lambda d: _class(
        d,
        (
            "from functools import cached_property",
            "@cached_property",
            "def size(self):",
            "    return {value}",
        ),
        "{name}().size",
    ),
    "self in a method": lambda d: _class(
        d,
        ("kept = {value}", "def size(self):", "    return self.kept"),
        "{name}().size()",
    ),
}
"""Ways to move the value on through an object, by a name that a failure prints."""
