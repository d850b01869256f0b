"""Old values in expectations that name no argument: listed for the person, never edited."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.model import Remark
from poolenv.update_tests.claims import CALLED
from poolenv.update_tests.facts import Fact
from poolenv.update_tests.judging import Judge
from poolenv.update_tests.literals import means
from poolenv.update_tests.tables import elements_of
from poolenv.update_tests.trails import Trail
from poolenv.update_tests.units import Unit


def possible_remarks(judge: Judge, unit: Unit) -> Iterator[Remark]:
    """Positional arguments that a mock is expected to have got, where they equal an old value."""
    changed = [fact for fact in judge.facts if fact.changed and not isinstance(fact.old, bool)]
    for node, _ in unit.inside:
        for literal in _positional(node):
            alike = [fact for fact in changed if means(literal, fact.old)]
            near = judge.nearest(alike, unit, Trail()) if alike else []
            if near and judge.named_by(unit) & {path for fact in near for path in fact.paths}:
                yield _remark(unit, literal, near[0])


def _positional(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in CALLED:
            return node.args
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            for one, other in ((left, right), (right, left)):
                if any(getattr(inner, "attr", "") == "args" for inner in ast.walk(one)):
                    return elements_of(other) or [other]
    return []


def _remark(unit: Unit, literal: ast.expr, fact: Fact) -> Remark:
    text = (
        f"{ast.unparse(literal)} may be {fact.argument}, which is {fact.new} now: "
        "the test names no argument"
    )
    return Remark(unit.module.path, literal.lineno, text)
