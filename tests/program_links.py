"""Links of the programs in ``programs``: each moves the value on in one way Python has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from draft import Draft

Link = Callable[[Draft], None]


def _dots(draft: Draft) -> str:
    """What leads from the current module to ``app``."""
    return ".." if draft.path.endswith("__init__.py") else "."


def _constant(d: Draft) -> None:
    name = d.name("SIZE_")
    d.write(f"{name} = {d.value}")
    d.value = name


def _annotated(d: Draft) -> None:
    name = d.name("SIZE_")
    d.write(f"{name}: int = {d.value}")
    d.value = name


def _unpacked(d: Draft) -> None:
    name = d.name("PAIR_")
    d.write(f"{name}, {name}_other = {d.value}, {d.decoy()}")
    d.value = name


def _import(d: Draft, form: str, *, package: bool = False) -> None:
    value = d.bind()
    old = d.move(package=package)
    alias = d.name("taken_")
    last = old.rpartition(".")[2]
    lines = {
        "from": (f"from {old} import {value}", value),
        "from as": (f"from {old} import {value} as {alias}", alias),
        "relative": (f"from {_dots(d)}{last} import {value}", value),
        "import": (f"import {old}", f"{old}.{value}"),
        "import as": (f"import {old} as {alias}", f"{alias}.{value}"),
        "from package": (f"from app import {last}", f"{last}.{value}"),
        "relative module": (f"from {_dots(d)} import {last} as {alias}", f"{alias}.{value}"),
        "star": (f"from {old} import *", value),
    }
    line, d.value = lines[form]
    d.write(line)


def _reexported(d: Draft) -> None:
    _import(d, "relative", package=True)
    _import(d, "from")


def _star_all(d: Draft) -> None:
    d.write(f"__all__ = [{d.bind()!r}]")
    _import(d, "star")


def _tried(d: Draft) -> None:
    value = d.bind()
    old = d.move()
    other = d.also(1000)
    d.write(
        "try:",
        f"    from {old} import {value}",
        "except ImportError:",
        f"    {value} = {other}",
    )


def _dict(d: Draft) -> None:
    name = d.name("OPTIONS_")
    d.write(f'{name} = {{"other": {d.decoy()}, "size": {d.value}}}')
    d.value = f'{name}["size"]'


def _nested(d: Draft) -> None:
    name = d.name("CONFIG_")
    d.write(
        f"{name} = {{",
        f'    "cache": {{"size": {d.decoy()}}},',
        f'    "db": {{"size": {d.value}}},',
        "}",
    )
    d.value = f'{name}["db"]["size"]'


def _dict_call(d: Draft) -> None:
    name = d.name("OPTIONS_")
    d.write(f"{name} = dict(size={d.value}, other={d.decoy()})")
    d.value = f'{name}.get("size")'


def _overlaid(d: Draft) -> None:
    base, name = d.name("BASE_"), d.name("OPTIONS_")
    d.write(f'{base} = {{"size": {d.decoy()}, "other": {d.decoy()}}}')
    d.write(f'{name} = {{**{base}, "size": {d.value}}}')
    d.value = f'{name}["size"]'


def _merged(d: Draft) -> None:
    base, over, name = d.name("BASE_"), d.name("OVER_"), d.name("OPTIONS_")
    d.write(f'{base} = {{"size": {d.value}}}', f'{over} = {{"other": {d.decoy()}}}')
    d.write(f"{name} = {base} | {over}")
    d.value = f'{name}["size"]'


def _filled(d: Draft, statement: str, *, empty: bool = False) -> None:
    name = d.name("OPTIONS_")
    start = "" if empty else f'"size": {d.decoy()}'
    d.write(f"{name} = {{{start}}}", statement.format(name=name, value=d.value))
    d.value = f'{name}["size"]'


def _list(d: Draft) -> None:
    name = d.name("LIST_")
    d.write(f"{name} = [{d.decoy()}, {d.value}, {d.decoy()}]")
    d.value = f"{name}[1]"


def _default(d: Draft) -> None:
    name = d.name("read_")
    d.write(f"def {name}(size={d.value}):", "    return size")
    d.value = f"{name}()"


def _function(d: Draft, signature: str, call: str) -> None:
    name = d.name("read_")
    d.write(f"def {name}({signature.format(decoy=d.decoy())}):", "    return size")
    d.value = f"{name}({call.format(value=d.value, decoy=d.decoy())})"


def _forwarded(d: Draft, call: str) -> None:
    inner, outer = d.name("read_"), d.name("forward_")
    d.write(
        f"def {inner}(other, size={d.decoy()}):",
        "    return size",
        f"def {outer}(*args, **kwargs):",
        f"    return {inner}(*args, **kwargs)",
    )
    d.value = f"{outer}({call.format(value=d.value, decoy=d.decoy())})"


def _partial(d: Draft) -> None:
    inner, made = d.name("read_"), d.name("made_")
    d.write("from functools import partial", f"def {inner}(size, other):", "    return size")
    d.write(f"{made} = partial({inner}, {d.value})")
    d.value = f"{made}({d.decoy()})"


def _local(d: Draft) -> None:
    name = d.name("read_")
    d.write(
        f"def {name}():", f"    size = {d.value}", f"    other = {d.decoy()}", "    return size"
    )
    d.value = f"{name}()"


def _returned_dict(d: Draft) -> None:
    name = d.name("options_")
    d.write(f"def {name}():", f'    return {{"size": {d.value}, "other": {d.decoy()}}}')
    d.value = f'{name}()["size"]'


def _stepped_dict(d: Draft) -> None:
    name = d.name("options_")
    d.write(
        f"def {name}():",
        f'    found = {{"size": {d.decoy()}}}',
        f'    found["size"] = {d.value}',
        "    return found",
    )
    d.value = f'{name}()["size"]'


def _lambda(d: Draft) -> None:
    name = d.name("read_")
    d.write(f"{name} = lambda: {d.value}")
    d.value = f"{name}()"


def _cached(d: Draft) -> None:
    name = d.name("read_")
    d.write("from functools import lru_cache", "@lru_cache(maxsize=None)")
    d.write(f"def {name}():", f"    return {d.value}")
    d.value = f"{name}()"


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


def _conditional(d: Draft) -> None:
    d.write("import sys")
    d.value = f"({d.value} if sys.flags.debug else {d.also(2000)})"


def _branches(d: Draft) -> None:
    name = d.name("SIZE_")
    d.write("import sys", "if sys.flags.debug:", f"    {name} = {d.value}", "else:")
    d.write(f"    {name} = {d.also(3000)}")
    d.value = name


def _or_default(d: Draft) -> None:
    d.value = f"({d.value} or {d.also(4000)})"


def _converted(d: Draft) -> None:
    d.value = f"int({d.value})"


def _walrus(d: Draft) -> None:
    d.value = f"({d.name('kept_')} := {d.value})"


LINKS: Final[dict[str, Link]] = {
    "constant": _constant,
    "annotated constant": _annotated,
    "tuple unpacking": _unpacked,
    "from import": lambda d: _import(d, "from"),
    "from import as": lambda d: _import(d, "from as"),
    "relative import": lambda d: _import(d, "relative"),
    "import": lambda d: _import(d, "import"),
    "import as": lambda d: _import(d, "import as"),
    "from package import module": lambda d: _import(d, "from package"),
    "from . import module as": lambda d: _import(d, "relative module"),
    "star import": lambda d: _import(d, "star"),
    "star import with __all__": _star_all,
    "re-export": _reexported,
    "dict": _dict,
    "nested dict": _nested,
    "dict() and get": _dict_call,
    "dict overlaid": _overlaid,
    "dicts merged": _merged,
    "update(key=)": lambda d: _filled(d, "{name}.update(size={value})"),
    "update({})": lambda d: _filled(d, '{name}.update({{"size": {value}}})'),
    "item set": lambda d: _filled(d, '{name}["size"] = {value}'),
    "setdefault": lambda d: _filled(d, '{name}.setdefault("size", {value})', empty=True),
    "list": _list,
    "function default": _default,
    "positional": lambda d: _function(d, "size, other={decoy}", "{value}"),
    "keyword": lambda d: _function(d, "other, size={decoy}", "{decoy}, size={value}"),
    "keyword only": lambda d: _function(d, "*, size", "size={value}"),
    "** call": lambda d: _function(d, "size={decoy}", '**{{"size": {value}}}'),
    "* call": lambda d: _function(d, "other, size", "*[{decoy}, {value}]"),
    "forwarded *args": lambda d: _forwarded(d, "{decoy}, {value}"),
    "forwarded **kwargs": lambda d: _forwarded(d, "other={decoy}, size={value}"),
    "partial": _partial,
    "local variable": _local,
    "returned dict": _returned_dict,
    "returned dict in steps": _stepped_dict,
    "lambda": _lambda,
    "lru_cache": _cached,
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
    "conditional expression": _conditional,
    "if and else": _branches,
    "or": _or_default,
    "int()": _converted,
    "walrus": _walrus,
    "try import": _tried,
}
"""Every way to move the value on, by a name that a failure prints."""

ADDING: Final = frozenset({"conditional expression", "if and else", "or", "try import"})
"""Links after which another number may reach the pool too."""
