"""Lines that get too long: what stands between the brackets, each on a line of its own."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from poolenv.model import LAYOUT, Edit
from poolenv.plan.surroundings import Surroundings
from poolenv.syntax.source.positions import Lines
from poolenv.syntax.source.tokens import Kind, tokenize

LONGEST = 100
"""Characters of a line that new text may fill up."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Spread:
    """The line breaks between the brackets of a call, and where new arguments go."""

    edits: tuple[Edit, ...]
    """The breaks before each argument."""
    at: int
    """Behind the last argument, or behind its comma."""
    newline: str
    """A line break and the indentation of the arguments."""
    closing: str
    """The line break before the closing bracket, where there was none."""
    has_comma: bool

    def texts(self, arguments: list[str]) -> list[str]:
        """The new arguments as they stand there, the last with what closes the call."""
        if self.has_comma:
            lines = [f"{self.newline}{text}," for text in arguments]
        else:
            lines = [f",{self.newline}{text}" for text in arguments]
            lines[-1] += ","
        return [*lines[:-1], lines[-1] + self.closing]


Growth = Mapping[tuple[str, int], int]
"""How many characters the edits of values add to a line."""


def growth_of(edits: Iterable[Edit]) -> Growth:
    """The characters by path and line."""
    found: dict[tuple[str, int], int] = {}
    for edit in edits:
        key = (edit.path, edit.line)
        found[key] = found.get(key, 0) + len(edit.new) - len(edit.old)
    return found


def spread_out(lines: Lines, call: ast.Call, more: int, growth: Growth) -> Spread | None:
    """The breaks for a call that ``more`` characters make too long; None where it fits."""
    spread = _between(lines, *_brackets(lines, call))
    if spread is None or not spread.edits:
        return None
    line = spread.edits[0].line
    length = len(lines.line_text(line).rstrip()) + growth.get((lines.path, line), 0) + more
    return spread if length > LONGEST else None


def with_breaks(
    edits: Iterable[Edit], insertions: Iterable[Edit], surroundings: Surroundings
) -> tuple[Edit, ...]:
    """All edits, with line breaks around those of values that make their line too long.

    A line with insertions has the breaks that it needs.
    """
    inserted = tuple(insertions)
    every = (*edits, *inserted)
    by_line: dict[tuple[str, int], list[Edit]] = {}
    for edit in every:
        by_line.setdefault((edit.path, edit.line), []).append(edit)
    breaks: list[Edit] = []
    for (path, line), own in sorted(by_line.items()):
        if any("\n" in edit.old + edit.new for edit in own) or set(own) & set(inserted):
            continue
        lines = surroundings.lines(path)
        before = len(lines.line_text(line).rstrip())
        after = before + sum(len(edit.new) - len(edit.old) for edit in own)
        if before > LONGEST or after <= LONGEST:
            continue
        spread = _chosen(surroundings, lines, own)
        if spread is not None:
            comma = "" if spread.has_comma else ","
            end = Edit(path, spread.at, spread.at, "", comma + spread.closing, LAYOUT, line)
            breaks += [*spread.edits, *([end] if end.new else [])]
    return (*every, *breaks)


