"""Syntax newer than the interpreter's, replaced by older text of the same length.

Every mask keeps newlines and the number of UTF-8 bytes of each line, so that positions in the
tree of the masked text are true of the original. What a mask takes away holds no values: type
parameters, ``type`` statements, the fields of f-strings.
"""

from __future__ import annotations

import ast
import keyword
import re
import warnings
from collections.abc import Iterator
from typing import Final, NamedTuple

from poolenv.syntax.source.tokens import Kind, Token, tokenize

_OPENING: Final = {"(": ")", "[": "]", "{": "}"}
_NOT_NEWLINE: Final = re.compile(r"[^\r\n]")
_PYTHON_2_TARGET: Final = re.compile(r"[a-z_][a-z0-9_]*\Z")


class Mask(NamedTuple):
    """A range of the text and what stands there instead."""

    start: int
    end: int
    new: str


def mask(text: str) -> str | None:
    """The text with newer constructs masked, or None where none of them is found.

    Raises UnreadableError for a string without an end.
    """
    tokens = [token for token in tokenize(text) if token.kind is not Kind.COMMENT]
    pieces: list[str] = []
    last = 0
    for found in sorted(_masks(text, tokens)):
        if found.start < last:
            continue
        pieces += (text[last : found.start], found.new)
        last = found.end
    if not pieces:
        return None
    return "".join([*pieces, text[last:]])


def blank(text: str) -> str:
    """Spaces of the same length in UTF-8, newlines kept."""
    return _NOT_NEWLINE.sub(lambda match: " " * len(match[0].encode()), text)


def _empty(text: str) -> str:
    """``()`` around blanks: an expression and a statement that may span lines."""
    return f"({blank(text[1:-1])})"


def _masks(text: str, tokens: list[Token]) -> Iterator[Mask]:
    depth, fresh = 0, True
    for index, token in enumerate(tokens):
        match token.text:
            case "def" | "class":
                yield from _type_parameters(text, tokens, index)
            case "type" if fresh:
                yield from _type_statement(text, tokens, index)
            case "lazy" if fresh:
                yield from _lazy_import(text, tokens, index)
            case "except" if fresh:
                yield from _bare_exceptions(tokens, index)
            case "(" | "[" | "{":
                depth += 1
                yield from _unpacking_comprehension(tokens, index)
            case ")" | "]" | "}":
                depth -= 1
        if token.kind is Kind.STRING and (index == 0 or tokens[index - 1].kind is not Kind.STRING):
            yield from _strings(text, tokens, index)
        fresh = depth == 0 and (token.kind is Kind.NEWLINE or token.text in (";", ":"))


def _closing(tokens: list[Token], index: int) -> int | None:
    """Index of the bracket that closes the one at ``index``."""
    depth = 0
    for at in range(index, len(tokens)):
        if tokens[at].text in _OPENING:
            depth += 1
        elif tokens[at].text in (")", "]", "}"):
            depth -= 1
            if depth == 0:
                return at
    return None


def _text_at(tokens: list[Token], index: int) -> str:
    return tokens[index].text if index < len(tokens) else ""


def _type_parameters(text: str, tokens: list[Token], index: int) -> Iterator[Mask]:
    """``def f[T](x)`` becomes ``def f(   x)``, ``class A[T]:`` becomes ``class A( ):``."""
    if _text_at(tokens, index + 2) != "[":
        return
    closing = _closing(tokens, index + 2)
    if closing is None:
        return
    start, end = tokens[index + 2].start, tokens[closing].end
    if _text_at(tokens, closing + 1) == "(":
        end = tokens[closing + 1].end
        yield Mask(start, end, "(" + blank(text[start + 1 : end]))
    else:
        yield Mask(start, end, _empty(text[start:end]))


def _type_statement(text: str, tokens: list[Token], index: int) -> Iterator[Mask]:
    """``type X[T] = int`` becomes ``(             )``."""
    name = _text_at(tokens, index + 1)
    if not name.isidentifier() or keyword.iskeyword(name):
        return
    if _text_at(tokens, index + 2) not in ("=", "["):
        return
    last, depth = index, 0
    for at in range(index, len(tokens)):
        token = tokens[at]
        if depth == 0 and (token.kind is Kind.NEWLINE or token.text == ";"):
            break
        depth += (token.text in _OPENING) - (token.text in (")", "]", "}"))
        if token.kind is not Kind.NEWLINE:
            last = at
    start, end = tokens[index].start, tokens[last].end
    yield Mask(start, end, _empty(text[start:end]))


