"""A lexer of the newest Python syntax, for files that this interpreter's own can't read.

It never fails on nesting and takes time linear in the text. It does not judge: what it can't
make sense of becomes single characters, and ``ast`` has the last word.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, NamedTuple

_TOKEN: Final = re.compile(
    r"(?P<space>(?:[ \t\f]|\\(?:\r\n|\r|\n))+)"
    r"|(?P<comment>#[^\r\n]*)"
    r"|(?P<newline>\r\n|\r|\n)"
    r"|(?P<prefix>[bBfFrRtTuU]{0,2})(?P<quote>'''|\"\"\"|'|\")"
    r"|(?P<name>\w+)"
    r"|(?P<op>\*\*|:=|!=|.)",
    re.DOTALL,
)
_STRING_END: Final = {
    "'": re.compile(r"[^\\'\r\n]*(?:\\(?:\r\n|.)[^\\'\r\n]*)*'", re.DOTALL),
    '"': re.compile(r'[^\\"\r\n]*(?:\\(?:\r\n|.)[^\\"\r\n]*)*"', re.DOTALL),
    "'''": re.compile(r"[^\\']*(?:(?:\\.|'(?!''))[^\\']*)*'''", re.DOTALL),
    '"""': re.compile(r'[^\\"]*(?:(?:\\.|"(?!""))[^\\"]*)*"""', re.DOTALL),
}
_NAMED_CHARACTER: Final = re.compile(r"\\N\{[^{}\r\n]*\}")


class Kind(Enum):
    """What a token is; spaces and joined lines give none."""

    NAME = "name"
    """A name, keyword or number."""
    STRING = "string"
    OP = "op"
    COMMENT = "comment"
    NEWLINE = "newline"


class Token(NamedTuple):
    """One token: its offsets in the text, and the replacement fields of an f- or t-string."""

    kind: Kind
    start: int
    end: int
    text: str
    """Its source, empty for strings and comments."""
    prefix: str = ""
    quote: str = ""
    fields: tuple[tuple[int, int], ...] = ()


class UnreadableError(ValueError):
    """A string that does not end; ``args[0]`` is the offset at which it begins."""


def tokenize(text: str) -> list[Token]:
    """All tokens of a text in order. Raises UnreadableError for a string without an end."""
    tokens: list[Token] = []
    position = 0
    while match := _TOKEN.match(text, position):
        if match["quote"] is not None:
            token = _string(text, match)
            tokens.append(token)
            position = token.end
            continue
        position = match.end()
        kind = match.lastgroup
        if kind == "comment":
            tokens.append(Token(Kind.COMMENT, match.start(), position, ""))
        elif kind != "space":
            tokens.append(Token(Kind(kind), match.start(), position, match[0]))
    return tokens


def _string(text: str, match: re.Match[str]) -> Token:
    start, prefix, quote = match.start(), match["prefix"], match["quote"]
    if not set(prefix.lower()) & {"f", "t"}:
        found = _STRING_END[quote].match(text, match.end())
        if found is None:
            raise UnreadableError(start)
        return Token(Kind.STRING, start, found.end(), "", prefix, quote)
    end, fields = _formatted(text, match.end(), prefix, quote)
    return Token(Kind.STRING, start, end, "", prefix, quote, fields)


def _formatted(
    text: str, position: int, prefix: str, quote: str
) -> tuple[int, tuple[tuple[int, int], ...]]:
    """End and replacement fields of an f-string whose body starts at ``position``."""
    fields: list[tuple[int, int]] = []
    raw = "r" in prefix.lower()
    start = position
    while position < len(text):
        character = text[position]
        if text.startswith(quote, position):
            return position + len(quote), tuple(fields)
        if character == "\\" and text.startswith(("{", "}"), position + 1):
            named = None
            position += 1
        elif character == "\\":
            named = None if raw else _NAMED_CHARACTER.match(text, position)
            position = named.end() if named else position + 2
        elif text.startswith(("{{", "}}"), position):
            position += 2
        elif character == "{":
            end = _field(text, position + 1, quote)
            fields.append((position, end))
            position = end
        elif character in "\r\n" and len(quote) == 1:
            break
        else:
            position += 1
    raise UnreadableError(start)


def _field(text: str, position: int, quote: str) -> int:
    """The offset behind the ``}`` that closes a replacement field, nested ones included."""
    depth, start = 0, position
    while match := _TOKEN.match(text, position):
        if match["quote"] is not None:
            position = _string(text, match).end
            continue
        position = match.end()
        match match[0]:
            case "(" | "[" | "{":
                depth += 1
            case "}" if depth == 0:
                return position
            case ")" | "]" | "}":
                depth -= 1
            case ":" | ":=" if depth == 0:
                return _format_spec(text, match.start() + 1, quote)
    raise UnreadableError(start)


def _format_spec(text: str, position: int, quote: str) -> int:
    start = position
    while position < len(text) and not text.startswith(quote, position):
        if text[position] == "}":
            return position + 1
        position = _field(text, position + 1, quote) if text[position] == "{" else position + 1
    raise UnreadableError(start)
