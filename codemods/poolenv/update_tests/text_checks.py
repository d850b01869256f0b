"""Tests that look for a piece of text: in a source file, a log, a repr."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from poolenv.model import Edit, Remark
from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.update_tests.facts import Fact
from poolenv.update_tests.flow import Flow, Seen
from poolenv.update_tests.judging import Judge, Own
from poolenv.update_tests.literals import StringToken
from poolenv.update_tests.rewritten import Rewritten
from poolenv.update_tests.tables import strings_in
from poolenv.update_tests.trails import Trail, Trails
from poolenv.update_tests.units import Unit

_READS = frozenset({"read_text", "read", "open", "getsource", "read_bytes", "readlines"})


@dataclass(frozen=True, slots=True, eq=False)
class TextCheck:
    """One text that a test expects to find, and where it looks for it."""

    needle: Seen
    token: StringToken
    text: str
    """The needle's value."""
    haystack: Trail
    unit: Unit
    place: ast.AST


class TextChecks:
    """Keeps tests of texts true: in sources by simulating the change, elsewhere by the name."""

    def __init__(
        self, flow: Flow, trails: Trails, judge: Judge, files: tuple[Rewritten, ...]
    ) -> None:
        self.flow = flow
        self.trails = trails
        self.judge = judge
        self.files = {file.path: file for file in files}

    def of(self, unit: Unit) -> Iterator[TextCheck]:
        """Every ``text in something`` of a unit that expects to find it."""
        asserted = {
            id(inner)
            for node, _ in unit.inside
            if isinstance(node, ast.Assert)
            for inner in ast.walk(node.test)
        }
        for node, scopes in unit.inside:
            match node:
                case ast.Compare(
                    left=left, ops=[ast.In() | ast.NotIn() as how], comparators=[right]
                ):
                    # ``assert "max_overflow=10" not in source`` is about what is gone already.
                    if isinstance(how, ast.In) or id(node) not in asserted:
                        yield from self._check(unit, node, scopes, left, right)
                case ast.Call(
                    func=ast.Attribute(attr="assertIn" | "assert_in"), args=[left, right, *_]
                ):
                    yield from self._check(unit, node, scopes, left, right)
                case ast.Call(func=ast.Attribute(value=right, attr="count" | "find"), args=[left]):
                    yield from self._check(unit, node, scopes, left, right)

    def _check(
        self, unit: Unit, place: ast.AST, scopes: tuple[Scope, ...], left: ast.expr, right: ast.expr
    ) -> Iterator[TextCheck]:
        for needle in self.flow.values(Seen(left, scopes, {})):
            expr = needle.expr
            if isinstance(expr, ast.Constant) and isinstance(expr.value, str):
                trail = self.trails.of(Seen(right, scopes, needle.rows))
                trail.texts += [t for r in needle.rows.values() for t in strings_in(r.expr)]
                token = StringToken(needle.module.lines, expr)
                yield TextCheck(needle, token, expr.value, trail, unit, place)

    def settle(self, check: TextCheck, own: Own) -> Edit | Remark | None:
        """The edit that keeps a check true, a remark where that is unclear, or None."""
        if self._reads_file(check):
            return self._in_source(check)
        return self._in_output(check, own)

    @staticmethod
    def _reads_file(check: TextCheck) -> bool:
        return any(
            isinstance(call.expr, ast.Call) and last_name(call.expr.func) in _READS
            for call in check.haystack.calls
        )

    def paths_of(self, unit: Unit, trail: Trail) -> set[str]:
        """The edited files that a text can come from."""
        named = trail.imports | self.judge.modules.in_texts(trail.texts)
        named = {path for path in named if not self.judge.is_test(path)}
        if not named:
            named = {path for path in self.judge.named_by(unit) if not self.judge.is_test(path)}
        return named & set(self.files) if named else set(self.files)

    def _in_source(self, check: TextCheck) -> Edit | Remark | None:
        text = check.text
        wanted: dict[str, str] = {}
        kept = False
        for path in sorted(self.paths_of(check.unit, check.haystack)):
            file = self.files[path]
            if text in file.new:
                kept = kept or text in file.old
                continue
            for match in re.finditer(re.escape(text), file.old):
                moved = file.new_range(*match.span())
                if moved is None:
                    return self._remark(check, f"looks for {text!r} in {path}, which changes")
                wanted[file.new[moved[0] : moved[1]]] = path
        if not wanted:
            return None
        if kept or len(wanted) > 1:
            return self._remark(check, f"looks for {text!r} in several files that differ now")
        new = next(iter(wanted))
        return self._replace(check, new, f"{wanted[new]} says so now")

    def _in_output(self, check: TextCheck, own: Own) -> Edit | Remark | None:
        text = check.text
        known = [fact for fact in self.judge.facts if self._names(text, fact)]
        near = self.judge.nearest(known, check.unit, check.haystack)
        changes = [fact for fact in near if fact.changed]
        if not changes or any(own().exports(f, ast.Constant(f.old)) for f in changes):
            return None
        if any(own().gives(f, ast.Constant(f.old)) for f in changes):
            return None
        if len({repr(f.new) for f in near}) > 1:
            return self._remark(check, f"expects {text!r} and does not say of which module")
        fact = changes[0]
        found = self._names(text, fact)
        assert found is not None
        new = text[: found.start("number")] + str(fact.new) + text[found.end("number") :]
        return self._replace(check, new, f"{fact.argument} is {fact.new} now")

    @staticmethod
    def _names(text: str, fact: Fact) -> re.Match[str] | None:
        """``max_overflow=10`` or ``"DB_MAX_OVERFLOW": "10"`` for this fact, in a text."""
        names = "|".join(re.escape(name) for name in sorted(fact.keys, key=len, reverse=True))
        pattern = rf"(?i)(?<![a-z0-9])_?(?:{names})\W{{1,6}}(?P<number>{re.escape(str(fact.old))})"
        return re.search(pattern + r"(?![\w.]\d|\w)", text)

    def _replace(self, check: TextCheck, new: str, reason: str) -> Edit | Remark:
        """The smallest edit that turns the needle's text into another one."""
        old, token = check.text, check.token
        start = 0
        while start < min(len(old), len(new)) and old[start] == new[start]:
            start += 1
        end = 0
        while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
            end += 1
        lines = check.needle.module.lines
        written = token.written(new[start : len(new) - end]) if token.simple else None
        requoted = _requoted(new) if token.simple else None
        if requoted is not None and (written is None or "\\" in written):
            first, last, written = token.start, token.end, requoted
        elif written is not None:
            first, last = token.offset(start), token.offset(len(old) - end)
        else:
            return self._remark(check, f"expects {old!r}, which is {new!r} now")
        return Edit(
            lines.path, first, last, lines.text[first:last], written, reason,
            lines.position(first)[0],
        )  # fmt: skip

    @staticmethod
    def _remark(check: TextCheck, text: str) -> Remark:
        expr = check.needle.expr
        return Remark(check.needle.module.path, expr.lineno, f"{text}; check it by hand")


def _requoted(text: str) -> str | None:
    """A literal of this text that needs no escapes, or None."""
    if "\n" in text or "\\" in text:
        return None
    for quote in ('"', "'"):
        if quote not in text:
            return f"{quote}{text}{quote}"
    return None
