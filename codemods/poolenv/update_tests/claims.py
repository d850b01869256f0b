"""Every place where a test says what value it expects, and of what."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.update_tests.facts import key
from poolenv.update_tests.flow import Flow, Seen
from poolenv.update_tests.literals import value_of
from poolenv.update_tests.subjects import Subject, Subjects
from poolenv.update_tests.tables import elements_of, entries_of
from poolenv.update_tests.units import Unit


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """One literal that a test compares with something."""

    literal: Seen
    subject: Subject
    how: type[ast.cmpop]
    """``ast.Eq`` for assertions of equality, else the comparison's operator."""
    unit: Unit
    place: ast.AST
    """The comparison or the assertion call."""


_EQUAL = frozenset(
    {
        "assertEqual", "assertEquals", "assertIs", "assertDictEqual", "assertTupleEqual",
        "assertListEqual", "assertCountEqual", "assertAlmostEqual", "assertSequenceEqual",
        "assert_equal", "assert_equals", "eq_", "assertNotEqual", "assert_that",
    }
)  # fmt: skip
_ORDER: dict[str, type[ast.cmpop]] = {
    "assertGreater": ast.Gt,
    "assertGreaterEqual": ast.GtE,
    "assertLess": ast.Lt,
    "assertLessEqual": ast.LtE,
}
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}
CALLED = frozenset(
    {
        "assert_called_with", "assert_called_once_with", "assert_any_call", "assert_awaited_with",
        "assert_awaited_once_with", "assert_any_await", "call",
    }
)  # fmt: skip
_DEPTH = 8


class Claims:
    """Finds the claims of one unit after another."""

    def __init__(self, flow: Flow, subjects: Subjects) -> None:
        self.flow = flow
        self.subjects = subjects

    def of(self, unit: Unit) -> Iterator[Claim]:
        """All claims that a unit makes, in the order of its text."""
        for node, scopes in unit.inside:
            match node:
                case ast.Compare(left=left, ops=ops, comparators=comparators):
                    for one, how, two in zip(
                        (left, *comparators[:-1]), ops, comparators, strict=True
                    ):
                        if isinstance(how, ast.In | ast.NotIn):
                            yield from self._choice(unit, node, scopes, (one, two), type(how))
                        else:
                            yield from self._pair(unit, node, scopes, (one, two), type(how))
                case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
                    yield from self._call(unit, node, scopes, name)

    def _call(
        self, unit: Unit, call: ast.Call, scopes: tuple[Scope, ...], name: str
    ) -> Iterator[Claim]:
        if len(call.args) >= 2 and (name in _EQUAL or name in _ORDER):
            pair = (call.args[0], call.args[1])
            yield from self._pair(unit, call, scopes, pair, _ORDER.get(name, ast.Eq))
        elif name in CALLED:
            root = Seen(call.func, scopes, {})
            for keyword in call.keywords:
                value = Seen(keyword.value, scopes, {})
                if keyword.arg:
                    yield from self._entry(unit, call, keyword.arg, value, root)
                else:
                    yield from self._mapping(unit, call, value, root)
            for argument in call.args:
                yield from self._mapping(unit, call, Seen(argument, scopes, {}), root)

    def _choice(
        self,
        unit: Unit,
        place: ast.AST,
        scopes: tuple[Scope, ...],
        pair: tuple[ast.expr, ast.expr],
        how: type[ast.cmpop],
    ) -> Iterator[Claim]:
        """``size in (5, 10)``: each literal is a claim."""
        spoken, choices = pair
        if isinstance(spoken, ast.Constant) or not isinstance(
            choices, ast.Tuple | ast.List | ast.Set
        ):
            return
        for choice in choices.elts:
            yield from self._sides(
                unit, place, (Seen(spoken, scopes, {}), Seen(choice, scopes, {})), how
            )

    def _pair(
        self,
        unit: Unit,
        place: ast.AST,
        scopes: tuple[Scope, ...],
        pair: tuple[ast.expr, ast.expr],
        how: type[ast.cmpop],
    ) -> Iterator[Claim]:
        one, two = (Seen(side, scopes, {}) for side in pair)
        yield from self._sides(unit, place, (one, two), how)
        yield from self._sides(unit, place, (two, one), _MIRRORED.get(how, how))

    def _sides(
        self, unit: Unit, place: ast.AST, sides: tuple[Seen, Seen], how: type[ast.cmpop]
    ) -> Iterator[Claim]:
        spoken, expected = sides
        pairs = list(self._elements(spoken, expected))
        if pairs:
            for pair in pairs:
                yield from self._sides(unit, place, pair, how)
            return
        for literal in self.literals(expected):
            base = Seen(spoken.expr, spoken.scopes, literal.rows)
            for subject in self.subjects.of(base):
                yield Claim(literal, subject, how, unit, place)
        yield from self._mapping(unit, place, expected, spoken)

    def _elements(self, spoken: Seen, expected: Seen) -> Iterator[tuple[Seen, Seen]]:
        """``(a, b) == (5, 10)`` as pairs, also where a helper or a name holds a side."""
        for two in self.flow.values(expected):
            wanted = None if isinstance(two.expr, ast.Dict) else elements_of(two.expr)
            if not wanted:
                continue
            for one in self.flow.values(spoken):
                found = None if isinstance(one.expr, ast.Dict) else elements_of(one.expr)
                if found is not None and len(found) == len(wanted):
                    for left, right in zip(found, wanted, strict=True):
                        yield one.at(left), two.at(right)

    def _mapping(
        self, unit: Unit, place: ast.AST, mapping: Seen, root: Seen, depth: int = 0
    ) -> Iterator[Claim]:
        """An expected dict: each entry is a claim about its key."""
        for found in self.flow.values(mapping):
            if depth > _DEPTH or isinstance(found.expr, ast.Constant):
                continue
            for name, value in entries_of(found.expr) or ():
                yield from self._entry(unit, place, name, found.at(value), root)
                yield from self._mapping(unit, place, found.at(value), root, depth + 1)
            for part in _parts(found.expr):
                yield from self._mapping(unit, place, found.at(part), root, depth + 1)

    def _entry(
        self, unit: Unit, place: ast.AST, name: str, value: Seen, root: Seen
    ) -> Iterator[Claim]:
        for literal in self.literals(value):
            subject = Subject(frozenset({key(name)}), Seen(root.expr, root.scopes, literal.rows))
            yield Claim(literal, subject, ast.Eq, unit, place)

    def literals(self, seen: Seen) -> Iterator[Seen]:
        """The literals an expected value comes from, converters and env reads looked through."""
        for found in self.flow.values(seen):
            expr = found.expr
            if value_of(expr) != ():
                yield found
            elif isinstance(expr, ast.Call) and expr.args:
                name = last_name(expr.func)
                if name in ("int", "str", "float", "approx") and len(expr.args) == 1:
                    yield from self.literals(found.at(expr.args[0]))
                elif name in ("getenv", "get") and len(expr.args) == 2:
                    yield from self.literals(found.at(expr.args[1]))


def _parts(node: ast.expr) -> list[ast.expr]:
    """What a container of expected dicts holds: a list's elements, a Dict's merged mappings."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return parts
        case ast.Dict(keys=keys, values=values):
            return [value for name, value in zip(keys, values, strict=True) if name is None]
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [left, right]
        case ast.Call(func=ast.Name(id="dict"), args=args):
            return args
    return []
