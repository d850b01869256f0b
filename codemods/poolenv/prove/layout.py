"""Comments and blank space outside the edits are the same, by libcst's lossless tree."""

from __future__ import annotations

from poolenv.model import Check
from poolenv.prove.places import Place, holds
from poolenv.syntax.positions import Lines

LARGEST = 1_000_000
"""Characters; positions of a larger file take libcst minutes."""

_Piece = tuple[str, tuple[int, int]]


def check_layout(path: str, texts: tuple[str, str], places: tuple[Place, ...]) -> Check:
    """Compare all comments, blank lines, indentation and newlines of both files.

    An edit may change a comment it lies in, but not lose one among the code that it replaces.
    Not run on files that libcst cannot read back byte for byte.
    """
    if max(map(len, texts)) > LARGEST:
        return Check(path, "layout", None, f"not run: more than {LARGEST} characters")
    old, new = (_pieces(path, text) for text in texts)
    if old is None or new is None:
        return Check(path, "layout", None, "not run: libcst does not read this file losslessly")
    for place in places:
        lost = _comments_in(old, place.old) != _comments_in(new, place.new)
        if lost and not _is_comment_edit(old, place.old):
            line = place.edit.line
            return Check(path, "layout", False, f"line {line}: a comment inside the edit changed")
    olds = [text for text, at in old if not any(_meets(p.old, at) for p in places)]
    news = [text for text, at in new if not any(_meets(p.new, at) for p in places)]
    if olds != news:
        return Check(path, "layout", False, "comments or blank space outside the edits changed")
    return Check(path, "layout", True, f"{len(olds)} comments and spaces outside the edits kept")


def _pieces(path: str, text: str) -> list[_Piece] | None:
    """Comments, spaces and newlines with their ranges; None where libcst loses something."""
    import libcst as cst
    from libcst.metadata import MetadataWrapper, PositionProvider

    try:
        module = cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError):
        return None
    if module.code != text:
        return None
    kinds = (cst.Comment, cst.SimpleWhitespace, cst.Newline)
    lines = Lines(path, text)
    found: list[_Piece] = []
    positions = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    for node, where in positions.items():
        if not isinstance(node, kinds):
            continue
        start = lines.offset(where.start.line, where.start.column + 1)
        end = lines.offset(where.end.line, where.end.column + 1)
        if isinstance(node, cst.Newline) or start < end:
            found.append((text[start:end], (start, end)))
    return sorted(found, key=lambda piece: piece[1])


def _meets(edit: tuple[int, int], piece: tuple[int, int]) -> bool:
    return holds(edit, piece) or (edit[0] < piece[1] and piece[0] < edit[1])


def _comments_in(pieces: list[_Piece], edit: tuple[int, int]) -> list[str]:
    return [text for text, at in pieces if text.startswith("#") and holds(edit, at)]


def _is_comment_edit(pieces: list[_Piece], edit: tuple[int, int]) -> bool:
    return any(text.startswith("#") and holds(at, edit) for text, at in pieces)
