"""What stands around a literal: an f-string, an operator, a class, a name, a style of quotes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from poolenv.model import Snapshot, Span
from poolenv.syntax.source.parse import parse
from poolenv.syntax.source.positions import Lines
from poolenv.syntax.source.tokens import Kind, UnreadableError, tokenize

_BINDING_TIGHTER = (ast.BoolOp, ast.UnaryOp, ast.BinOp, ast.Compare, ast.Attribute, ast.Await)
"""What takes a part of a comparison where the whole was one literal."""


@dataclass(frozen=True, slots=True)
class Around:
    """The surroundings of one literal."""

    in_text: bool = False
    """It stands inside an f-string."""
    needs_parentheses: bool = False
    """A comparison in its place would be read apart by the operator around it."""
    owner: str | None = None
    """The class whose attribute it is."""
    name: str | None = None
    """The constant, field, key or variable that it is given to."""
    classes: tuple[str, ...] = ()
    """The classes that it stands in, outermost first."""


@dataclass(slots=True)
class Surroundings:
    """The files of the literals, each parsed once."""

    snapshot: Snapshot
    _lines: dict[str, Lines] = field(default_factory=dict)
    _trees: dict[str, ast.Module | None] = field(default_factory=dict)
    _quotes: dict[str, str] = field(default_factory=dict)

    def lines(self, path: str) -> Lines:
        """The lines of a Python file of the snapshot."""
        if path not in self._lines:
            self._lines[path] = Lines(path, self.snapshot.python[path].text)
        return self._lines[path]

    def tree(self, path: str) -> ast.Module | None:
        """The syntax tree of a file; None where it can't be parsed."""
        if path not in self._trees:
            try:
                self._trees[path] = parse(self.lines(path).text, path)
            except SyntaxError:
                self._trees[path] = None
        return self._trees[path]

    def quote(self, path: str) -> str:
        """The quote of a file's strings: ``'`` where all of them have it, else ``"``."""
        if path not in self._quotes:
            self._quotes[path] = _quote_of(self.lines(path).text)
        return self._quotes[path]

    def around(self, span: Span) -> Around:
        """What stands around a literal; nothing where its file can't be parsed."""
        tree = self.tree(span.path)
        if tree is None:
            return Around()
        lines = self.lines(span.path)
        way = self.way_to(span)
        own = lines.range_of_span(span)
        outer = [node for node in way if _range(lines, node) != own]
        if not outer:
            return Around()
        statement = next((i for i in reversed(range(len(outer))) if _assigns(outer[i])), None)
        in_class = statement is not None and isinstance(outer[statement - 1], ast.ClassDef)
        holder = outer[statement - 1] if statement and in_class else None
        return Around(
            in_text=any(isinstance(node, ast.JoinedStr) for node in way),
            needs_parentheses=isinstance(outer[-1], _BINDING_TIGHTER),
            owner=holder.name if isinstance(holder, ast.ClassDef) else None,
            name=_target(outer[statement]) if statement is not None else None,
            classes=tuple(node.name for node in outer if isinstance(node, ast.ClassDef)),
        )

    def way_to(self, span: Span) -> list[ast.AST]:
        """The nodes around a range, outermost first, down to the range's own."""
        tree = self.tree(span.path)
        if tree is None:
            return []
        lines = self.lines(span.path)
        start, end = lines.range_of_span(span)
        way: list[ast.AST] = [tree]
        while not isinstance(way[-1], ast.JoinedStr):
            for child in _positioned(way[-1]):
                first, last = _range(lines, child)
                if first <= start and end <= last:
                    way.append(child)
                    break
            else:
                break
        return way


def _positioned(node: ast.AST) -> Iterator[ast.expr | ast.stmt | ast.keyword]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.stmt | ast.keyword):
            yield child
        else:
            yield from _positioned(child)


def _range(lines: Lines, node: ast.AST) -> tuple[int, int]:
    """The range of a node, with the decorators that stand before it."""
    if not isinstance(node, ast.expr | ast.stmt | ast.keyword):
        return 0, len(lines.text)
    start, end = lines.range_of(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        start = min([start, *(lines.range_of(d)[0] for d in node.decorator_list)])
    return start, end


def _assigns(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr)


def _target(node: ast.AST) -> str | None:
    match node:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return _name(target)
        case ast.NamedExpr(target=target):
            return _name(target)
    return None


def _name(target: ast.expr) -> str | None:
    match target:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
    return None


def _quote_of(text: str) -> str:
    try:
        found = {t.quote for t in tokenize(text) if t.kind is Kind.STRING and len(t.quote) == 1}
    except UnreadableError:
        return '"'
    return "'" if found == {"'"} else '"'
