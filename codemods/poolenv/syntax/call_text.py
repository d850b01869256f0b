"""Calls read from text alone, so that a file need not be parsed to see that it passes nothing."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

_PIECE = re.compile(
    r"""(?P<string>'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<comment>\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])""",
    re.DOTALL | re.VERBOSE,
)
_NEXT = re.compile(r"\s*(?:(?P<opening>\()|[,)\r\n]|as\s)")
"""What follows a name that is called, handed on, assigned or imported under another name."""
_DEFINED = re.compile(r"\b(?:def|class)\s+$")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A parameter: its name, and its position where it can be passed by position."""

    name: str
    position: int | None


def may_pass(text: str, function: str, wanted: Wanted) -> bool:
    """Some use of ``function`` in a file may give the parameter a value.

    True also for every use that is not a plain call (imported under another name, assigned,
    handed on), which only the parsed file can tell.
    """
    return any(
        start is None or (call := _call_at(text, start)) is None or _passes(call, wanted)
        for start in _uses(text, function)
    )


def is_called(text: str, function: str) -> bool:
    """A call of ``function`` stands in a text, its definition aside."""
    return next(_uses(text, function), -1) != -1


def leaves_default(text: str, function: str, wanted: Wanted) -> bool:
    """Some plain call of ``function`` in a text passes the parameter no value."""
    return any(
        start is not None
        and (call := _call_at(text, start)) is not None
        and not _passes(call, wanted)
        for start in _uses(text, function)
    )


def _uses(text: str, function: str) -> Iterator[int | None]:
    """The bracket of each call of a name; None for a use that is no plain call."""
    at = text.find(function)
    while at >= 0:
        end = at + len(function)
        before, after = text[at - 1 : at], _NEXT.match(text, end)
        free = not (before.isalnum() or before == "_")
        if free and after is not None and not _DEFINED.search(text, max(0, at - 12), at):
            yield after.end() - 1 if after["opening"] else None
        at = text.find(function, end)


def _passes(call: ast.Call, wanted: Wanted) -> bool:
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return True
    if wanted.position is not None and len(call.args) > wanted.position:
        return True
    return any(keyword.arg in (wanted.name, None) for keyword in call.keywords)


def _call_at(text: str, start: int) -> ast.Call | None:
    """The call whose bracket opens at an offset; None where it can't be read by itself."""
    end = _closing(text, start)
    if end is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(f"_{text[start:end]}", mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return None
    return tree.body if isinstance(tree.body, ast.Call) else None


def _closing(text: str, start: int) -> int | None:
    """The offset behind the bracket that closes the one at ``start``."""
    depth = 0
    for piece in _PIECE.finditer(text, start, start + _LONGEST):
        if piece["open"]:
            depth += 1
        elif piece["close"]:
            depth -= 1
            if depth == 0:
                return piece.end()
    return None
