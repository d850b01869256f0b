"""The text of the generated test file."""

from __future__ import annotations

from importlib.resources import files

from poolenv.limits_test.placement import MARKER, Place, Style
from poolenv.limits_test.rows import Limit, Pinned, Written

_WIDTH = 88
_HEAD = '''"""Pins the limits of the database connection pools.

Every row says which environment variable sets an argument in which module, and to what it
defaults. The modules are parsed, never imported. A row fails when the default changes, when
the variable gets another name, or when somebody writes a number back into the code. Change
the row together with the code if that is what you want.

{marker}
"""

from __future__ import annotations

import ast
import os
import {first}
{rest}from pathlib import Path
from typing import Any, NamedTuple
{pytest}
ROOT = Path(__file__).resolve().parents[{depth}]


'''
_LIMIT = '''class Limit(NamedTuple):
    """A module that reads a variable, and what it falls back to."""

    module: str
    variable: str
    argument: str
    default: Any
    reads: int = 1
    typed: bool = True


'''
_WRITTEN = '''class Written(NamedTuple):
    """A module with a default that its settings library overrides by a variable."""

    module: str
    name: str
    argument: str
    default: Any


'''


def render(pinned: Pinned, place: Place) -> str:
    """The whole file, ending in a newline."""
    is_pytest = place.style is Style.PYTEST
    depth = place.path.count("/")
    head = _HEAD.format(
        marker=MARKER,
        first="unittest.mock" if is_pytest else "unittest",
        rest="" if is_pytest else "import unittest.mock\n",
        pytest="\nimport pytest\n" if is_pytest else "",
        depth=depth,
    )
    parts = [head]
    if pinned.limits:
        parts += [_LIMIT, _table("LIMITS", [_limit(row) for row in pinned.limits])]
    if pinned.written:
        if pinned.limits:
            parts.append("\n\n")
        parts += [_WRITTEN, _table("WRITTEN", [_written(row) for row in pinned.written])]
    if pinned.no_literals:
        comment = "# Module and name: a bare number given to that name would be a limit put back.\n"
        rows = [_call("", [repr_(module), repr_(name)]) for module, name in pinned.no_literals]
        parts += ["\n", comment, _table("NO_LITERALS", rows)]
    parts += ["\n", _functions(), "\n\n", _tests(pinned, place.style)]
    return "".join(parts).rstrip("\n") + "\n"


def _functions() -> str:
    source = files("poolenv.limits_test").joinpath("pinned_code.py").read_text("utf-8")
    return source.partition("# copied from here\n\n")[2].rstrip("\n") + "\n"


def _tests(pinned: Pinned, style: Style) -> str:
    from poolenv.limits_test import pytest_tests, unittest_tests

    source = pytest_tests if style is Style.PYTEST else unittest_tests
    parts = []
    if pinned.limits:
        parts.append(source.DEFAULT)
        if any(row.typed for row in pinned.limits):
            parts += [source.VARIABLE, source.JUNK]
    if pinned.written:
        parts.append(source.WRITTEN)
    if pinned.no_literals:
        parts.append(source.NO_LITERALS)
    return source.assembled(parts)


def _limit(row: Limit) -> str:
    values = [repr_(row.module), repr_(row.variable), repr_(row.argument), repr(row.default)]
    if row.reads != 1:
        values.append(f"reads={row.reads}")
    if not row.typed:
        values.append("typed=False")
    return _call("Limit", values)


def _written(row: Written) -> str:
    values = [repr_(row.module), repr_(row.name), repr_(row.argument), repr(row.default)]
    return _call("Written", values)


def _call(name: str, values: list[str]) -> str:
    line = f"    {name}({', '.join(values)}),\n"
    if len(line) <= _WIDTH + 1:
        return line
    return f"    {name}(\n" + "".join(f"        {value},\n" for value in values) + "    ),\n"


def _table(name: str, rows: list[str]) -> str:
    return f"{name} = [\n{''.join(rows)}]\n"


def repr_(text: str) -> str:
    """A string literal with double quotes, as formatters write it."""
    quoted = repr(text)
    if quoted.startswith("'") and '"' not in quoted:
        return f'"{quoted[1:-1]}"'
    return quoted
