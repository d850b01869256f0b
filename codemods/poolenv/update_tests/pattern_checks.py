"""Tests that read sources by regular expression: the patterns must match the rewritten form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from poolenv.model import Edit, Remark
from poolenv.update_tests.built_texts import texts
from poolenv.update_tests.flow import Flow, Seen
from poolenv.update_tests.literals import StringToken, numbers
from poolenv.update_tests.matching import Match, Query, group_spans, search
from poolenv.update_tests.rewritten import Moved, Rewritten
from poolenv.update_tests.subjects import SEARCHES, Subjects, patterns_of
from poolenv.update_tests.text_checks import TextChecks
from poolenv.update_tests.units import Unit

_FLAGS = {
    name: int(getattr(re, name))
    for name in ("I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL", "X", "VERBOSE", "A", "ASCII")
}
_LONGEST_TEXT = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class PatternCheck:
    """One pattern literal, with the edited files that it is searched in."""

    pattern: Seen
    text: str
    """The pattern itself, put together where it is no single literal."""
    flags: int
    paths: frozenset[str]
    place: ast.expr
    """The call that searches."""


@dataclass(frozen=True, slots=True, eq=False)
class Lost:
    """An edit that a pattern found before the change and does not find after."""

    check: PatternCheck
    file: Rewritten
    moved: Moved
    group: int
    """The capturing group that held the value; 0 where none did."""


class PatternChecks:
    """Finds patterns over edited sources, and rewrites those that would stop matching."""

    def __init__(self, flow: Flow, subjects: Subjects, texts: TextChecks) -> None:
        self.flow = flow
        self.subjects = subjects
        self.texts = texts

    def of(self, unit: Unit) -> Iterator[PatternCheck]:
        """Every use of a pattern literal that names something the plan knows."""
        for node, scopes in unit.inside:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            here = Seen(node, scopes, {})
            if node.func.attr in ("assertRegex", "assertRegexpMatches") and len(node.args) > 1:
                for pattern in self.flow.values(here.at(node.args[1])):
                    yield from self._check(unit, here, pattern, node.args[0])
            elif node.func.attr in SEARCHES - {"compile"} and node.args:
                is_module = getattr(node.func.value, "id", "") in ("re", "regex")
                haystack = node.args[1 if is_module and len(node.args) > 1 else 0]
                for pattern in patterns_of(self.flow, here):
                    yield from self._check(unit, here, pattern, haystack)

    def _check(
        self, unit: Unit, call: Seen, pattern: Seen, haystack: ast.expr
    ) -> Iterator[PatternCheck]:
        for written in texts(self.flow, pattern):
            if self.subjects.named_in(written.text):
                trail = self.texts.trails.of(Seen(haystack, call.scopes, written.seen.rows))
                paths = frozenset(self.texts.paths_of(unit, trail))
                flags = self._flags(call, pattern)
                yield PatternCheck(written.seen, written.text, flags, paths, call.expr)

    def _flags(self, call: Seen, pattern: Seen) -> int:
        flags = 0
        for place in (call.expr, *_compiles(pattern)):
            for node in ast.walk(place):
                if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "re":
                    flags |= _FLAGS.get(node.attr, 0)
        return flags

    def settle(self, checks: list[PatternCheck]) -> list[Edit | Remark]:
        """Edits for the patterns that lose their match, remarks where none can be made."""
        lost, slow = self._lost(checks)
        groups: dict[int, list[Lost]] = {}
        for one in lost:
            groups.setdefault(id(one.check.pattern.expr), []).append(one)
        found = [self._rewrite(group, checks) for group in groups.values()]
        return [*found, *(_remark(check, "could not be tried on it in time") for check in slow)]

    def _lost(self, checks: list[PatternCheck]) -> tuple[list[Lost], list[PatternCheck]]:
        tasks = [
            (check, self.texts.files[path])
            for check in checks
            for path in sorted(check.paths)
            if len(self.texts.files[path].old) < _LONGEST_TEXT
        ]
        queries = [Query(c.text, c.flags, text) for c, f in tasks for text in (f.old, f.new)]
        answers = search(queries)
        lost: list[Lost] = []
        slow: list[PatternCheck] = []
        for (check, file), before, after in zip(tasks, answers[::2], answers[1::2], strict=True):
            if before is None or after is None:
                slow.append(check)
            for moved in file.moved:
                group = _holding(
                    before or (), moved.edit.start, moved.edit.end, file.old, moved.old
                )
                if group is None or moved.new is None:
                    continue
                if not _finds(after or (), moved, file.new, group):
                    lost.append(Lost(check, file, moved, group))
        return lost, slow

    def _rewrite(self, lost: list[Lost], checks: list[PatternCheck]) -> Edit | Remark:
        first = lost[0]
        problem = f"no longer finds the value in {first.file.path}, which says "
        problem += f"{first.moved.edit.new} now"
        expr = first.check.pattern.expr
        if not isinstance(expr, ast.Constant):
            return _remark(first.check, problem)
        token = StringToken(first.check.pattern.module.lines, expr)
        mine = [c for c in checks if c.pattern.expr is first.check.pattern.expr]
        everywhere = {path for check in mine for path in check.paths}
        still = bool(everywhere - {one.file.path for one in lost})
        lines = first.check.pattern.module.lines
        for start, end, new in _candidates(first.check.text, lost, still) if token.simple else ():
            if self._holds(first.check.text[:start] + new + first.check.text[end:], lost):
                at, last = token.offset(start), token.offset(end)
                line = lines.position(at)[0]
                reason = f"matches {first.moved.edit.new} as {first.file.path} says now"
                written = token.written_pattern(new)
                return Edit(lines.path, at, last, lines.text[at:last], written, reason, line)
        return _remark(first.check, problem)

    @staticmethod
    def _holds(pattern: str, lost: list[Lost]) -> bool:
        queries = [Query(pattern, one.check.flags, one.file.new) for one in lost]
        return all(
            answer is not None and _finds(answer, one.moved, one.file.new, one.group)
            for one, answer in zip(lost, search(queries), strict=True)
        )


def _remark(check: PatternCheck, problem: str) -> Remark:
    path, line = check.pattern.module.path, check.pattern.expr.lineno
    return Remark(path, line, f"the pattern {check.text!r} {problem}; check it by hand")


def _compiles(pattern: Seen) -> Iterator[ast.AST]:
    """The ``re.compile`` call that a pattern literal stands in."""
    for node in ast.walk(pattern.module.tree):
        if isinstance(node, ast.Call) and any(a is pattern.expr for a in node.args):
            yield node


def _holding(
    matches: tuple[Match, ...], start: int, end: int, text: str, value: object
) -> int | None:
    """The group that holds the value of this range in some match; 0: the whole match alone."""
    covered = None
    for match in matches:
        if match[0][0] < end and match[0][1] > start:
            covered = 0
            for index, (first, last) in enumerate(match[1:], start=1):
                inside = first < end and last > start
                if inside and text[first:last].strip("\"' ") == str(value):
                    return index
    return covered


def _finds(matches: tuple[Match, ...], moved: Moved, text: str, group: int) -> bool:
    """Some match covers the edited place and its group holds the new value."""
    for match in matches:
        if match[0][0] < moved.end and match[0][1] > moved.start:
            if not group:
                return True
            first, last = match[group] if group < len(match) else (0, 0)
            if text[first:last].strip("\"' ") == str(moved.new):
                return True
    return False


def _candidates(pattern: str, lost: list[Lost], still: bool) -> Iterator[tuple[int, int, str]]:
    """Replacements of a range of the pattern, the smallest change first."""
    old, new = lost[0].moved.old, lost[0].moved.new
    for number in numbers(pattern, old):
        yield number.start(), number.end(), str(new)
    group = lost[0].group
    spans = group_spans(pattern)
    if group and group < len(spans) and all(one.group == group for one in lost):
        start, end = spans[group]
        sides = [_sides(one.moved) for one in lost]
        if all(sides):
            before = _either([side[0] for side in sides if side], still)
            after = _either([side[1] for side in sides if side], still)
            yield start, end, before + pattern[start:end] + after
    for number in numbers(pattern, old):
        yield number.start(), number.end(), re.escape(lost[0].moved.edit.new)


def _sides(moved: Moved) -> tuple[str, str] | None:
    """What the new expression has before and after the value, as patterns."""
    found = list(numbers(moved.edit.new, moved.new))
    if not found:
        return None
    number = found[-1]
    return _quoted(moved.edit.new[: number.start()]), _quoted(moved.edit.new[number.end() :])


def _quoted(text: str) -> str:
    """``re.escape`` that leaves spaces and quotes readable."""
    return re.sub(r"[.^$*+?{}\[\]\\|()]", r"\\\g<0>", text)


def _either(texts: list[str], optional: bool) -> str:
    different = list(dict.fromkeys(texts))
    if len(different) == 1 and not optional:
        return different[0]
    return f"(?:{'|'.join(different)})" + ("?" if optional else "")
