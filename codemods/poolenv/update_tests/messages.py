"""The words around an edited expectation: messages, docstrings and comments with the old number."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from poolenv.model import Edit, Scalar
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.source.tokens import Kind, Token
from poolenv.update_tests.facts import Fact, key
from poolenv.update_tests.judging import Judgement
from poolenv.update_tests.literals import in_braces, numbers

_EXPECTING = re.compile(
    r"(?:expect\w*|want\w*|should\b.*|must\b.*|is|be|to|of|at|than|limit|default\w*|not|[=:<>]+"
    r"|max\w*|up|below|and|got)\s*[\"'(`]*$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"^[\"'`)]*\s*(?:connections?|overflow|extra|slots?)\b", re.IGNORECASE)
_NEAR = 40
_ADDED = re.compile(r"(?<![\w.+])(\d+)(\s*\+\s*)(\d+)(?![\w.])(?!\s*\+)")
_TOTAL = re.compile(r"^\s*(?:connections?\b|in total|total\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """The names that tell which argument a number in a text is about."""

    vocabulary: frozenset[str]
    keys: frozenset[str]
    old: Scalar
    new: Scalar
    parts: tuple[tuple[Scalar, Scalar], ...] = ()
    """Of a sum: what is added up, before and after."""

    def edits(self, module: Module, start: int, end: int, named: bool) -> Iterator[Edit]:
        """Edits of the old number in a range of the file; ``named``: only beside the name."""
        text = module.lines.text[start:end]
        if self.parts:
            yield from self._addends(module, start, text)
        is_f = re.match(r"(?i)[rbu]{0,1}f[rb]{0,1}[\"']", text) is not None
        for number in numbers(text, self.old):
            if is_f and in_braces(text, number.start()):
                continue
            if self._is_ours(text, number, named):
                first = start + number.start()
                yield Edit(
                    module.path, first, first + len(number.group()), number.group(),
                    str(self.new), "says what the test expects now",
                    module.lines.position(first)[0],
                )  # fmt: skip

    def _addends(self, module: Module, start: int, text: str) -> Iterator[Edit]:
        """Edits of ``5 + 10`` beside a total of 15, in either order."""
        for added in _ADDED.finditer(text):
            written = [added[1], added[3]]
            for parts in (self.parts, self.parts[::-1]):
                if [str(old) for old, _ in parts] == written:
                    break
            else:
                continue
            for group, (old, new) in zip((1, 3), parts, strict=True):
                if old != new:
                    first, last = start + added.start(group), start + added.end(group)
                    yield Edit(
                        module.path, first, last, added[group], str(new),
                        "says what the test adds up now", module.lines.position(first)[0],
                    )  # fmt: skip

    def _is_ours(self, text: str, number: re.Match[str], named: bool) -> bool:
        before, after = text[: number.start()], text[number.end() :]
        if self.parts:
            return bool(_COUNTED.match(after) or _EXPECTING.search(before))
        name = self._last_name(before)
        if name is not None:
            ours = name[0] in self.keys
            return ours and (not named or len(before) - name[1] <= _NEAR)
        return not named and bool(_EXPECTING.search(before) or _COUNTED.match(after))

    def _last_name(self, before: str) -> tuple[str, int] | None:
        plain = re.sub(r"(?i)\b(pool|max)[ -](size|overflow|timeout|recycle)\b", r"\1_\2", before)
        found = None
        for match in re.finditer(r"\w+", plain):
            word = match.group().lower().strip("_")
            if word in self.vocabulary:
                found = (word, match.end())
        return found


def words_of(judgement: Judgement, vocabulary: frozenset[str]) -> Words:
    """How texts speak about what a judgement changes."""
    keys = frozenset(name for fact in judgement.facts for name in fact.keys)
    return Words(vocabulary, keys, judgement.old, judgement.new, judgement.parts)


def words_of_text(facts: Iterable[Fact], text: str, vocabulary: frozenset[str]) -> Words | None:
    """How messages speak about a text that a test looks for; None where it holds no one value."""
    named = {key(word) for word in re.findall(r"\w+", re.sub(r"\\[A-Za-z]", " ", text))}
    about = [
        fact
        for fact in facts
        if fact.changed and fact.keys & named and any(numbers(text, fact.old))
    ]
    if len({(repr(fact.old), repr(fact.new)) for fact in about}) != 1:
        return None
    keys = frozenset(name for fact in about for name in fact.keys)
    return Words(vocabulary, keys, about[0].old, about[0].new)


def message_edits(
    module: Module, place: ast.AST, checked: ast.expr, words: Words, parents: dict[int, ast.AST]
) -> Iterator[Edit]:
    """Edits of the messages that belong to a changed expectation.

    ``place`` is the comparison, search or call, ``checked`` the literal in it that is edited.
    """
    region = _region(place, parents)
    if region is None:
        return
    skipped = {id(n) for n in ast.walk(region) if _is_no_message(n, parents)}
    for node in ast.walk(region):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if not (is_text or isinstance(node, ast.JoinedStr)) or id(node) in skipped:
            continue
        assert isinstance(node, ast.expr)
        parent = parents.get(id(node))
        if isinstance(parent, ast.JoinedStr | ast.FormattedValue):
            continue
        if node is not checked:
            yield from words.edits(module, *module.lines.range_of(node), named=False)


def _region(place: ast.AST, parents: dict[int, ast.AST]) -> ast.AST | None:
    """The statement that a comparison decides: its ``assert``, ``if`` chain, or call."""
    node: ast.AST | None = place
    while node is not None and not isinstance(node, ast.stmt):
        node = parents.get(id(node))
    while isinstance(node, ast.If):
        above = parents.get(id(node))
        if not (isinstance(above, ast.If) and node in above.orelse):
            break
        node = above
    return node if isinstance(node, ast.Assert | ast.If | ast.Expr | ast.Raise) else None


def _is_no_message(node: ast.AST, parents: dict[int, ast.AST]) -> bool:
    """A text that is compared, searched for, or a key: not words for a person."""
    parent = parents.get(id(node))
    match parent:
        case ast.Compare() | ast.Subscript() | ast.Dict() | ast.keyword():
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"))):
            return True
        case ast.Call(func=ast.Attribute(attr="get" | "getenv" | "setenv" | "delenv" | "group")):
            return True
    return False


def described_edits(judgement: Judgement, words: Words, tokens: list[Token]) -> Iterator[Edit]:
    """Edits of the unit's docstring and comments where they name the argument with the number."""
    unit = judgement.claim.unit
    lines = unit.module.lines
    node = unit.scopes[0].node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        first, last = node.lineno - 3, node.end_lineno or node.lineno
        if ast.get_docstring(node) is not None and isinstance(node.body[0], ast.Expr):
            yield from words.edits(unit.module, *lines.range_of(node.body[0].value), named=True)
    else:
        line = getattr(judgement.claim.place, "lineno", 1)
        first, last = line - 2, line + 1
    for token in tokens:
        if token.kind is Kind.COMMENT and first <= lines.position(token.start)[0] <= last:
            yield from words.edits(unit.module, token.start, token.end, named=True)


def total_edits(
    unit_nodes: tuple[ast.AST, ...], module: Module, totals: tuple[int, int]
) -> Iterator[Edit]:
    """Edits of ``15 connections`` in texts of a unit whose expectations changed."""
    before, after = totals
    for top in unit_nodes:
        for node in ast.walk(top):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if not (is_text or isinstance(node, ast.JoinedStr)):
                continue
            assert isinstance(node, ast.expr)
            start, end = module.lines.range_of(node)
            text = module.lines.text[start:end]
            for number in numbers(text, before):
                if _TOTAL.match(text[number.end() :]):
                    first = start + number.start()
                    yield Edit(
                        module.path, first, first + len(number.group()), number.group(),
                        str(after), "the most connections changed", module.lines.position(first)[0],
                    )  # fmt: skip
