"""The old and the new syntax tree, walked side by side, differ only inside edits.

Not a reversal of the splice: it would notice an edit whose text joins with its neighbours
(``5`` to ``2 + 3`` in ``5 * 2``), adds an argument, or closes a bracket early.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from poolenv.model import Check
from poolenv.prove.places import Place, full_range, holds
from poolenv.syntax.source.positions import Lines


def check_structure(
    path: str, old: ast.Module, new: ast.Module, texts: tuple[str, str], places: tuple[Place, ...]
) -> Check:
    """Walk both trees of one file; the detail names the line of the first difference."""
    walk = _Walk(Lines(path, texts[0]), Lines(path, texts[1]), places)
    try:
        problem = next(walk.compare(old, new), None)
    except RecursionError:
        return Check(path, "structure", False, "nested too deeply to compare")
    if problem:
        return Check(path, "structure", False, problem)
    return Check(path, "structure", True, "the syntax trees differ inside the edits only")


class _Walk:
    def __init__(self, old: Lines, new: Lines, places: tuple[Place, ...]) -> None:
        self.old = old
        self.new = new
        self.places = places

    def compare(self, old: ast.AST, new: ast.AST) -> Iterator[str]:
        """Yield where two nodes differ outside the edits."""
        in_old, in_new = self._edit_of(old, is_old=True), self._edit_of(new, is_old=False)
        if in_old is not None and in_old == in_new:
            return
        if type(old) is not type(new) or in_old is not None or in_new is not None:
            yield self._differs(old, new)
        elif isinstance(old, ast.JoinedStr) or self._is_text(old, new):
            if ast.dump(old) != ast.dump(new) and not self._touched(old):
                yield self._differs(old, new)
        else:
            for name in old._fields:
                yield from self._field(getattr(old, name, None), getattr(new, name, None), old, new)

    def _field(self, one: object, two: object, old: ast.AST, new: ast.AST) -> Iterator[str]:
        if isinstance(one, list) and isinstance(two, list):
            yield from self._lists(one, two, old, new)
        elif isinstance(one, ast.AST) and isinstance(two, ast.AST):
            yield from self.compare(one, two)
        elif one != two or type(one) is not type(two):
            yield self._differs(old, new)

    def _lists(
        self, one: Sequence[object], two: Sequence[object], old: ast.AST, new: ast.AST
    ) -> Iterator[str]:
        kept_old, gone = self._apart(one, is_old=True)
        kept_new, came = self._apart(two, is_old=False)
        inserted = (ast.keyword, ast.Import) + ((ast.expr,) if isinstance(new, ast.Dict) else ())
        for place, nodes in came.items():
            is_insertion = self.places[place].edit.old == ""
            allowed = is_insertion and all(isinstance(node, inserted) for node in nodes)
            if not allowed and len(nodes) != len(gone.get(place, [])):
                yield self._differs(old, nodes[0])
        if len(kept_old) != len(kept_new) or gone.keys() - came.keys():
            yield self._differs(old, new)
            return
        for left, right in zip(kept_old, kept_new, strict=True):
            yield from self._field(left, right, old, new)

    def _apart(
        self, nodes: Sequence[object], *, is_old: bool
    ) -> tuple[list[object], dict[int, list[ast.AST]]]:
        """The elements outside the edits, and those inside by edit."""
        kept: list[object] = []
        inside: dict[int, list[ast.AST]] = {}
        for node in nodes:
            place = self._edit_of(node, is_old=is_old) if isinstance(node, ast.AST) else None
            if place is None:
                kept.append(node)
            elif isinstance(node, ast.AST):
                inside.setdefault(place, []).append(node)
        return kept, inside

    def _edit_of(self, node: ast.AST, *, is_old: bool) -> int | None:
        """The edit that a node lies in; for a keyword the name has to lie in it too."""
        if not isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg):
            return None
        at = full_range(self.old if is_old else self.new, node)
        for index, place in enumerate(self.places):
            if holds(place.old if is_old else place.new, at):
                return index
        return None

    def _touched(self, old: ast.AST) -> bool:
        assert isinstance(old, ast.expr)
        start, end = self.old.range_of(old)
        return any(start < p.old[1] and p.old[0] < end for p in self.places)

    @staticmethod
    def _is_text(old: ast.AST, new: ast.AST) -> bool:
        return all(
            isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
            for node in (old, new)
        )

    def _differs(self, old: ast.AST, new: ast.AST) -> str:
        for node, lines in ((new, self.new), (old, self.old)):
            if isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg):
                return f"{type(node).__name__} at line {node.lineno} of {lines.path} changed"
        return f"{type(old).__name__} changed"


DELAYS = (
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Await,
    ast.Yield,
    ast.YieldFrom,
    ast.NamedExpr,
)


def check_evaluation_time(
    path: str, old: ast.Module, new: ast.Module, texts: tuple[str, str], places: tuple[Place, ...]
) -> Check:
    """Each edit stands under the same kinds of nodes, and adds nothing that delays evaluation.

    A class body, a default argument and a decorator are evaluated once, at import; the body of
    a function at each call.
    """
    name = "evaluation time"
    old_lines, new_lines = Lines(path, texts[0]), Lines(path, texts[1])
    old_delays, new_delays = _delays(old, old_lines), _delays(new, new_lines)
    for place in places:
        before, after = (
            [f"{type(node).__name__}.{field}" for node, field in _way(tree, lines, at)]
            for tree, lines, at in ((old, old_lines, place.old), (new, new_lines, place.new))
        )
        if before != after:
            where = " > ".join(after) or "the module"
            return Check(path, name, False, f"line {place.edit.line}: evaluated in {where} now")
        added = _within(new_delays, place.new) - _within(old_delays, place.old)
        if added:
            kind = next(iter(added))
            return Check(path, name, False, f"line {place.edit.line}: {kind} delays evaluation")
    return Check(path, name, True, "each edit is evaluated when its old text was")


def _way(tree: ast.AST, lines: Lines, at: tuple[int, int]) -> Iterator[tuple[ast.AST, str]]:
    """The nodes that hold a range and are larger, outermost first, with the field taken."""
    node = tree
    while True:
        for field, child in _children(node):
            if isinstance(child, ast.expr | ast.stmt | ast.keyword | ast.arg):
                around = full_range(lines, child)
                if not holds(around, at) or holds(at, around):
                    continue
            elif not any(True for _ in _way(child, lines, at)):
                continue
            yield node, field
            node = child
            break
        else:
            if not isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg):
                return
            yield node, ""
            return


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.JoinedStr):
        return  # positions inside f-strings are not reliable before Python 3.12
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield field, child


def _delays(tree: ast.Module, lines: Lines) -> list[tuple[str, tuple[int, int]]]:
    return [
        (type(node).__name__, lines.range_of(node))
        for node in ast.walk(tree)
        if isinstance(node, DELAYS)
    ]


def _within(delays: list[tuple[str, tuple[int, int]]], at: tuple[int, int]) -> Counter[str]:
    return Counter(kind for kind, around in delays if holds(at, around))
