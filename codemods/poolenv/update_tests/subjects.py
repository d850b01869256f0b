"""What an expression of a test speaks about: the names it uses for a pool argument."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from poolenv.syntax.bindings.expressions import last_name, text_of
from poolenv.update_tests.built_texts import texts
from poolenv.update_tests.facts import ATTRIBUTES, key
from poolenv.update_tests.flow import Flow, Seen

_CONVERTERS = frozenset({"int", "str", "float", "bool", "repr"})
_READERS = frozenset({"get", "pop", "getint", "getenv", "get_option", "getattr"})
_TRANSPARENT = frozenset({"default", "value", "strip", "get_default", "get_secret_value"})
SEARCHES = frozenset({"search", "match", "fullmatch", "findall", "finditer", "compile"})
_DEPTH = 10


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One thing that a comparison is about."""

    keys: frozenset[str]
    """Normalised names for it; empty for a sum."""
    root: Seen
    """The expression it was taken from (``engine`` in ``engine.pool.size()``)."""
    in_source: bool = False
    """It was found in the text of a file by a regular expression."""
    parts: tuple[Subject, ...] = ()
    """What is added up, for a sum."""


class Subjects:
    """Finds subjects; ``vocabulary`` holds the normalised names worth recognising in patterns."""

    def __init__(self, flow: Flow, vocabulary: frozenset[str]) -> None:
        self.flow = flow
        self.vocabulary = vocabulary

    def of(self, seen: Seen, depth: int = 0) -> Iterator[Subject]:
        """Every reading of an expression, one per table row that reaches it."""
        if depth > _DEPTH:
            return
        match seen.expr:
            case ast.Call():
                yield from self._of_call(seen, seen.expr, depth)
            case ast.Attribute(value=value, attr=attr):
                yield from self._of_attribute(seen, value, attr, depth)
            case ast.Subscript(value=value, slice=index):
                yield from self._of_entry(seen, value, index, depth)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self._of_sum(seen.at(left), seen.at(right), depth)
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                yield from self.of(seen.at(value), depth + 1)
            case ast.Name(id=name):
                yield from self._of_name(seen, name, depth)

    def _of_call(self, seen: Seen, call: ast.Call, depth: int) -> Iterator[Subject]:
        match call:
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _CONVERTERS:
                yield from self.of(seen.at(inner), depth + 1)
            case ast.Call(func=ast.Name(id="getattr"), args=[owner, name, *_]):
                yield from self._named(seen, owner, name)
            case ast.Call(func=ast.Attribute(value=value, attr="group" | "groups")):
                yield from self._found(seen.at(value), depth)
            case ast.Call(func=ast.Attribute(value=value, attr=attr), args=[name, *_]) if (
                attr in _READERS
            ):
                yield from self._named(seen, value, name)
            case ast.Call(func=ast.Attribute(value=value, attr=attr), args=[]):
                yield from self._of_attribute(seen, value, attr, depth)
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in SEARCHES:
                yield from self._found(seen, depth)

    def _of_attribute(
        self, seen: Seen, value: ast.expr, attr: str, depth: int
    ) -> Iterator[Subject]:
        if attr in _TRANSPARENT:
            yield from self.of(seen.at(value), depth + 1)
            return
        if isinstance(seen.expr, ast.Attribute):
            for found in self.flow.values(seen):
                if found.expr is not seen.expr:
                    yield from self.of(found, depth + 1)
        yield Subject(names_of(attr, value), seen.at(value))

    def _of_entry(
        self, seen: Seen, value: ast.expr, index: ast.expr, depth: int
    ) -> Iterator[Subject]:
        yield from self._found(seen.at(value), depth)
        yield from self._named(seen, value, index)

    def _named(self, seen: Seen, owner: ast.expr, name: ast.expr) -> Iterator[Subject]:
        for found in self.flow.values(seen.at(name)):
            written = text_of(found.expr)
            if written is not None:
                # ``config["database.pool_size"]`` names it by its last part.
                keys = {key(written), key(re.split(r"[.:/]", written)[-1])}
                yield Subject(frozenset(keys), Seen(owner, seen.scopes, found.rows))

    def _of_sum(self, left: Seen, right: Seen, depth: int) -> Iterator[Subject]:
        for one in self.of(left, depth + 1):
            for two in self.of(right, depth + 1):
                parts = (*(one.parts or (one,)), *(two.parts or (two,)))
                yield Subject(frozenset(), left, one.in_source or two.in_source, parts)

    def _of_name(self, seen: Seen, name: str, depth: int) -> Iterator[Subject]:
        found = False
        for value in self.flow.values(seen):
            if value.expr is not seen.expr:
                for subject in self.of(value, depth + 1):
                    found = True
                    yield subject
        if not found:
            yield Subject(names_of(self._imported_as(seen, name), None), seen)

    @staticmethod
    def _imported_as(seen: Seen, name: str) -> str:
        for scope in seen.scopes:
            for binding in scope.bindings.get(name, ())[-1:]:
                if isinstance(binding.node, ast.alias):
                    return binding.node.name
                return name
        return name

    def _found(self, seen: Seen, depth: int) -> Iterator[Subject]:
        """A regular expression's match: the names are those its pattern holds."""
        for value in self.flow.values(seen):
            call = value.expr
            while isinstance(call, ast.Subscript):
                call = call.value
            if call is not value.expr and isinstance(call, ast.Name):
                yield from self._found(value.at(call), depth + 1) if depth < _DEPTH else ()
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                continue
            if call.func.attr not in SEARCHES:
                continue
            for pattern in patterns_of(self.flow, value.at(call)):
                for written in texts(self.flow, pattern):
                    keys = self.named_in(written.text)
                    if keys:
                        rows = {**value.rows, **written.seen.rows}
                        yield Subject(keys, Seen(call, value.scopes, rows), in_source=True)

    def named_in(self, text: str) -> frozenset[str]:
        """The known names that stand as words of their own in a pattern or message."""
        plain = re.sub(r"\\[A-Za-z]", " ", text).lower()
        return frozenset(
            word for word in re.findall(r"\w+", plain) if word.strip("_") in self.vocabulary
        )


def patterns_of(flow: Flow, seen: Seen) -> Iterator[Seen]:
    """The pattern literal of ``re.search(pattern, …)`` or of a compiled pattern's method."""
    call = seen.expr
    if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
        return
    owner = call.func.value
    if isinstance(owner, ast.Name) and owner.id in ("re", "regex"):
        for found in flow.values(seen.at(call.args[0])) if call.args else ():
            if isinstance(found.expr, ast.Call):
                yield from patterns_of(flow, found)
            else:
                yield found
        return
    for compiled in flow.values(seen.at(owner)):
        if compiled.expr is not owner or isinstance(owner, ast.Call):
            yield from patterns_of(flow, compiled)


def names_of(attr: str, owner: ast.expr | None) -> frozenset[str]:
    """The normalised names that an attribute, method or variable stands for."""
    name = key(attr)
    last = last_name(owner).lower()
    if isinstance(owner, ast.Call):
        last = last_name(owner.func).lower()
    if "pool" in last or owner is None:
        return frozenset({name, *(ATTRIBUTES.get(name, ()) if owner is not None else ())})
    return frozenset({name})
