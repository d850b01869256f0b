"""Where new arguments go in a call, in the layout that the call has."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from poolenv.model import Edit, Span
from poolenv.plan.spreading import Growth, spread_out
from poolenv.plan.surroundings import Surroundings
from poolenv.syntax.source.positions import Lines

_REASON = "an argument that the policy asks for"
_TRIVIA = r"(?:\s|#[^\r\n]*[\r\n])*"
_CLOSING = re.compile(rf"(?:{_TRIVIA}\))*(?={_TRIVIA},?{_TRIVIA}\)$)")
"""The brackets around an argument, which stand before the one that closes the call."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """One new argument: ``pool_recycle=300``, and whether it reads the environment."""

    text: str
    reads: bool


@dataclass(frozen=True, slots=True)
class _Gap:
    """The place behind the last argument of a call."""

    end: int
    """Behind the argument, and the brackets around it."""
    comma: int | None
    """Behind its comma, where it has one."""
    comment: int | None
    """Behind the comment that stands on its line."""


def insertions(
    surroundings: Surroundings, span: Span, wanted: tuple[Insertion, ...], growth: Growth
) -> tuple[tuple[Edit, ...], tuple[Edit, ...]]:
    """One edit per argument, in the order of ``wanted``, and what has to change before them: a
    comma, or the layout of a call that would not fit on its line any more.

    None where the call is not found. All stand at one offset; of two insertions there the later
    edit of a plan is spliced in front, so a plan holds them last argument first.
    """
    call = surroundings.way_to(span)[-1]
    lines = surroundings.lines(span.path)
    if not isinstance(call, ast.Call) or lines.span(call) != span:
        return (), ()
    at, texts, comma = _placed(lines, call, [one.text for one in wanted])
    line = lines.position(at)[0]
    spread = spread_out(lines, call, sum(map(len, texts)), growth)
    if spread is not None:
        at, texts = spread.at, spread.texts([one.text for one in wanted])
    made = tuple(
        Edit(span.path, at, at, "", text, _REASON, line, _imports(one))
        for text, one in zip(texts, wanted, strict=True)
    )
    if spread is not None:
        return made, spread.edits
    if comma is None:
        return made, ()
    before = lines.position(comma)[0]
    return made, (Edit(span.path, comma, comma, "", ",", _REASON, before),)


def _imports(one: Insertion) -> frozenset[str]:
    return frozenset({"os"}) if one.reads else frozenset()


def _placed(lines: Lines, call: ast.Call, texts: list[str]) -> tuple[int, list[str], int | None]:
    """The offset of the new arguments, their texts, and the offset of a comma of its own."""
    start, end = lines.range_of(call)
    passed: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    passed.sort(key=lambda node: lines.range_of(node)[1])
    if not passed:
        return end - 1, [texts[0], *(f", {text}" for text in texts[1:])], None
    first, last = lines.range_of(passed[0])[0], lines.range_of(passed[-1])[1]
    gap = _gap(lines.text, last, end)
    on_own_lines = lines.position(first)[0] != lines.position(start)[0]
    if not (on_own_lines and _own_line(lines, passed[-1])):
        if gap.comma is None:
            return gap.end, [f", {text}" for text in texts], None
        return gap.comma, [f" {texts[0]}", *(f", {text}" for text in texts[1:])], None
    line = lines.line_text(lines.position(lines.range_of(passed[-1])[0])[0])
    indent = line[: len(line) - len(line.lstrip())]
    newline = "\r\n" if "\r\n" in lines.text else "\n"
    new_lines = [f"{newline}{indent}{text}" for text in texts]
    if gap.comma is not None:
        return gap.comment or gap.comma, [f"{text}," for text in new_lines], None
    if gap.comment is None:
        return gap.end, [f",{text}" for text in new_lines], None
    commas = [*(f"{text}," for text in new_lines[:-1]), new_lines[-1]]
    return gap.comment, commas, gap.end


def _gap(text: str, last: int, end: int) -> _Gap:
    """Where an argument ends: its brackets, its comma and the comment on its line."""
    closing = _CLOSING.match(text[last:end])
    until = last + (closing.end() if closing else 0)
    comma = re.compile(r"\s*,").match(text, until, end)
    behind = comma.end() if comma else until
    comment = re.compile(r"[ \t]*#[^\r\n]*").match(text, behind, end)
    return _Gap(until, comma.end() if comma else None, comment.end() if comment else None)


def _own_line(lines: Lines, node: ast.expr | ast.keyword) -> bool:
    line, column = lines.position(lines.range_of(node)[0])
    return not lines.line_text(line)[: column - 1].strip()
