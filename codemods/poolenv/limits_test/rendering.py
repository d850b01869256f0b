"""The text of the generated test file."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib.resources import files

from poolenv.limits_test import pytest_tests, unittest_tests
from poolenv.limits_test.placement import MARKER, Place, Style
from poolenv.limits_test.rows import Limit, Loaded, Pinned, Written

_WIDTH = 88
_HEAD = f'''"""Pins the limits of the database connection pools.

Every row says which environment variable sets an argument in which module, and to what
it defaults. A row fails when the default changes, when the variable gets another name,
or when somebody writes a number back into the code. To change a limit for good, change
the row together with the code.

{MARKER}
"""

from __future__ import annotations

'''
_CLASSES = {
    "Limit": '''class Limit(NamedTuple):
    """A module that reads a variable, and what it falls back to."""

    module: str
    variable: str
    argument: str
    default: Any
    reads: int = 1
    typed: bool = True
''',
    "Written": '''class Written(NamedTuple):
    """A default that a settings library replaces by the variable's value."""

    module: str
    name: str
    argument: str
    default: Any
    places: int = 1
''',
    "Loaded": '''class Loaded(NamedTuple):
    """A constant of a module that runs without anything around it."""

    module: str
    name: str
    variable: str
    default: Any
''',
}
_NEEDS = {
    "limits": (
        "CONVERTERS", "READERS", "INSIDE", "parse", "names_of", "is_number", "evaluate",
        "is_plain", "reads", "limited", "constant", "targets", "environment", "other_than",
    ),
    "written": (
        "CONVERTERS", "parse", "is_number", "evaluate", "defaults", "default_of", "constant",
        "targets", "pair", "parameters",
    ),
    "loaded": ("environment", "other_than"),
    "no_literals": (
        "parse", "is_number", "constant", "targets", "pair", "parameters", "literals",
    ),
}  # fmt: skip


def render(pinned: Pinned, place: Place) -> str:
    """The whole file, ending in a newline; formatters of 88 columns leave it as it is."""
    parts = [_HEAD, _imports(pinned, place.style)]
    parts.append(f"\nROOT = Path(__file__).resolve().parents[{place.path.count('/')}]\n")
    tables = {
        "Limit": [_values(row, ("reads", "typed")) for row in pinned.limits],
        "Written": [_values(row, ("places",)) for row in pinned.written],
        "Loaded": [_values(row, ()) for row in pinned.loaded],
    }
    for name, rows in tables.items():
        if rows:
            table = "".join(_call(name, values) for values in rows)
            plural = {"Limit": "LIMITS"}.get(name, name.upper())
            parts.append(f"\n\n{_CLASSES[name]}\n\n{plural} = [\n{table}]\n")
    if pinned.no_literals:
        rows_ = [_call("", [_text(module), _text(name)]) for module, name in pinned.no_literals]
        parts.append("\n# A bare number given to one of these names is a limit put back.\n")
        parts.append(f"NO_LITERALS = [\n{''.join(rows_)}]\n")
    if pinned.newer:
        parts.append(
            "\n# Syntax of Python 3.12 or later: where it can't be read, a test is skipped.\n"
        )
        modules = "".join(f"    {_text(module)},\n" for module in pinned.newer)
        parts.append(f"NEWER = {{\n{modules}}}\n")
    parts += [_functions(pinned), "\n\n", _tests(pinned, place.style)]
    return "".join(parts).rstrip("\n") + "\n"


def _imports(pinned: Pinned, style: Style) -> str:
    patched = bool(pinned.limits or pinned.loaded)
    plain = {
        "ast": bool(pinned.limits or pinned.written or pinned.no_literals),
        "os": patched,
        "runpy": bool(pinned.loaded),
        "sys": bool(pinned.newer),
        "unittest": style is Style.UNITTEST or bool(pinned.newer),
        "unittest.mock": patched,
    }
    lines = [f"import {name}\n" for name, wanted in plain.items() if wanted]
    named = bool(pinned.limits or pinned.written or pinned.loaded)
    lines += ["from pathlib import Path\n"]
    lines += ["from typing import Any, NamedTuple\n" if named else "from typing import Any\n"]
    return "".join(lines) + ("\nimport pytest\n" if style is Style.PYTEST else "")


def _functions(pinned: Pinned) -> str:
    """The blocks of ``pinned_code`` that the tables need, in their order there."""
    wanted = {name for kind, names in _NEEDS.items() if getattr(pinned, kind) for name in names}
    source = files("poolenv.limits_test").joinpath("pinned_code.py").read_text("utf-8")
    if pinned.newer:
        wanted = {"parse_newer" if name == "parse" else name for name in wanted}
    constants = re.findall(r"^(([A-Z]+) = (?:\(\n.*?^\)|[^\n]+)\n)", source, re.M | re.S)
    functions = re.findall(r"^(def (\w+)\(.*?)(?=\n\n\ndef |\Z)", source, re.M | re.S)
    parts = ["\n" + text for text, name in constants if name in wanted]
    parts += ["\n\n" + text.rstrip("\n") + "\n" for text, name in functions if name in wanted]
    return "".join(parts).replace("def parse_newer(", "def parse(")


def _tests(pinned: Pinned, style: Style) -> str:
    source = pytest_tests if style is Style.PYTEST else unittest_tests
    parts = [source.DEFAULT] if pinned.limits else []
    if any(row.typed for row in pinned.limits):
        parts.append(source.VARIABLE)
    if any(row.typed and not isinstance(row.default, bool) for row in pinned.limits):
        parts.append(source.JUNK)
    parts += [source.WRITTEN] if pinned.written else []
    parts += [source.LOADED] if pinned.loaded else []
    parts += [source.NO_LITERALS] if pinned.no_literals else []
    text: str = source.assembled(parts)
    return text


def _values(row: Limit | Written | Loaded, optional: tuple[str, ...]) -> list[str]:
    """A row's fields as source; optional ones by name, and only where they differ."""
    values = []
    for declared in fields(row):
        value = getattr(row, declared.name)
        if declared.name not in optional:
            values.append(_text(value) if isinstance(value, str) else repr(value))
        elif value != declared.default:
            values.append(f"{declared.name}={value!r}")
    return values


def _call(name: str, values: list[str]) -> str:
    line = f"    {name}({', '.join(values)}),\n"
    if len(line) <= _WIDTH + 1:
        return line
    return f"    {name}(\n" + "".join(f"        {value},\n" for value in values) + "    ),\n"


def _text(text: str) -> str:
    """A string literal with double quotes, as formatters write it."""
    quoted = repr(text)
    if quoted.startswith("'") and '"' not in quoted:
        return f'"{quoted[1:-1]}"'
    return quoted
