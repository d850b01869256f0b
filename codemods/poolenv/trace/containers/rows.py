"""Rows that a loop goes over, of which one is at the key that is looked for.

``for name, key in (("db_size", "pool_size"), …): options[key] = getattr(settings, name)``: for the
key ``pool_size`` only the first row counts, in each of its columns. A path says so with a part of
its own, ``[*1=pool_size``: the rows whose column 1 is this text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.calls.table_keys import alternatives
from poolenv.syntax.resolving.references import At
from poolenv.trace.outcome import Outcome, Value, sure_texts
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values import texts
from poolenv.trace.values.texts import texts_of

Row = tuple[str | None, str]
"""A column as a part of a path, None where the row is one value, and the text that it holds."""


def assumed_row(binding: Binding, at: At) -> Row | None:
    """The row that a loop is taken to be at, as one of its variables is known to hold a text."""
    for name, text in at.assume:
        base, column = split(name)
        for other in at.scope.bindings.get(base, ()):
            if other.stmt is binding.stmt and other.kind == "for":
                index = None if other.index is None else f"[{other.index}"
                return (column or index, text)
    return None


def split(name: str) -> tuple[str, str | None]:
    """``row[key`` is the column ``[key`` of the variable ``row``."""
    for mark in "[.":
        base, found, column = name.partition(mark)
        if found:
            return base, f"{mark}{column}"
    return name, None


def assumption(part: ast.expr, text: str) -> tuple[str, str] | None:
    """What is known of the variable in ``options[key] = …``, ``options[row[1]] = …``."""
    match part:
        case ast.Name(id=name):
            return name, text
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() | str() as key)):
            return f"{name}[{key}", text
        case ast.Attribute(value=ast.Name(id=name), attr=attr):
            return f"{name}.{attr}", text
    return None


def supposing(tracer: Tracer, part: ast.expr | None, text: str, at: At) -> At:
    """The place, with what is known of the variables that a key is made of."""
    if part is None or isinstance(part, ast.Constant):
        return at
    pieces = texts.pieces(part)
    if pieces is None:
        known = assumption(part, text)
        return at if known is None else replace(at, assume=(*at.assume, known))
    ways = list(_ways(tracer, pieces, text, at))
    return replace(at, assume=(*at.assume, *ways[0])) if len(ways) == 1 else at


def _ways(
    tracer: Tracer, pieces: tuple[ast.expr, ...], text: str, at: At
) -> Iterator[tuple[tuple[str, str], ...]]:
    """What the parts of a key that is put together have to be for it to be a text."""
    if not pieces:
        if not text:
            yield ()
        return
    first, rest = pieces[0], pieces[1:]
    if not rest and not isinstance(first, ast.Constant):
        starts: tuple[str, ...] = (text,)
    else:
        starts = tuple(str(one) for one in dict.fromkeys(texts_of(tracer, first, at)))
    for start in starts:
        if text.startswith(start):
            known = assumption(first, start)
            there = at if known is None else replace(at, assume=(*at.assume, known))
            for further in _ways(tracer, rest, text[len(start) :], there):
                yield further if known is None else (known, *further)


def part_of(row: Row | None) -> str:
    """The part of a path that stands for a row, or for any."""
    return "[*" if row is None or row[0] is None else f"[*{row[0]}={row[1]}"


def row_of(part: str) -> Row | None:
    """The row that a part of a path stands for."""
    column, equals, text = part.removeprefix("[*").partition("=")
    return (column, text) if part.startswith("[*") and equals else None


def may_be_at(tracer: Tracer, element: ast.expr, row: Row, at: At) -> bool:
    """Whether a row holds the text in its column, or may do so."""
    column, text = row
    found = tracer.ask(element, () if column is None else (column,), at)
    wanted = alternatives(text)
    return any(not isinstance(o, Value) or not o.known or str(o.value) in wanted for o in found)


def of_elements(
    tracer: Tracer, elements: list[ast.expr], path: Path, at: At
) -> tuple[Outcome, ...]:
    """What the elements of a sequence hold, those alone that may be the row of ``path[0]``."""
    row = row_of(path[0])
    found: list[Outcome] = []
    for element in elements:
        if isinstance(element, ast.Starred):
            found.extend(tracer.ask(element.value, path, at))
        elif row is None or may_be_at(tracer, element, row, at):
            found.extend(tracer.ask(element, path[1:], at))
    return tuple(found)


def of_items(tracer: Tracer, node: ast.Dict, row: Row, path: Path, at: At) -> tuple[Outcome, ...]:
    """One column of the rows ``(key, value)`` of a mapping that is written out.

    A column of the value itself (``kind`` in ``{"main": {"kind": "postgres"}}``) picks the values.
    """
    found: list[Outcome] = []
    if is_of_value(row):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                found.extend(tracer.ask(value, (part_of(row), *path), at))
            elif not tells_otherwise(tracer, value, row, at):
                found.extend(tracer.ask(value, path, at))
        return tuple(found)
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            found.extend(tracer.ask(value, (part_of(row), *path), at))
            continue
        held = key if row[0] == "[0" else value
        if path and may_be_at(tracer, held, (None, row[1]), at):
            found.extend(tracer.ask(key if path[0] == "[0" else value, path[1:], at))
    return tuple(found)


def is_of_value(row: Row) -> bool:
    """The column is one of a mapping's value, not the key or the value itself."""
    return row[0] is not None and row[0] not in ("[0", "[1")


def tells_otherwise(tracer: Tracer, value: ast.expr, row: Row, at: At) -> bool:
    """A mapping is known to hold another text in the column of a row."""
    column, text = row
    found = tracer.ask(value, () if column is None else (column,), at)
    texts = sure_texts(found)
    return bool(texts) and set(texts).isdisjoint(alternatives(text))
