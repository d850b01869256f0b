"""Calls read from text alone, so that a file need not be parsed to see that it passes nothing."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

_PIECE = re.compile(
    r"""(?P<string>'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")"""
    r"""|(?P<comment>\#[^\n]*)|(?P<open>[(\[{])|(?P<close>[)\]}])""",
    re.DOTALL | re.VERBOSE,
)
_NEXT = re.compile(r"\s*(?:(?P<opening>\()|\[[^()\n]*\]\(|[,)\r\n]|(?:as|if|or)\s)")
"""What follows a name that is called, handed on, assigned, chosen or imported as another."""
_DEFINED = re.compile(r"\b(?:def|class)\s+$")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A parameter: its name, and its position where it can be passed by position."""

    name: str
    position: int | None
    entry: str | None = field(default=None, compare=False)
    """The key that is looked for in it: of very many calls, those count that stand beside it."""


@dataclass(frozen=True, slots=True)
class Passes:
    """What one plain call of a function passes."""

    positional: int
    keywords: frozenset[str | None]
    """With None for ``**mapping``."""
    starred: bool

    def gives(self, wanted: Wanted) -> bool:
        """It may give the parameter a value."""
        if self.starred or not self.keywords.isdisjoint((wanted.name, None)):
            return True
        return wanted.position is not None and self.positional > wanted.position


@dataclass(frozen=True, slots=True)
class Uses:
    """How a text uses a function, by its name alone."""

    calls: tuple[Passes, ...]
    is_called: bool
    """Some use is a call, or may be one: it is handed on, assigned, imported otherwise."""
    is_handed_on: bool
    """Some use is no plain call, or one that can't be read by itself: only the tree can tell."""

    def may_pass(self, wanted: Wanted) -> bool:
        """Some use may give the parameter a value."""
        return self.is_handed_on or any(call.gives(wanted) for call in self.calls)

    def leaves(self, wanted: Wanted) -> bool:
        """Some plain call leaves the parameter's default."""
        return not all(call.gives(wanted) for call in self.calls)


def uses(text: str, function: str) -> Uses:
    """Every use of a function in a text, its definition aside."""
    found = [None if start is None else _call_at(text, start) for start in _uses(text, function)]
    calls = tuple(_passes(call) for call in found if call is not None)
    return Uses(calls, bool(found), None in found)


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


def _passes(call: ast.Call) -> Passes:
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return Passes(len(call.args), frozenset(k.arg for k in call.keywords), starred)


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
