"""Where a new ``import`` goes in a file, so that isort and ruff find nothing to move."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from itertools import pairwise, takewhile

from poolenv.syntax.source.positions import Lines

_COOKIE = re.compile(r"^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
_HEADING = re.compile(r"#.*\b(std|stdlib|standard|built-?ins?|core|system|imports?)\b", re.I)


@dataclass(frozen=True, slots=True)
class _Row:
    """The statements that share lines: one, unless semicolons join them."""

    statements: tuple[ast.stmt, ...]
    first_line: int
    last_line: int

    @property
    def is_import(self) -> bool:
        return all(isinstance(s, ast.Import | ast.ImportFrom) for s in self.statements)

    @property
    def straight(self) -> bool:
        return isinstance(self.statements[0], ast.Import)

    @property
    def module(self) -> str:
        statement = self.statements[0]
        if isinstance(statement, ast.Import):
            return statement.names[0].name
        assert isinstance(statement, ast.ImportFrom)
        return "." * statement.level + (statement.module or "")

    @property
    def key(self) -> tuple[str, int]:
        """Sorts as isort does: by name, a plain import before one with ``as``."""
        statement = self.statements[0]
        renamed = isinstance(statement, ast.Import) and statement.names[0].asname is not None
        return (self.module.lower(), int(renamed))

    @property
    def is_future(self) -> bool:
        return self.module == "__future__"

    @property
    def is_stdlib(self) -> bool:
        return self.module.split(".")[0] in sys.stdlib_module_names and not self.is_future


def place_of_import(tree: ast.Module, lines: Lines, module: str, before: int) -> tuple[int, str]:
    """Offset and text of a new ``import MODULE`` line that stands before an offset.

    Goes into the first block of imports in sorted order, into a new section before it where it
    has no standard library, or after docstring, ``__future__`` and header comments where there
    are no imports; never into an ``if`` or ``try``.
    """
    rows = _rows(tree)
    earlier = [row for row in rows if lines.offset(row.first_line, 1) < before]
    block = _first_block(earlier)
    if block:
        return _in_block(block, lines, f"import {module}")
    fixed = list(takewhile(lambda row: _stays_first(row, is_first=row is rows[0]), rows))
    # Nothing follows where all code shares its line with them: the proof of names refuses that.
    following = rows[min(len(fixed), len(rows) - 1)]
    if fixed:
        return _after_fixed(fixed[-1], following, lines, f"import {module}")
    line = _after_header(lines, following.first_line)
    newline = _newline(lines, line)
    blank = _blank_lines_before(following)
    return lines.offset(line, 1), f"import {module}{newline}" + newline * blank


def _rows(tree: ast.Module) -> list[_Row]:
    rows: list[_Row] = []
    for statement in tree.body:
        first = statement.lineno
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([first, *(d.lineno for d in statement.decorator_list)])
        last = statement.end_lineno or first
        if rows and rows[-1].last_line >= first:
            row = rows.pop()
            rows.append(_Row((*row.statements, statement), row.first_line, last))
        else:
            rows.append(_Row((statement,), first, last))
    return rows


def _first_block(rows: list[_Row]) -> list[_Row]:
    """The first run of imports that holds more than ``__future__``, that one left out."""
    block: list[_Row] = []
    for row in rows:
        if row.is_import and not row.is_future:
            block.append(row)
        elif block and not row.is_import:
            break
    return block


def _in_block(block: list[_Row], lines: Lines, line: str) -> tuple[int, str]:
    section = _section(block)
    if not section:
        return _above(block[0], lines, line, new_section=True)
    mixed = any(not one.straight and two.straight for one, two in pairwise(section))
    peers = section if mixed else [row for row in section if row.straight]
    if not peers:
        return _above(section[0], lines, line)
    keys = [row.key for row in peers]
    own = (line.removeprefix("import "), 0)
    if keys == sorted(keys) and own < keys[-1]:
        index = next(index for index, row in enumerate(peers) if own < row.key)
        if index == 0:
            return _above(peers[0], lines, line)
        # Below the smaller one: a blank line and a comment above the greater one stay with it.
        peers = peers[:index]
    newline = _newline(lines, peers[-1].last_line)
    return _line_end(peers[-1].last_line, lines), f"{line}{newline}"


def _section(block: list[_Row]) -> list[_Row]:
    """The rows that hold the standard library; all of them in a file without sections."""
    kinds = [row.is_stdlib for row in block]
    if not any(kinds):
        return []
    names = [row.key for row in block if row.straight]
    if kinds != sorted(kinds, reverse=True) and names == sorted(names):
        return block
    first = kinds.index(True)
    until = kinds.index(False, first) if False in kinds[first:] else len(block)
    return block[first:until]


def _above(row: _Row, lines: Lines, line: str, *, new_section: bool = False) -> tuple[int, str]:
    """Above a row and the comments that belong to it.

    A comment that opens the file, or names a section (``# Standard library``), stays above.
    """
    newline = _newline(lines, row.first_line)
    first = row.first_line
    while first > 1 and lines.line_text(first - 1).lstrip().startswith("#"):
        first -= 1
    comments = [lines.line_text(number) for number in range(first, row.first_line)]
    heading = not new_section and any(_HEADING.search(comment) for comment in comments)
    if first == 1 or heading:
        text = lines.line_text(row.first_line)
        after_form_feed = len(text) - len(text.lstrip("\f")) + 1
        at = lines.offset(row.first_line, after_form_feed)
        return at, line + newline * (1 + new_section)
    # isort keeps a blank line above a comment inside a block.
    return lines.offset(first, 1), line + newline * (1 + (new_section or bool(comments)))


def _stays_first(row: _Row, *, is_first: bool) -> bool:
    statement = row.statements[0]
    if is_first and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return isinstance(statement.value.value, str)
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _after_fixed(anchor: _Row, following: _Row, lines: Lines, line: str) -> tuple[int, str]:
    """After a docstring or ``__future__`` imports, with the blank lines that isort wants."""
    newline = _newline(lines, anchor.last_line)
    content = anchor.last_line + 1
    while content < following.first_line and not lines.line_text(content).strip():
        content += 1
    gap = content - anchor.last_line - 1
    blank = _blank_lines_before(following)
    if isinstance(anchor.statements[0], ast.ImportFrom):
        missing = newline * blank if gap == 0 else ""
        return _line_end(anchor.last_line, lines), f"{newline}{line}{newline}{missing}"
    before = newline if gap == 0 else ""
    return lines.offset(content, 1), f"{before}{line}{newline}" + newline * blank


def _after_header(lines: Lines, stop: int) -> int:
    """The line at which code may start: after ``#!``, the coding cookie and header comments.

    The comment directly above the first statement belongs to that statement, not to the header.
    """
    header = 1
    if lines.line_text(1).startswith("#!"):
        header = 2
    if header < stop and header <= 2 and _COOKIE.match(lines.line_text(header)):
        header += 1
    if header == 1 and stop > 2 and _COOKIE.match(lines.line_text(2)):
        header = 3
    attached = stop
    while attached > header and lines.line_text(attached - 1).strip():
        attached -= 1
    return attached


def _blank_lines_before(row: _Row) -> int:
    definition = isinstance(
        row.statements[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    )
    return 2 if definition else 1


def _line_end(line: int, lines: Lines) -> int:
    """The offset after a line and its newline."""
    end = lines.offset(line, 1) + len(lines.line_text(line))
    return end + len(_newline_at(lines.text, end))


def _newline_at(text: str, offset: int) -> str:
    if text.startswith("\r\n", offset):
        return "\r\n"
    return text[offset : offset + 1] if text[offset : offset + 1] in ("\r", "\n") else ""


def _newline(lines: Lines, line: int) -> str:
    """How a line ends; the one before it, or ``\\n``, where it is the last without a newline."""
    for number in (line, line - 1):
        if number >= 1:
            end = lines.offset(number, 1) + len(lines.line_text(number))
            newline = _newline_at(lines.text, end)
            if newline:
                return newline
    return "\n"
