"""Where each edit stands in the old and in the new text."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import groupby

from poolenv.model import Edit
from poolenv.syntax.source.positions import Lines

Positioned = ast.expr | ast.stmt | ast.keyword | ast.arg


@dataclass(frozen=True, slots=True)
class Place:
    """One edit with its range in the old text and in the new one, in characters."""

    edit: Edit
    old: tuple[int, int]
    new: tuple[int, int]


def places_of(edits: tuple[Edit, ...]) -> tuple[Place, ...]:
    """The places of all edits of one file, in order; insertions at one offset as spliced."""
    ordered: list[Edit] = []
    for _, same in groupby(
        sorted(edits, key=lambda e: (e.start, e.end)), key=lambda e: (e.start, e.end)
    ):
        # The later of two insertions at one offset is spliced in front of the earlier.
        ordered.extend(reversed(list(same)))
    shift = 0
    places: list[Place] = []
    for edit in ordered:
        start = edit.start + shift
        places.append(Place(edit, (edit.start, edit.end), (start, start + len(edit.new))))
        shift += len(edit.new) - (edit.end - edit.start)
    return tuple(places)


def identity(edit: Edit) -> tuple[int, int, str]:
    """What makes two edits of one file the same, whatever their reasons."""
    return edit.start, edit.end, edit.new


def holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    """Whether a range lies in another; an empty one has to be off the edges."""
    if inner[0] == inner[1]:
        return outer[0] < inner[0] < outer[1]
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def full_range(lines: Lines, node: Positioned) -> tuple[int, int]:
    """A node's range, with the decorators of a function or class."""
    start, end = lines.range_of(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        start = min([start, *(lines.range_of(d)[0] for d in node.decorator_list)])
    return start, end
