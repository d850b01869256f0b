"""Small programs that move one number to a pool through a chain of links, for hypothesis.

A program is a list of links by name, so a failure shrinks to the few links that are needed for it
and prints as files that a person can read. Every number is written once in a program; numbers of
9000 and more are decoys that reach no pool.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final
from unittest.mock import patch

from draft import Draft
from hypothesis import strategies as st
from open_defects import without_open
from program_links import ADDING, LINKS
from program_objects import Link

LITERALS: Final = ("37", "30 + 7", "0x25")
"""Ways to write the number at the start of a chain."""


@dataclass(frozen=True, slots=True)
class Case:
    """One program: its links, its files, and what must be found in it."""

    links: tuple[str, ...]
    library: str
    ending: str
    files: Mapping[str, str]
    origins: tuple[str, ...]
    """The literals that may reach the pool, as written."""
    sink: tuple[str, int]

    def __repr__(self) -> str:
        """The program as a person reads it."""
        files = (f"--- {path}\n{text}" for path, text in self.files.items() if text)
        chain = " -> ".join((*self.links, self.ending, self.library))
        return f"{chain}\n{''.join(files)}origins: {self.origins}"


LIBRARY: Final[dict[str, tuple[str, str]]] = {
    "from import": ("from sqlalchemy import create_engine", "create_engine"),
    "from import as": ("from sqlalchemy import create_engine as connect_to", "connect_to"),
    "import": ("import sqlalchemy", "sqlalchemy.create_engine"),
    "import as": ("import sqlalchemy as sa", "sa.create_engine"),
}
"""Ways to import the library."""

LOOK_ALIKES: Final[dict[str, tuple[str, str]]] = {
    "own function": ("def create_engine(url, **kwargs): return None", "create_engine"),
    "own class": ("class create_engine:\n    def __init__(self, url, **kw): pass", "create_engine"),
    "own method": ("class sa:\n    def create_engine(url, **kwargs): pass", "sa.create_engine"),
    "own module": ("from app.engines import create_engine", "create_engine"),
    "other name": ("from sqlalchemy import create_mock_engine", "create_mock_engine"),
}
"""The same names for what is surely no pool."""

DOUBTFUL: Final[dict[str, tuple[str, str]]] = {
    "other library": ("from acme import create_engine", "create_engine"),
    "other library's module": ("import acme.sqlalchemy as sa", "sa.create_engine"),
    "attribute": ("from acme import db", "db.create_engine"),
    "result": ("from acme import db", "db().create_engine"),
}
"""The same names from elsewhere, which may open a pool or not."""


def _direct(d: Draft, call: str) -> None:
    d.write_sink(f'{d.name("engine_")} = {call}("postgresql://", pool_size={d.value})')


def _in_function(d: Draft, call: str) -> None:
    name = d.name("connect_")
    d.write(f"def {name}():")
    d.write_sink(f'    return {call}("postgresql://", pool_size={d.value})', f"{name}()")


def _splat(d: Draft, call: str) -> None:
    name = d.name("ENGINE_")
    d.write(f'{name} = {{"pool_recycle": {d.decoy()}, "pool_size": {d.value}}}')
    d.write_sink(f'{call}("postgresql://", **{name})')


def _wrapper(d: Draft, call: str, given: str, signature: str, passed: str) -> None:
    name = d.name("make_")
    d.write(f"def {name}(url, {signature}):")
    d.write_sink(f"    return {call}(url, {passed})")
    d.write(f'{name}("postgresql://", {given.format(value=d.value)})')


def _imported_wrapper(d: Draft, call: str) -> None:
    name, start = d.name("make_"), d.module
    value = d.value
    d.move()
    d.write(*d.library, f"def {name}(url, size):")
    d.write_sink(f"    return {call}(url, pool_size=size)")
    wrapper, d.module = d.module, start
    d.write(f"from {wrapper} import {name}", f'{name}("postgresql://", size={value})')


def _kept_in_self(d: Draft, call: str) -> None:
    name = d.name("Database_")
    d.write(f"class {name}:", "    def __init__(self, size):", "        self.size = size")
    d.write("    def connect(self):")
    d.write_sink(f'        return {call}("postgresql://", pool_size=self.size)')
    d.write(f"{name}({d.value}).connect()")


def _method(d: Draft, call: str) -> None:
    name = d.name("Database_")
    d.write(f"class {name}:", "    def connect(self, size):")
    d.write_sink(f'        return {call}("postgresql://", pool_size=size)')
    d.write(f"{name}().connect({d.value})")


def _partial(d: Draft, call: str) -> None:
    name = d.name("make_")
    d.write("from functools import partial")
    d.write_sink(f"{name} = partial({call}, pool_size={d.value})", f'{name}("postgresql://")')


Ending = Callable[[Draft, str], None]

ENDINGS: Final[dict[str, Ending]] = {
    "direct": _direct,
    "in a function": _in_function,
    "**options": _splat,
    "wrapper by position": lambda d, c: _wrapper(d, c, "{value}", "size", "pool_size=size"),
    "wrapper by keyword": lambda d, c: _wrapper(d, c, "size={value}", "*, size", "pool_size=size"),
    "wrapper's **kwargs": lambda d, c: _wrapper(d, c, "pool_size={value}", "**kwargs", "**kwargs"),
    "imported wrapper": _imported_wrapper,
    "kept in self": _kept_in_self,
    "method": _method,
    "partial": _partial,
}
"""Ways to hand the value to the library."""


def program(
    links: Sequence[str],
    library: tuple[str, tuple[str, str]],
    ending: str,
    literal: str = "37",
    more: Mapping[str, Link] = LINKS,
) -> Case:
    """The program that moves a literal through the links to the library's call."""
    how, (statement, call) = library
    draft = Draft(literal)
    for link in links:
        more[link](draft)
    draft.bind()
    value, old = draft.value, draft.move()
    if "app.engines" in statement:
        draft.files["app/engines.py"] = ["def create_engine(url, **kwargs): return None"]
    draft.library = tuple(statement.split("\n"))
    draft.write(*draft.library, f"from {old} import {value}")
    ENDINGS[ending](draft, call)
    return Case(tuple(links), how, ending, draft.text(), tuple(draft.origins), draft.sink)


