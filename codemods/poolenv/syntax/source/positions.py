"""Positions of ``ast`` nodes as character offsets and 1-based spans of the decoded text."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from itertools import accumulate

from poolenv.model import Edit, Span

_NEWLINE = re.compile(r"\r\n|\r|\n")


class Lines:
    """The lines of one text, as ``ast`` counts them (``\\n``, ``\\r`` and ``\\r\\n`` end a line).

    ``ast`` gives columns in UTF-8 bytes of the line; everything here is in characters.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        if "\r" in text:
            self._starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]
        else:
            self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
            self._starts.pop()

    def line_text(self, line: int) -> str:
        """The text of a 1-based line, without its newline."""
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def _offset_of_bytes(self, line: int, byte_column: int) -> int:
        start = self._starts[line - 1]
        prefix = self.text[start : start + byte_column]
        if prefix.isascii():
            return start + byte_column
        return start + len(prefix.encode()[:byte_column].decode(errors="ignore"))

    def range_of(self, node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> tuple[int, int]:
        """Start and end offset of a node, in characters; parentheses around it excluded."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._offset_of_bytes(node.lineno, node.col_offset),
            self._offset_of_bytes(node.end_lineno, node.end_col_offset),
        )

    def source(self, node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> str:
        """The node's source text."""
        start, end = self.range_of(node)
        return self.text[start:end]

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def byte_position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset as ``ast`` counts them: 1-based, UTF-8 bytes."""
        line = bisect_right(self._starts, offset)
        prefix = self.text[self._starts[line - 1] : offset]
        return line, len(prefix) if prefix.isascii() else len(prefix.encode())

    def offset(self, line: int, column: int) -> int:
        """Character offset of a 1-based line and column."""
        return self._starts[line - 1] + column - 1

    def span(self, node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> Span:
        """The node's range for people and reports."""
        start, end = self.range_of(node)
        return self.span_between(start, end)

    def start(self, node: ast.expr | ast.stmt) -> Span:
        """The place where a node starts, for a reason about what it is or does."""
        start = self._offset_of_bytes(node.lineno, node.col_offset)
        return self.span_between(start, start)

    def span_between(self, start: int, end: int) -> Span:
        """The span of a range of character offsets."""
        return Span(self.path, *self.position(start), *self.position(end))

    def range_of_span(self, span: Span) -> tuple[int, int]:
        """Character offsets of a span of this text."""
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)


def splice(text: str, edits: tuple[Edit, ...]) -> str:
    """Apply edits to a decoded text, last first so that earlier offsets stay true.

    Raises ValueError where an edit's ``old`` is not what stands there.
    """
    for edit in sorted(edits, key=lambda e: (e.start, e.end), reverse=True):
        if text[edit.start : edit.end] != edit.old:
            raise ValueError(f"{edit.path}:{edit.line}: expected {edit.old!r}")
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text
