"""Lines of a listing: fixed columns, then words that go on below them where they don't fit."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Final

from poolenv_cli.terminal import clean

if TYPE_CHECKING:
    from rich.console import Console

_LEAST: Final = 24
"""Fewer columns than these are too narrow to break words into."""


def padded(text: str, width: int, *, right: bool = False) -> str:
    """Text with blanks up to a width in columns, wide characters counted as two."""
    from rich.cells import cell_len

    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def widest(texts: Iterable[str]) -> int:
    """The most columns that one of the texts takes."""
    from rich.cells import cell_len

    return max((cell_len(text) for text in texts), default=0)


def print_row(
    out: Console, cells: tuple[tuple[str, str], ...], parts: tuple[str, ...], below: int
) -> None:
    """Print cells (text and style), then the parts: in the same line as far as they fit.

    Parts that do not fit stand together in the next line, ``below`` columns from the left; one
    part of several words alone goes on in its own column where that is wide enough.
    """
    from rich.cells import cell_len
    from rich.text import Text

    line = Text.assemble(*(cell for pair in cells for cell in (pair, "  ")))
    column = cell_len(line.plain)
    room = out.width - column
    words = wrap(parts[0], room) if len(parts) == 1 and room >= _LEAST else []
    if widest(words) <= room and words:
        first, below, parts = words[0], column, (" ".join(words[1:]),)
    else:
        first, parts = _filled(parts, room)
    line.append(first)
    line.rstrip()
    out.print(line, soft_wrap=True)
    while any(parts):
        first, parts = _filled(parts, out.width - below)
        print_below(out, first or parts[0], below)
        parts = parts if first else parts[1:]


def print_by_path(out: Console, rows: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    """Print rows of a path and cells, the first a number, with the path once above its rows."""
    listed = sorted(rows, key=lambda row: (row[0], int(row[1][0])))
    widths = [widest(cells) for cells in zip(*(cells for _, cells in listed), strict=True)]
    for path, of_path in groupby(listed, key=lambda row: row[0]):
        out.print(f"  {clean(path)}", soft_wrap=True)
        for _, cells in of_path:
            line = [padded(cells[0], widths[0] + 4, right=True)]
            line += [padded(cell, width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
            out.print("  ".join(line).rstrip(), soft_wrap=True)


def _filled(parts: tuple[str, ...], room: int) -> tuple[str, tuple[str, ...]]:
    """As many parts as fit in one line, and the others."""
    number = len(parts)
    while number and widest([" ".join(parts[:number])]) > room:
        number -= 1
    return " ".join(parts[:number]), parts[number:]


def print_below(out: Console, text: str, indent: int) -> None:
    """Print words some columns from the left, in as many lines as they take."""
    from rich.text import Text

    for each in wrap(text, max(out.width - indent, _LEAST)):
        out.print(Text(" " * indent + each), soft_wrap=True)


def wrap(text: str, width: int) -> list[str]:
    """Lines of whole words, so that a path or name can be copied."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
