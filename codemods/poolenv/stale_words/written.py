"""Comments and docstrings of a Python file, and which of them speak of a given place."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from poolenv.model import SourceFile
from poolenv.syntax.source.parse import parse
from poolenv.syntax.source.positions import Lines

_NEWLINE = re.compile(r"\r\n|\r|\n")
_Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Words:
    """One line of a comment or docstring: its text from ``start`` on, its 1-based line."""

    start: int
    text: str
    line: int
    scope: tuple[int, int] | None
    """Of a docstring: the lines of what it describes. None for a comment."""


class Written:
    """One file's comments and docstrings; a file that does not parse still has its comments."""

    def __init__(self, source: SourceFile) -> None:
        self._lines = Lines(source.path, source.text)
        self._texts = _NEWLINE.split(source.text)
        try:
            self._tree: ast.Module | None = parse(source.text, source.path)
        except SyntaxError:
            self._tree = None
        self.words = (*self._comments(source.text), *self._docstrings())

    def line(self, number: int) -> str:
        """The text of a 1-based line, empty outside the file."""
        return self._texts[number - 1] if 0 < number <= len(self._texts) else ""

    def statement(self, line: int) -> tuple[int, int]:
        """First and last line of the simple statement that a line belongs to."""
        best = (line, line)
        for node in ast.walk(self._tree) if self._tree else ():
            if not isinstance(node, ast.stmt) or hasattr(node, "body") or node.end_lineno is None:
                continue
            if node.lineno <= line <= node.end_lineno:
                best = (node.lineno, node.end_lineno)
        return best

    def paragraph(self, first: int, last: int) -> tuple[int, int]:
        """Those lines with all lines above and below up to the next blank one."""
        while first > 1 and self.line(first - 1).strip():
            first -= 1
        while last < len(self._texts) and self.line(last + 1).strip():
            last += 1
        return first, last

    def _comments(self, text: str) -> Iterator[Words]:
        try:
            for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
                if token.type == tokenize.COMMENT:
                    line, column = token.start
                    yield Words(
                        self._lines.offset(line, column + 1), token.string.rstrip(), line, None
                    )
        except (tokenize.TokenError, SyntaxError):
            return  # what was read up to the error is true

    def _docstrings(self) -> Iterator[Words]:
        for node in ast.walk(self._tree) if self._tree else ():
            if not isinstance(node, _Scope) or not node.body:
                continue
            first = node.body[0]
            if not isinstance(first, ast.Expr) or not isinstance(first.value, ast.Constant):
                continue
            if isinstance(first.value.value, str):
                end = len(self._texts) if isinstance(node, ast.Module) else node.end_lineno or 0
                begin = 1 if isinstance(node, ast.Module) else node.lineno
                yield from self._docstring(first.value, (begin, end))

    def _docstring(self, node: ast.Constant, scope: tuple[int, int]) -> Iterator[Words]:
        start, end = self._lines.range_of(node)
        offset = start
        for part in re.split(r"(\r\n|\r|\n)", self._lines.text[start:end]):
            is_doctest = part.lstrip().startswith((">>>", "..."))  # tests are another's subject
            if part.strip() and not is_doctest:
                yield Words(offset, part, self._lines.position(offset)[0], scope)
            offset += len(part)