def _lazy_import(text: str, tokens: list[Token], index: int) -> Iterator[Mask]:
    """``lazy import x`` becomes ``if 1:import x``."""
    if _text_at(tokens, index + 1) not in ("import", "from"):
        return
    start, end = tokens[index].start, tokens[index + 1].start
    if text[start:end].strip(" \t\f") == "lazy":
        yield Mask(start, end, "if 1:".ljust(end - start))


def _bare_exceptions(tokens: list[Token], index: int) -> Iterator[Mask]:
    """``except A, B:`` becomes ``except A| B:``, unless it is Python 2's ``except A, error:``."""
    depth, commas = 0, []
    for at in range(index + 1, len(tokens)):
        token = tokens[at]
        depth += (token.text in _OPENING) - (token.text in (")", "]", "}"))
        if depth == 0 and (token.kind is Kind.NEWLINE or token.text in (":", "as")):
            break
        if depth == 0 and token.text == ",":
            commas.append(at)
    else:
        return
    if len(commas) == 1 and at == commas[0] + 2 and _PYTHON_2_TARGET.match(tokens[at - 1].text):
        return
    for comma in commas:
        trailing = comma == at - 1
        yield Mask(tokens[comma].start, tokens[comma].end, " " if trailing else "|")


def _unpacking_comprehension(tokens: list[Token], index: int) -> Iterator[Mask]:
    """``[*x for x in y]`` becomes ``[ x for x in y]``."""
    if _text_at(tokens, index + 1) not in ("*", "**"):
        return
    depth = 0
    for at in range(index + 1, len(tokens)):
        token = tokens[at]
        depth += (token.text in _OPENING) - (token.text in (")", "]", "}"))
        if depth < 0 or (depth == 0 and token.text == ","):
            return
        if depth == 0 and token.text == "for":
            star = tokens[index + 1]
            yield Mask(star.start, star.end, " " * len(star.text))
            return


def _strings(text: str, tokens: list[Token], index: int) -> Iterator[Mask]:
    """A run of neighbouring strings: t-strings become f-strings, unreadable fields ``{0   }``."""
    last = index
    while last + 1 < len(tokens) and tokens[last + 1].kind is Kind.STRING:
        last += 1
    run = [token for token in tokens[index : last + 1] if token.prefix.lower().strip("rbu")]
    unreadable = [token for token in run if not _readable(text, token)]
    if any(len(token.quote) == 1 and _spans_lines(text, token) for token in unreadable):
        start, end = tokens[index].start, tokens[last].end
        yield Mask(start, end, _unknown(text[start:end]))
        return
    for token in run:
        template = set(token.prefix) & {"t", "T"}
        if template or token in unreadable:
            yield Mask(token.start, token.end, _formatted(text, token, token in unreadable))


def _readable(text: str, token: Token) -> bool:
    source = _formatted(text, token, False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(f"({source})")
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _spans_lines(text: str, token: Token) -> bool:
    return any("\n" in text[a:b] or "\r" in text[a:b] for a, b in token.fields)


def _formatted(text: str, token: Token, fields: bool) -> str:
    """The string with prefix ``f`` for ``t``, its fields masked if asked."""
    pieces = [token.prefix.replace("t", "f").replace("T", "F")]
    last = token.start + len(token.prefix)
    for start, end in token.fields if fields else ():
        inside = blank(text[start + 1 : end - 1]).replace(" ", "0", 1)
        pieces += (text[last:start], "{", inside, "}")
        last = end
    return "".join([*pieces, text[last : token.end]])


def _unknown(text: str) -> str:
    """An expression of no known value over several lines, an f-string where there is room."""
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    head = '(f"{0}"' if len(first) >= 7 else "(_"
    return head + blank(text[len(head) : -1]) + ")"
