"""Comments and blank space outside the edits are the same, as a tokenizer sees them.

``tokenize`` is the judge, as it is ten times faster than libcst's positions. libcst, which also
reads syntax newer than the interpreter's, judges what ``tokenize`` cannot read.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator

from poolenv.model import Check
from poolenv.prove.places import Place, holds
from poolenv.syntax.source.positions import Lines

_Range = tuple[int, int]
_KINDS = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT)


def check_layout(path: str, texts: tuple[str, str], places: tuple[Place, ...]) -> Check:
    """Compare all comments, blank lines, indentation and newlines of both files.

    An edit may change a comment it lies in, but not lose one among the code that it replaces.
    """
    found = _both(texts)
    if found is None:
        return Check(path, "layout", None, "not run: neither tokenize nor libcst reads this file")
    old, new = found
    for place in places:
        lost = _comments(texts[0], old, place.old) != _comments(texts[1], new, place.new)
        inside = any(texts[0][at[0]] == "#" and holds(at, place.old) for at in old)
        if lost and not inside:
            detail = f"line {place.edit.line}: a comment inside the edit changed"
            return Check(path, "layout", False, detail)
    olds = list(_outside(texts[0], old, [place.old for place in places]))
    news = list(_outside(texts[1], new, [place.new for place in places]))
    if olds != news:
        return Check(path, "layout", False, "comments or blank space outside the edits changed")
    comments = sum(text.startswith("#") for text in olds)
    return Check(path, "layout", True, f"{comments} comments and all space between code kept")


def _comments(text: str, ranges: list[_Range], edit: _Range) -> list[str]:
    inside = [text[start:end] for start, end in ranges if holds(edit, (start, end))]
    return [piece for piece in inside if piece.startswith("#")]


def _outside(text: str, ranges: list[_Range], edits: list[_Range]) -> Iterator[str]:
    """The pieces without what lies in an edit; a piece around an edit is cut in two."""
    waiting = iter([*edits, (len(text) + 1, len(text) + 1)])
    edit = next(waiting)
    for first, end in ranges:
        start = first
        while edit[1] < end:
            if edit[0] > start:
                yield text[start : edit[0]]
            start = max(start, edit[1])
            edit = next(waiting)
        until = min(end, max(start, edit[0]))
        if until > start:
            yield text[start:until]


def _both(texts: tuple[str, str]) -> tuple[list[_Range], list[_Range]] | None:
    """Where comments and spaces are in each text, by the same judge."""
    for judge in (_by_tokenize, _by_libcst):
        old, new = judge(texts[0]), judge(texts[1])
        if old is not None and new is not None:
            return old, new
    return None


def _by_tokenize(text: str) -> list[_Range] | None:
    lines = Lines("", text)
    found: list[_Range] = []
    last = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type in (tokenize.DEDENT, tokenize.ENDMARKER):
                continue
            start = lines.offset(token.start[0], token.start[1] + 1)
            end = start + len(token.string)
            if start > last:
                found.append((last, start))
            if token.type in _KINDS and end > start:
                found.append((start, end))
            last = end
    except (tokenize.TokenError, SyntaxError, IndexError):
        return None
    return found


def _by_libcst(text: str) -> list[_Range] | None:
    import libcst as cst
    from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    if module.code != text:
        return None
    kinds = (cst.Comment, cst.SimpleWhitespace, cst.Newline)
    data = text.encode()
    spans = MetadataWrapper(module, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
    found: list[_Range] = []
    for node, span in spans.items():
        if isinstance(node, kinds) and span.length:
            start = len(data[: span.start].decode())
            length = len(data[span.start : span.start + span.length].decode())
            found.append((start, start + length))
    return sorted(found)
