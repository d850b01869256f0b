"""Numbers and texts inside the source of a literal, edited without touching what is around."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poolenv.model import Scalar
from poolenv.syntax.source.positions import Lines

_OPENING = re.compile(r"(?i)([a-z]{0,2})(\"\"\"|'''|\"|')")
_ESCAPE = re.compile(
    r"\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[\s\S])"
)
_BEFORE_NUMBER = r"(?:(?<![\w.])|(?<=\\[ntr]))"


def value_of(node: ast.expr) -> Scalar | tuple[()]:
    """The constant of an expression (``10``, ``-1``, ``60 * 60``, ``"10"``), or ``()``."""
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = value_of(operand)
            return -inner if isinstance(inner, int | float) else ()
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            one, two = value_of(left), value_of(right)
            if isinstance(one, int | float) and isinstance(two, int | float):
                return one * two
    return ()


def means(node: ast.expr, value: Scalar) -> bool:
    """The literal is this value, as a number or as the text of it (``"10"``)."""
    found = value_of(node)
    if isinstance(found, tuple):
        return False
    if isinstance(found, str) and not isinstance(value, str):
        return found.strip() == str(value)
    if isinstance(found, float) and isinstance(value, int) and not isinstance(value, bool):
        return found == value
    return type(found) is type(value) and found == value


def rewritten(source: str, old: Scalar, new: Scalar) -> str:
    """The literal's source with another value: quotes, prefix and float form kept."""
    opening = _OPENING.match(source)
    if opening:
        return source.replace(str(old), str(new), 1)
    if "." in source and isinstance(new, int) and not isinstance(new, bool):
        return repr(float(new))
    return repr(new)


def numbers(text: str, value: Scalar) -> Iterator[re.Match[str]]:
    """Every place where a text holds this number as a word of its own."""
    pattern = _BEFORE_NUMBER + re.escape(str(value)) + r"(?![\w]|\.\d|\s?%)"
    yield from re.finditer(pattern, text)


def in_braces(text: str, position: int) -> bool:
    """The position lies in a replacement field of an f-string's source."""
    before = text[:position].replace("{{", "  ").replace("}}", "  ")
    return before.count("{") > before.count("}")


class StringToken:
    """One string literal that is a single token: maps positions of its value to its source."""

    def __init__(self, lines: Lines, node: ast.Constant) -> None:
        self.start, self.end = lines.range_of(node)
        source = lines.text[self.start : self.end]
        opening = _OPENING.match(source)
        self.prefix = opening.group(1).lower() if opening else ""
        self.quote = opening.group(2) if opening else ""
        self.body = self.start + (opening.end() if opening else 0)
        self._offsets = self._map(source[self.body - self.start : -len(self.quote) or None])
        value = node.value
        assert isinstance(value, str)
        self.simple = bool(opening) and len(self._offsets) == len(value) + 1

    def _map(self, body: str) -> list[int]:
        offsets: list[int] = []
        position = 0
        while position < len(body):
            escape = None if "r" in self.prefix else _ESCAPE.match(body, position)
            if escape and escape.group() in ("\\\n", "\\\r\n"):
                position = escape.end()
                continue
            offsets.append(self.body + position)
            if body.startswith("\r\n", position):
                position += 2
            else:
                position = escape.end() if escape else position + 1
        return [*offsets, self.body + len(body)]

    def offset(self, index: int) -> int:
        """The file offset of a character of the value."""
        return self._offsets[index]

    def written(self, text: str) -> str | None:
        """Plain text as it has to be written inside this token; None where it can't be."""
        if "r" in self.prefix:
            # ``\"`` in a raw string keeps its backslash, so only the absence of quotes is safe.
            return None if self.quote in text or text.endswith("\\") else text
        text = text.replace("\\", "\\\\").replace("\n", "\\n")
        return text.replace(self.quote, "\\" + self.quote) if len(self.quote) == 1 else text

    def written_pattern(self, pattern: str) -> str:
        """A regular expression as it has to be written inside this token."""
        if "r" in self.prefix:
            # In a raw string ``\"`` is a backslash and a quote, which a pattern reads as a quote.
            return (
                pattern.replace(self.quote, "\\" + self.quote)
                if len(self.quote) == 1
                else (pattern)
            )
        pattern = pattern.replace("\\", "\\\\")
        return pattern.replace(self.quote, "\\" + self.quote) if len(self.quote) == 1 else pattern
