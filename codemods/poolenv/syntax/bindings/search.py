"""Finds the nodes that stand where a word occurs in a module's text, and what is around them.

The tree is entered at the positions of the word alone, so a search costs what the word occurs,
not what the file holds.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.statements import inner_blocks
from poolenv.syntax.source.words import continues_word

Matches = Callable[[ast.AST, str], bool]
_Position = tuple[int, int]
"""1-based line, and column in UTF-8 bytes, as ``ast`` counts them."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A node that a search came upon, with where it stands."""

    node: ast.expr | ast.keyword
    scope: Scope
    stmt: ast.stmt
    outer: tuple[ast.AST, ...]
    """Ancestors inside the statement, outermost first."""


def search(module: Module, word: str, matches: Matches) -> list[Found]:
    """The nodes that match, in order of their place; each stands where the word does."""
    found: dict[int, Found] = {}
    for position in _occurrences(module, word):
        for hit in _at(module, position, word, matches):
            found.setdefault(id(hit.node), hit)
    return list(found.values())


def is_name(node: ast.AST, word: str) -> bool:
    """A ``Name``, or an ``Attribute`` whose last part is the word."""
    if isinstance(node, ast.Name):
        return node.id == word
    return isinstance(node, ast.Attribute) and node.attr == word


def is_setting(node: ast.AST, word: str) -> bool:
    """An assigned ``Name``, a string constant or a keyword that is the word."""
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.keyword(arg=str() as name):
            return name == word
        case ast.Constant(value=str() as name):
            return name == word
    return False


def is_setting_or_member(node: ast.AST, word: str) -> bool:
    """The same, or an assigned ``Attribute`` whose last part is the word."""
    if isinstance(node, ast.Attribute):
        return node.attr == word and isinstance(node.ctx, ast.Store)
    return is_setting(node, word)


def _occurrences(module: Module, word: str) -> Iterator[_Position]:
    text, lines = module.source.text, module.lines
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (continues_word(text[at - 1 : at]) or continues_word(text[end : end + 1])):
            yield lines.byte_position(at)
        at = text.find(word, end)


def _at(module: Module, position: _Position, word: str, matches: Matches) -> Iterator[Found]:
    scope, block = module.scope, module.tree.body
    while True:
        stmt = _statement_at(block, position)
        if stmt is None:
            return
        inner = next((b for b in _blocks(stmt) if _holds(b, position)), None)
        if inner is None:
            yield from _in_header(stmt, scope, position, word, matches)
            return
        block = inner
        if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = scope.child(stmt)


def _blocks(stmt: ast.stmt) -> Iterator[list[ast.stmt]]:
    if isinstance(stmt, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield stmt.body
    else:
        yield from inner_blocks(stmt)


def _holds(block: list[ast.stmt], position: _Position) -> bool:
    return bool(block) and _start(block[0]) <= position < _end(block[-1])


def _start(node: ast.stmt) -> _Position:
    decorators = getattr(node, "decorator_list", None)
    first = decorators[0] if decorators else node
    return (first.lineno, 0) if decorators else (first.lineno, first.col_offset)


def _end(node: ast.stmt | ast.expr | ast.keyword) -> _Position:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _line(stmt: ast.stmt) -> int:
    return stmt.lineno


def _statement_at(block: list[ast.stmt], position: _Position) -> ast.stmt | None:
    index = bisect_right(block, position[0], key=_line)
    if index < len(block) and _start(block[index]) <= position:
        return block[index]
    index -= 1
    while index >= 0 and _start(block[index]) > position:
        index -= 1
    if index >= 0 and position < _end(block[index]):
        return block[index]
    return None


def _in_header(
    stmt: ast.stmt, scope: Scope, position: _Position, word: str, matches: Matches
) -> Iterator[Found]:
    """The matching nodes of a statement's own expressions."""

    def walk(node: ast.AST, scope: Scope, outer: tuple[ast.AST, ...]) -> Iterator[Found]:
        if matches(node, word):
            assert isinstance(node, ast.expr | ast.keyword)
            yield Found(node, scope, stmt, outer)
        inside = scope.child(node) if isinstance(node, ast.Lambda) else scope
        below = (*outer, node)
        # The positions of what an f-string holds can't be relied on before Python 3.12.
        loose = isinstance(node, ast.JoinedStr)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.expr_context):
                continue
            if loose or _covers(child, position):
                body = isinstance(node, ast.Lambda) and child is node.body
                yield from walk(child, inside if body else scope, below)

    for child in ast.iter_child_nodes(stmt):
        if not isinstance(child, ast.stmt | ast.expr_context) and _covers(child, position):
            yield from walk(child, scope, ())


def _covers(node: ast.AST, position: _Position) -> bool:
    """False where the node ends before the position or starts behind it."""
    if getattr(node, "lineno", None) is None:
        return True
    placed = cast(ast.expr, node)
    return (placed.lineno, placed.col_offset) <= position < _end(placed)
