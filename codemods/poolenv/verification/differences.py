"""The syntax trees of two versions of a file, walked side by side by what they hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum
from typing import Protocol

Pair = tuple[ast.AST | None, ast.AST | None]


class Kind(Enum):
    """What a difference is."""

    SETTING = "setting"
    ADDED = "added"
    WORDS = "words"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the trees differ; None where a side has nothing there."""

    kind: Kind
    old: ast.AST | None
    new: ast.AST | None
    line: int
    """Of the new file; of the old one where something was removed."""


class Judge(Protocol):
    """What may differ."""

    def is_setting(self, old: ast.expr, new: ast.expr) -> bool:
        """A value of a pool setting became another one."""

    def is_read_anew(self, old: ast.expr, new: ast.expr) -> bool:
        """The environment read of a pool setting became another one."""

    def may_be_added(self, node: ast.AST) -> bool:
        """Something new that only serves a pool setting."""


def differences(old: ast.Module, new: ast.Module, judge: Judge) -> tuple[Difference, ...]:
    """Every difference, the smallest that can be named; RecursionError for endless nesting."""
    return tuple(_Walk(judge).compare(old, new, 1))


@dataclass(frozen=True, slots=True)
class _Walk:
    judge: Judge

    def compare(self, old: ast.AST, new: ast.AST, line: int) -> Iterator[Difference]:
        if ast.dump(old) == ast.dump(new):
            return
        line = getattr(new, "lineno", line)
        both = isinstance(old, ast.expr) and isinstance(new, ast.expr)
        if both and self.judge.is_setting(old, new):  # type: ignore[arg-type]
            yield Difference(Kind.SETTING, old, new, line)
        elif _is_text(old) and _is_text(new):
            yield Difference(Kind.WORDS, old, new, line)
        elif type(old) is not type(new) or _is_whole(old):
            yield Difference(Kind.OTHER, old, new, line)
        else:
            inner = tuple(self._fields(old, new, line))
            other = any(difference.kind is Kind.OTHER for difference in inner)
            if both and other and self.judge.is_read_anew(old, new):  # type: ignore[arg-type]
                yield Difference(Kind.SETTING, old, new, line)
            else:
                yield from inner

    def _fields(self, old: ast.AST, new: ast.AST, line: int) -> Iterator[Difference]:
        if isinstance(old, ast.Dict) and isinstance(new, ast.Dict):
            yield from self._lists(_entries(old), _entries(new), line)
            return
        for name in old._fields:
            one, two = getattr(old, name, None), getattr(new, name, None)
            if isinstance(one, list) and isinstance(two, list):
                yield from self._lists(_nodes(one), _nodes(two), line)
            elif isinstance(one, ast.AST) and isinstance(two, ast.AST):
                yield from self.compare(one, two, line)
            elif one != two or type(one) is not type(two):
                yield Difference(Kind.OTHER, old, new, line)
                return

    def _lists(
        self, old: Sequence[ast.AST], new: Sequence[ast.AST], line: int
    ) -> Iterator[Difference]:
        for one, two in self._aligned(old, new):
            if one is not None and two is not None:
                yield from self.compare(one, two, line)
            elif two is not None:
                kind = Kind.ADDED if self.judge.may_be_added(two) else Kind.OTHER
                yield Difference(kind, None, two, _line(two, line))
            else:
                assert one is not None
                yield Difference(Kind.OTHER, one, None, _line(one, line))

    def _aligned(self, old: Sequence[ast.AST], new: Sequence[ast.AST]) -> Iterator[Pair]:
        """Which element became which, by name; then what was only added, then by order."""
        if len(old) == len(new) and all(isinstance(node, ast.expr) for node in (*old, *new)):
            yield from zip(old, new, strict=True)  # Values have no names, only an order.
            return
        before, after = ([_name(node) for node in nodes] for nodes in (old, new))
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        for tag, start, end, first, last in matcher.get_opcodes():
            if tag == "equal":
                yield from zip(old[start:end], new[first:last], strict=True)
                continue
            added = [node for node in new[first:last] if self.judge.may_be_added(node)]
            kept = [node for node in new[first:last] if node not in added]
            yield from ((None, node) for node in added)
            if len(kept) == end - start:
                yield from zip(old[start:end], kept, strict=True)
            else:
                yield from ((node, None) for node in old[start:end])
                yield from ((None, node) for node in kept)


def _nodes(values: Sequence[object]) -> list[ast.AST]:
    """The elements as nodes; names of ``global`` and the like are wrapped."""
    return [v if isinstance(v, ast.AST) else ast.Constant(str(v)) for v in values]


def _entries(node: ast.Dict) -> list[ast.AST]:
    """Key and value together, as the keyword that a call would have; ``**`` without a name."""
    found: list[ast.AST] = []
    for key, value in zip(node.keys, node.values, strict=True):
        entry = ast.keyword(None if key is None else ast.dump(key), value)
        found.append(ast.copy_location(entry, value))
    return found


def _name(node: ast.AST) -> str:
    """What a person would say has changed: the function of this name, this call, this target."""
    kind = type(node).__name__
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return f"{kind} {node.name}"
        case ast.Assign():
            return f"{kind} {', '.join(ast.unparse(target) for target in node.targets)}"
        case ast.AnnAssign() | ast.AugAssign():
            return f"{kind} {ast.unparse(node.target)}"
        case ast.Expr(value=ast.Call(func=function)) | ast.Call(func=function):
            return f"{kind} {ast.unparse(function)}"
        case ast.keyword() | ast.arg():
            return f"{kind} {node.arg}"
        case ast.Import() | ast.ImportFrom() | ast.alias() | ast.expr():
            return f"{kind} {ast.dump(node)}"
    return kind


def _is_whole(node: ast.AST) -> bool:
    """Whether a difference inside is one of the whole: only of ``os`` may more be imported."""
    is_import = isinstance(node, ast.ImportFrom) and (node.module, node.level) != ("os", 0)
    return is_import or isinstance(node, ast.Constant | ast.JoinedStr)


def _is_text(node: ast.AST) -> bool:
    """A string that stands alone: a docstring."""
    match node:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False


def _line(node: ast.AST, otherwise: int) -> int:
    return getattr(node, "lineno", otherwise)
