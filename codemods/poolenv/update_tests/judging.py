"""Decides what each claim of a test is about, and whether its literal has to change."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from poolenv.model import PoolChange, Scalar
from poolenv.syntax.bindings.expressions import keyword_of, last_name
from poolenv.update_tests.claims import Claim
from poolenv.update_tests.facts import Fact
from poolenv.update_tests.flow import Seen
from poolenv.update_tests.literals import means, value_of
from poolenv.update_tests.modules import Modules
from poolenv.update_tests.own_settings import OwnSettings
from poolenv.update_tests.subjects import Subject
from poolenv.update_tests.tables import strings_in
from poolenv.update_tests.trails import Trail, Trails
from poolenv.update_tests.units import Unit

Own = Callable[[], OwnSettings]
"""Reads what a test sets up, when that is needed."""
GENERAL = frozenset({"timeout", "size", "recycle", "min_size", "max_size", "minsize", "maxsize"})
"""Names that many other objects use too: only a test that names the module is about it."""
_MOCKS = frozenset({"patch", "object", "Mock", "MagicMock", "AsyncMock", "spy", "stub"})


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What one claim comes to: ``new`` is the value its literal should have."""

    claim: Claim
    facts: tuple[Fact, ...]
    old: Scalar
    new: Scalar
    doubt: str | None = None
    """Why it is left to the person."""
    parts: tuple[tuple[Scalar, Scalar], ...] = ()
    """Of a claim about a sum: each part's value before and after."""

    @property
    def changes(self) -> bool:
        """The literal has to be edited."""
        return self.doubt is None and (self.old != self.new)


class Judge:
    """Ties claims to facts by the evidence in the test."""

    def __init__(self, facts: tuple[Fact, ...], modules: Modules, trails: Trails) -> None:
        self.facts = facts
        self.modules = modules
        self.trails = trails
        self._named: dict[Unit, set[str]] = {}

    def judge(self, claim: Claim, own: Own) -> Judgement | None:
        """None where the claim is about nothing the plan knows, or about the test's own pool."""
        if claim.subject.parts:
            return self._judge_sum(claim, own)
        spoken = self.spoken_of(claim.subject)
        if not spoken:
            return None
        trail = self.trails.of(claim.subject.root)
        trail.texts += [t for row in claim.literal.rows.values() for t in strings_in(row.expr)]
        near = self.nearest(spoken, claim.unit, trail)
        about = [fact for fact in near if self._is_about(claim, fact)]
        about = [fact for fact in about if not self._is_own(claim, fact, own(), trail)]
        excluded = [fact for fact in near if not about and _excludes(claim, fact)]
        if trail.foreign and not trail.imports:
            return None
        if excluded and not self._is_own(claim, excluded[0], own(), trail):
            first = excluded[0]
            why = f"it must not be that, and {first.argument} is {first.new} now"
            return Judgement(claim, tuple(excluded), first.old, first.new, why)
        if not about:
            return None
        news = {repr(fact.new) for fact in about}
        doubt = None
        if len(news) > 1:
            values = ", ".join(f"{sorted(f.paths)[0]}: {f.new}" for f in about)
            doubt = f"the test does not say which module it is about ({values})"
        elif all(claim.subject.keys & fact.keys <= GENERAL for fact in about):
            named = trail.imports | self.named_by(claim.unit)
            if not any(named & fact.paths for fact in about):
                doubt = f"it may be of another object than {sorted(about[0].paths)[0]}"
        return Judgement(claim, tuple(about), about[0].old, about[0].new, doubt)

    def spoken_of(self, subject: Subject) -> list[Fact]:
        """The facts that a subject's names can mean."""
        return [fact for fact in self.facts if fact.keys & subject.keys]

    def nearest(self, facts: Iterable[Fact], unit: Unit, trail: Trail) -> list[Fact]:
        """Of these facts, those of the modules that the test is about.

        The object's own way decides, then what the whole test names, then the file's imports.
        """
        path = unit.module.path
        levels: list[Callable[[], set[str] | frozenset[str]]] = [
            lambda: trail.imports | self.modules.in_texts(trail.texts),
            lambda: self.named_by(unit),
            lambda: set(self.modules.imports_of(path)),
        ]
        wanted = list(facts)
        paths = frozenset(path for fact in wanted for path in fact.paths)
        for level in levels:
            start = {p for p in level() if not self.is_test(p)}
            if not start:
                continue
            near = self.modules.closest(start, paths)
            return [fact for fact in wanted if fact.paths & near]
        return wanted

    def is_test(self, path: str) -> bool:
        """The path is test code, so no test is about it."""
        source = self.modules.program.snapshot.python.get(path)
        return source is not None and source.is_test

    def named_by(self, unit: Unit) -> set[str]:
        """The files that a unit names by import, path or dotted text, anywhere in its code."""
        if unit not in self._named:
            self._named[unit] = self._read_names(unit)
        return self._named[unit]

    def _read_names(self, unit: Unit) -> set[str]:
        texts: list[str] = []
        found: set[str] = set()
        for node, scopes in (*unit.inside, *unit.walk_around()):
            if isinstance(node, ast.Name):
                for scope in scopes:
                    for binding in scope.bindings.get(node.id, ())[-1:]:
                        found |= self.modules.imported(scope.module.path, binding)
            elif isinstance(node, ast.Call | ast.Constant | ast.BinOp | ast.Tuple):
                texts += strings_in(node)
        return found | self.modules.in_texts(texts)

    @staticmethod
    def _is_about(claim: Claim, fact: Fact) -> bool:
        """The claim holds before the change with this literal, and not after."""
        literal = claim.literal.expr
        if claim.how in (ast.Eq, ast.NotEq, ast.Is, ast.IsNot):
            return means(literal, fact.old)
        if claim.how is ast.In:
            return means(literal, fact.old) and not any(
                means(choice, fact.new) for choice in _choices(claim)
            )
        return means(literal, fact.old) and flips(claim.how, fact, literal)

    @staticmethod
    def _is_own(claim: Claim, fact: Fact, own: OwnSettings, trail: Trail) -> bool:
        literal = claim.literal.expr
        if own.exports(fact, literal) or own.patches(fact, literal):
            return not claim.subject.in_source
        if any(_passes(call, fact) for call in trail.calls):
            return True
        mocked = any(
            last_name(call.expr.func) in _MOCKS
            for call in trail.calls
            if isinstance(call.expr, ast.Call)
        )
        known = bool(trail.imports) and not mocked
        return own.gives(fact, literal) and not known and not claim.subject.in_source

    def _judge_sum(self, claim: Claim, own: Own) -> Judgement | None:
        before: list[float] = []
        after: list[float] = []
        about: list[Fact] = []
        for part in claim.subject.parts:
            trail = self.trails.of(part.root)
            near = self.nearest(self.spoken_of(part), claim.unit, trail)
            pairs = {(fact.old, fact.new) for fact in near}
            if len(pairs) != 1:
                return None
            old, new = pairs.pop()
            if not isinstance(old, int | float) or not isinstance(new, int | float):
                return None
            if any(own().exports(fact, ast.Constant(old)) for fact in near):
                return None
            before.append(old)
            after.append(new)
            about += near
        if not means(claim.literal.expr, sum(before)):
            return None
        parts = tuple(zip(before, after, strict=True))
        return Judgement(claim, tuple(about), sum(before), sum(after), parts=parts)


