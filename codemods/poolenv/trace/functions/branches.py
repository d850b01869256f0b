"""Which branch of a function an object leads to, by what the function tests of it.

``if config.pool_size == 0: … else: use(config.max_overflow)``: an object whose ``pool_size`` is 0
has no ``max_overflow`` that counts.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from typing import Any

from poolenv.model import Scalar
from poolenv.syntax.bindings.reaching import leaves
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At, Instance
from poolenv.trace.literals import NotConstantError, constant
from poolenv.trace.objects import attributes
from poolenv.trace.outcome import Value
from poolenv.trace.tracer import Tracer

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def is_reached(tracer: Tracer, inside: At, name: str, given: Instance) -> bool:
    """Whether a statement is reached where an object is passed for the parameter ``name``.

    True as well where a test can't be decided.
    """
    if inside.stmt is None:
        return True
    for test, wanted in _conditions(inside.scope, inside.stmt):
        held = _holds(tracer, test, inside, name, given)
        if held is not None and held is not wanted:
            return False
    return True


def _conditions(scope: Scope, stmt: ast.stmt) -> Iterator[tuple[ast.expr, bool]]:
    """The tests on the way to a statement, each with what it has to come to."""
    for where in scope.around(stmt):
        for earlier in where.block[: where.place]:
            if isinstance(earlier, ast.If) and leaves(earlier.body):
                yield earlier.test, False
        if isinstance(where.parent, ast.If):
            yield where.parent.test, where.block is where.parent.body


def _holds(tracer: Tracer, test: ast.expr, inside: At, name: str, given: Instance) -> bool | None:
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            held = _holds(tracer, operand, inside, name, given)
            return None if held is None else not held
        case ast.BoolOp(op=op, values=values):
            parts = [_holds(tracer, value, inside, name, given) for value in values]
            decisive = isinstance(op, ast.Or)
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        case ast.Attribute(value=ast.Name(id=base)) if base == name:
            return _one({bool(value) for value in _values(tracer, test, inside, given)})
        case ast.Compare(
            left=ast.Attribute(value=ast.Name(id=base)) as left, ops=[op], comparators=[right]
        ) if base == name and type(op) in _COMPARISONS:
            return _one(
                {_compared(op, value, right) for value in _values(tracer, left, inside, given)}
            )
    return None


def _one(answers: set[bool] | set[bool | None]) -> bool | None:
    """The answer that all values give; None where there is none, or several."""
    return next(iter(answers)) if len(answers) == 1 else None


def _compared(op: ast.cmpop, value: Scalar, right: ast.expr) -> bool | None:
    try:
        return bool(_COMPARISONS[type(op)](value, constant(right)))
    except (NotConstantError, TypeError):
        return None


def _values(tracer: Tracer, read: ast.Attribute, inside: At, given: Instance) -> list[Scalar]:
    """What an attribute of the object is worth; nothing where that is not known for sure."""
    span = inside.scope.module.lines.span(read)
    found = attributes.member_values(tracer, given, (f".{read.attr}",), span)
    known = [o.value for o in found if isinstance(o, Value) and o.known and not o.env]
    return known if len(known) == len(found) else []
