"""Where two syntax trees differ, and whether a planned value explains it.

An independent second look at what ``poolenv.prove`` proves: it knows nothing of edits, only of the
two trees and of the ranges that the JSON report names.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any
from unittest import mock

from poolenv.syntax.source.positions import Lines

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A smallest part that differs; ``old`` is None where something was added."""

    old: ast.AST | None
    new: ast.AST | None
    line: int
    span: tuple[int, int, int, int] | None
    """Line and column, from 1, of the old part's start and end."""
    is_docstring: bool = False

    def findings(self, planned: list[Json], additions: list[Json]) -> Iterator[str]:
        """What is wrong with it: nothing where a site's own range and default explain it."""
        if self.old is None:
            added = {a["argument"] for a in additions if a["added"]}
            if isinstance(self.new, ast.Import):
                if [a.name for a in self.new.names] != ["os"]:
                    yield f"an import of another module: {ast.unparse(self.new)}"
            elif not (isinstance(self.new, ast.keyword) and self.new.arg in added):
                yield f"added: {dump(self.new)}"
            return
        if self.is_docstring:
            return
        if self.new is None or self.span is None:
            yield f"taken away: {dump(self.old)}"
            return
        sites = [s for s in planned if holds(s["source"], self.span)]
        if not sites:
            yield f"no site is here: {dump(self.old)} -> {dump(self.new)}"
            return
        changing = [site for site in sites if site["verdict"] in ("rewrite", "change-default")]
        if not changing:
            yield f"no site here was to change: {dump(self.old)} -> {dump(self.new)}"
        for site in changing:
            yield from wrong_value(self.new, site)
        new_values = [site["new_value"] for site in changing]
        for site in sites:
            if site not in changing and site["new_value"] not in new_values:
                place = f"{site['path']}:{site['line']}"
                yield f"{place} is said to keep {site['new_value']}, and its literal changes"


def wrong_value(new: ast.AST, site: Json) -> Iterator[str]:
    """Evaluate the new expression with and without the variable."""
    if not isinstance(new, ast.expr):
        yield f"no expression: {dump(new)}"
        return
    code = compile(ast.fix_missing_locations(ast.Expression(new)), "new", "eval")
    name, expected = site["variable"], site["new_value"]
    tries: list[tuple[dict[str, str], object]] = [({}, expected)]
    if name and "getenv" in ast.unparse(new):
        other = {"True": "false", "False": "true"}.get(str(expected), "7")
        tries.append(({name: other}, {"false": False, "true": True}.get(other, 7)))
    for environment, wanted in tries:
        with mock.patch.dict(os.environ, environment, clear=True):
            try:
                value = eval(code, {"os": os})
            except NameError:
                return
            except Exception as error:
                yield f"{dump(new)} with {environment}: {error!r}"
                return
        if isinstance(value, str) and not isinstance(wanted, str):
            value = _number(value)
        if value != wanted:
            yield f"{dump(new)} with {environment} gives {value!r}, not {wanted!r}"


def _number(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def holds(span: Json, inner: tuple[int, int, int, int]) -> bool:
    """Whether a site's range holds the difference, or is the value inside of it."""
    start, end = (span["line"], span["column"]), (span["end_line"], span["end_column"])
    return (start <= inner[:2] and inner[2:] <= end) or (inner[:2] <= start and end <= inner[2:])


def differences(old: ast.AST, new: ast.AST, lines: Lines) -> Iterator[Difference]:
    """The smallest parts that differ, positions left out."""
    if ast.dump(old) == ast.dump(new):
        return
    if type(old) is not type(new) or isinstance(old, ast.Constant):
        yield difference(old, new, lines)
        return
    pairs: list[tuple[ast.AST, ast.AST]] = []
    for name in old._fields:
        before, after = getattr(old, name, None), getattr(new, name, None)
        if isinstance(before, list) and isinstance(after, list):
            yield from in_lists(before, after, lines)
        elif isinstance(before, ast.AST) and isinstance(after, ast.AST):
            pairs.append((before, after))
        elif before != after:
            yield difference(old, new, lines)
            return
    found = [one for pair in pairs for one in differences(*pair, lines)]
    if isinstance(old, ast.Call) and len(found) > 1 and is_environment_read(new):
        yield difference(old, new, lines)
        return
    yield from found


def is_environment_read(node: ast.AST) -> bool:
    """``int(os.getenv(…))``: compared as a whole, also where the old value was a call."""
    return isinstance(node, ast.Call) and "getenv" in ast.unparse(node)[:20]


def in_lists(old: list[Any], new: list[Any], lines: Lines) -> Iterator[Difference]:
    """Align equal items; pair what lies between them, in order."""
    before, after = [key(item) for item in old], [key(item) for item in new]
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = old[i:j], new[k:m]
        while len(come) > len(gone) and come and isinstance(come[0], ast.Import):
            yield difference(None, come.pop(0), lines)
        for one, other in zip(gone, come, strict=False):
            yield from (
                differences(one, other, lines)
                if isinstance(one, ast.AST) and isinstance(other, ast.AST)
                else iter([difference(None, None, lines)])
            )
        for one in gone[len(come) :]:
            yield difference(one, None, lines)
        for other in come[len(gone) :]:
            yield difference(None, other, lines)


def key(item: object) -> str:
    """What makes two items of a list equal."""
    return ast.dump(item) if isinstance(item, ast.AST) else repr(item)


def difference(old: ast.AST | None, new: ast.AST | None, lines: Lines) -> Difference:
    """With the old part's place, where it has one."""
    is_text = isinstance(old, ast.Constant) and isinstance(old.value, str)
    docstring = is_text and isinstance(new, ast.Constant) and "\n" in str(getattr(old, "value", ""))
    if isinstance(old, ast.expr | ast.stmt | ast.keyword):
        span = lines.span(old)
        place = (span.line, span.column, span.end_line, span.end_column)
        return Difference(old, new, span.line, place, docstring)
    return Difference(old, new, getattr(new, "lineno", 0), None, docstring)


def dump(node: ast.AST | None) -> str:
    """Source of a part, short."""
    return "nothing" if node is None else ast.unparse(node)[:120]