def _choices(claim: Claim) -> list[ast.expr]:
    """The elements of ``size in (5, 10)``."""
    comparators = claim.place.comparators if isinstance(claim.place, ast.Compare) else []
    return [
        element
        for container in comparators
        if isinstance(container, ast.Tuple | ast.List | ast.Set)
        for element in container.elts
    ]


def _excludes(claim: Claim, fact: Fact) -> bool:
    """``!= 5``, where 5 is the new value: true before the change and false after."""
    is_exclusion = claim.how in (ast.NotEq, ast.IsNot, ast.NotIn)
    return is_exclusion and fact.changed and means(claim.literal.expr, fact.new)


_OPERATORS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def flips(how: type[ast.cmpop], fact: Fact, literal: ast.expr) -> bool:
    """An ordering that holds for the old value and fails for the new one."""
    compare, bound = _OPERATORS.get(how), value_of(literal)
    if compare is None or not isinstance(bound, int | float):
        return False
    if not isinstance(fact.old, int | float) or not isinstance(fact.new, int | float):
        return False
    return bool(compare(fact.old, bound)) and not compare(fact.new, bound)


def _passes(call: Seen, fact: Fact) -> bool:
    """The call that made the object passes the argument itself."""
    return any(keyword_of(call.expr, name) is not None for name in _spellings(fact))


def _spellings(fact: Fact) -> set[str]:
    return {spelling for name in fact.keys for spelling in (name, name.upper())}


def total_of(pools: tuple[PoolChange, ...]) -> tuple[int, int] | None:
    """Most connections before and after, where one pair holds for every pool that changes."""
    changed = {
        (change.before, change.after)
        for change in pools
        if change.before is not None and change.after is not None and change.before != change.after
    }
    return changed.pop() if len(changed) == 1 else None