def programs(
    most: int = 6, libraries: Mapping[str, tuple[str, str]] = LIBRARY
) -> st.SearchStrategy[Case]:
    """Programs of up to ``most`` links."""
    return st.builds(
        program,
        st.lists(st.sampled_from(without_open("links", LINKS)), max_size=most),
        st.sampled_from(list(libraries.items())),
        st.sampled_from(without_open("endings", ENDINGS)),
        st.sampled_from(LITERALS),
    )


OPAQUE: Final[dict[str, tuple[str, ...]]] = {
    "library function": ("import acme", "acme.clamp({value})"),
    "getattr with a variable": ("import sys", "getattr(sys, input())"),
    "file": ("import json", 'json.load(open("pool.json"))["size"]'),
    "eval": ('eval("{value}")',),
    "input": ("int(input())",),
    "query": ("from acme import db", 'db.execute("select 1").scalar()'),
    "unbound name": ("NOWHERE",),
    "import that is not there": ("from app.start import NOT_THERE", "NOT_THERE"),
}
"""Statements and the expression that nothing in the repository can tell the value of."""


def _opaque(d: Draft, name: str) -> None:
    d.bind()
    *statements, value = (line.format(value=d.value) for line in OPAQUE[name])
    d.write(*statements)
    d.value = value
    d.origins.clear()


def environment_programs(most: int = 5) -> st.SearchStrategy[Case]:
    """Programs in which the value is a default that the variable SIZE replaces."""

    def read(draft: Draft) -> None:
        draft.write("import os")
        draft.origins[:] = ['"37"']
        draft.value = 'int(os.getenv("SIZE", "37"))'

    plain = [name for name in without_open("links", LINKS) if name not in ADDING]
    return st.builds(
        lambda links, library, ending: program(
            ("environment", *links), library, ending, more={**LINKS, "environment": read}
        ),
        st.lists(st.sampled_from(plain), max_size=most),
        st.sampled_from(list(LIBRARY.items())),
        st.sampled_from(without_open("endings", ENDINGS)),
    )


def opaque_programs(most: int = 3) -> st.SearchStrategy[Case]:
    """Programs in which one link hides the value for good."""
    followed = without_open("links before something hidden", without_open("links", LINKS))
    plain = [name for name in followed if name not in ADDING]
    blind = {f"opaque: {name}": (lambda d, name=name: _opaque(d, name)) for name in OPAQUE}
    links = st.tuples(
        st.lists(st.sampled_from(without_open("links", LINKS)), max_size=most),
        st.sampled_from(list(blind)),
        st.lists(st.sampled_from(plain), max_size=most),
    )
    return st.builds(
        lambda parts, library, ending: program(
            (*parts[0], parts[1], *parts[2]), library, ending, more={**LINKS, **blind}
        ),
        links,
        st.sampled_from(list(LIBRARY.items())),
        st.sampled_from(without_open("endings", ENDINGS)),
    )


class Files(MetaPathFinder, Loader):
    """Imports modules from a mapping of paths to text."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        name = fullname.replace(".", "/")
        for place in (f"{name}.py", f"{name}/__init__.py"):
            if place in self.files:
                package = place.endswith("__init__.py")
                return ModuleSpec(fullname, self, origin=place, is_package=package)
        return None

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        assert module.__spec__.origin is not None
        place = module.__spec__.origin
        exec(compile(self.files[place], place, "exec"), module.__dict__)


def executed(case: Case) -> tuple[int, ...]:
    """Run the program in this process with a library that notes the sizes it is given."""
    sizes: list[int] = []
    library = ModuleType("sqlalchemy")
    library.__dict__["create_engine"] = lambda url, **given: sizes.append(given["pool_size"])
    finders = [Files(case.files), *sys.meta_path]
    with patch.dict(sys.modules, {"sqlalchemy": library}), patch.object(sys, "meta_path", finders):
        for path in case.files:
            module = path.removesuffix(".py").removesuffix("/__init__")
            importlib.import_module(module.replace("/", "."))
    return tuple(sizes)