def without_lonely_breaks(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits without the breaks of lines whose new text is not made."""
    every = tuple(edits)
    made = {(edit.path, edit.line) for edit in every if edit.reason != LAYOUT}
    return tuple(e for e in every if e.reason != LAYOUT or (e.path, e.line) in made)


def _chosen(surroundings: Surroundings, lines: Lines, edits: list[Edit]) -> Spread | None:
    """The breaks of the outermost call, mapping or signature that make all lines short enough.

    Where none does, those of the innermost.
    """
    first, last = min(edit.start for edit in edits), max(edit.end for edit in edits)
    spread = None
    for node in surroundings.way_to(lines.span_between(first, last)):
        if not isinstance(node, ast.Call | ast.Dict | _Function):
            continue
        opening, closing = _brackets(lines, node)
        if not opening <= first <= last <= closing:
            continue
        found = _between(lines, opening, closing)
        if found is None or not found.edits or found.edits[0].line != edits[0].line:
            continue
        spread = found
        if _longest(found, edits) <= LONGEST:
            break
    return spread


def _longest(spread: Spread, edits: list[Edit]) -> int:
    """Characters of the longest line between the breaks, with its comma."""
    starts = [edit.end for edit in spread.edits]
    ends = [*(edit.start for edit in spread.edits[1:]), spread.at - spread.has_comma]
    indent = len(spread.newline.strip("\r\n"))
    return max(
        indent
        + (end - start)
        + sum(len(e.new) - len(e.old) for e in edits if start <= e.start and e.end <= end)
        + 1
        for start, end in zip(starts[-len(ends) :], ends, strict=True)
    )


def _brackets(lines: Lines, node: ast.AST) -> tuple[int, int]:
    """Behind the opening bracket, and before the one that closes it; (0, 0) if not found."""
    text = lines.text
    match node:
        case ast.Dict():
            start, end = lines.range_of(node)
            return start + 1, end - 1
        case ast.Call(func=func):
            start, end = lines.range_of(func)[1], lines.range_of(node)[1]
        case ast.FunctionDef(name=name, body=body) | ast.AsyncFunctionDef(name=name, body=body):
            head, end = lines.range_of(node)[0], lines.range_of(body[0])[0]
            start = text.index(name, head) + len(name)
        case _:
            return 0, 0
    depth, opening = 0, 0
    for token in tokenize(text[start:end]):
        if token.kind is not Kind.OP:
            continue
        if token.text in "([{":
            if depth == 0 and token.text != "(":
                return 0, 0
            opening = opening or start + token.end
            depth += 1
        elif token.text in ")]}":
            depth -= 1
            if depth == 0:
                return opening, start + token.start
    return 0, 0


def _between(lines: Lines, opening: int, closing: int) -> Spread | None:
    """The breaks of a range on one line, or alone on a line below its bracket."""
    inner = lines.text[opening:closing]
    body = inner.strip()
    line = lines.position(opening)[0]
    bracket = lines.line_text(line)
    hangs = "\n" in inner
    if not body or "\n" in body or "\r" in body or "#" in inner:
        return None
    start = opening + len(inner) - len(inner.lstrip())
    end = opening + len(inner.rstrip())
    if hangs and not ("\n" in lines.text[opening:start] and "\n" in lines.text[end:closing]):
        return None
    commas = list(_commas(body))
    if (not hangs and (start != opening or end != closing)) or _is_generator(body):
        return None
    indent = bracket[: len(bracket) - len(bracket.lstrip())]
    if hangs:
        line = lines.position(start)[0]
    ending = "\r\n" if "\r\n" in lines.text else "\n"
    own = lines.line_text(line)
    deeper = own[: len(own) - len(own.lstrip())] if hangs else indent + _step(indent)
    newline = ending + deeper
    has_comma = bool(commas) and commas[-1] == len(body) - 1
    breaks = [] if hangs else [(opening, opening, newline)]
    for comma in commas[:-1] if has_comma else commas:
        rest = body[comma + 1 :]
        after = start + comma + 1 + len(rest) - len(rest.lstrip())
        breaks.append((start + comma, after, f",{newline}"))
    edits = tuple(
        Edit(lines.path, at, until, lines.text[at:until], new, LAYOUT, line)
        for at, until, new in breaks
    )
    return Spread(edits, end, newline, "" if hangs else ending + indent, has_comma)


def _step(indent: str) -> str:
    return "\t" if "\t" in indent else "    "


def _commas(text: str) -> Iterator[int]:
    """Offsets of the commas outside of all brackets."""
    depth = 0
    for token in tokenize(text):
        if token.kind is Kind.OP and token.text in "([{":
            depth += 1
        elif token.kind is Kind.OP and token.text in ")]}":
            depth -= 1
        elif token.text == "," and depth == 0:
            yield token.start


def _is_generator(text: str) -> bool:
    """``x for x in y``, after which no comma may stand."""
    depth = 0
    for token in tokenize(text):
        if token.kind is Kind.OP:
            depth += (token.text in "([{") - (token.text in ")]}")
        elif token.text == "for" and depth == 0:
            return True
    return False
