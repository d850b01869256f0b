"""Changes that the trees can't show, since they stand in syntax newer than the interpreter's."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from poolenv.verification.differences import Difference


def unseen_lines(
    old_text: str, new_text: str, seen: Iterable[Difference]
) -> Iterator[tuple[int, str]]:
    """Changed lines in which no difference of the trees stands, where a text needed masking.

    Each with its number in the new text and what it holds; blank lines and comments are left out.
    """
    if _is_plain(old_text) and _is_plain(new_text):
        return
    found = tuple(seen)
    old_known = _lines_of(difference.old for difference in found)
    new_known = _lines_of(difference.new for difference in found)
    old, new = old_text.splitlines(), new_text.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone = [(first + 1, old[n]) for n in range(start, end) if n + 1 not in old_known]
        came = [(n + 1, new[n]) for n in range(first, last) if n + 1 not in new_known]
        # Of a line that became another one, the other one is enough.
        for number, line in came or gone:
            if line.strip() and not line.lstrip().startswith("#"):
                yield number, line


def _is_plain(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _lines_of(nodes: Iterable[ast.AST | None]) -> frozenset[int]:
    lines: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.alias):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return frozenset(lines)
