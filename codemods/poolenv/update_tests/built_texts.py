"""Texts that a test puts together: literals, sums, f-strings, ``re.escape``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from poolenv.update_tests.flow import Flow, Seen

_DEPTH = 14


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text with the place and table rows that it comes from."""

    text: str
    seen: Seen


def texts(flow: Flow, seen: Seen, depth: int = 0) -> Iterator[Text]:
    """Every text that an expression can build from literals, tables and ``re.escape``."""
    if depth > _DEPTH:
        return
    for found in flow.values(seen, depth):
        match found.expr:
            case ast.Constant(value=str(text)):
                yield Text(text, found)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from _joined(flow, [left, right], found, depth)
            case ast.JoinedStr(values=parts):
                yield from _joined(flow, parts, found, depth)
            case ast.FormattedValue(value=inner):
                yield from texts(flow, found.at(inner), depth + 1)
            case ast.Call(func=ast.Attribute(attr="escape"), args=[inner]):
                yield from texts(flow, found.at(inner), depth + 1)


def _joined(flow: Flow, parts: list[ast.expr], seen: Seen, depth: int) -> Iterator[Text]:
    """The parts one after another, each reading the table rows that the ones before chose."""
    if not parts:
        yield Text("", seen)
        return
    for first in texts(flow, seen.at(parts[0]), depth + 1):
        here = Seen(seen.expr, seen.scopes, first.seen.rows)
        for rest in _joined(flow, parts[1:], here, depth + 1):
            yield Text(first.text + rest.text, rest.seen)
