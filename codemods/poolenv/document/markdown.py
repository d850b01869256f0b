"""Text of other people's files as safe Markdown: masked, on one line, unable to form markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from poolenv.masking import mask, printable
from poolenv.model import Scalar

_SPACE = re.compile(r"[ \t]*[\r\n]\s*")
_TICKS = re.compile(r"`+")
_MARKUP = re.compile(r"[\\*\[\]]|__|~~")


def one_line(text: str) -> str:
    """Masked text without newlines; layout at line ends becomes one space."""
    return printable(_SPACE.sub(" ", mask(text)).strip(), one_line=True)


def code(text: str) -> str:
    """An inline code span, its fence longer than any run of backticks inside."""
    shown = one_line(text) or " "
    longest = max((len(run) for run in _TICKS.findall(shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def path_code(path: str) -> str:
    """The name of a file as a code span; names may hold any character, newlines too."""
    return code(printable(path, one_line=True))


def place(path: str, line: int | None) -> str:
    """``path:line`` as a code span; without a line, the path alone."""
    shown = printable(path, one_line=True)
    return code(shown if line is None else f"{shown}:{line}")


def prose(text: str) -> str:
    """A sentence that may quote somebody's code; its backtick pairs stay code spans."""
    parts = one_line(text).split("`")
    if len(parts) % 2 == 0:
        return _escaped("'".join(parts))
    return "".join(code(p) if i % 2 and p else _escaped(p) for i, p in enumerate(parts))


def cell(markdown: str) -> str:
    """Markdown as the cell of a table, where a pipe would end it even in a code span."""
    return markdown.replace("|", "\\|")


def value(scalar: Scalar) -> str:
    """A value as Python writes it, masked."""
    return code(repr(scalar))


def values(scalars: Iterable[Scalar]) -> str:
    """Possible values: ``5`` or ``10``."""
    return " or ".join(dict.fromkeys(value(scalar) for scalar in scalars))


def count(number: int, one: str, many: str | None = None) -> str:
    """``1 file``, ``2 files``; ``many`` where an s is not enough."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(words: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    every = list(words)
    return " and ".join(filter(None, [", ".join(every[:-1]), *every[-1:]]))


def _escaped(text: str) -> str:
    escaped = _MARKUP.sub(lambda match: "".join("\\" + c for c in match[0]), text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;")
