"""Literals and constant expressions: what they are worth."""

from __future__ import annotations

import ast
import operator

from poolenv.model import Scalar

_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
_LARGEST = 10**15


class NotConstantError(Exception):
    """The expression is not made of literals alone."""


def constant(node: ast.expr) -> Scalar:
    """The value of a literal or of arithmetic on literals; raises NotConstantError."""
    match node:
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not() as sign, operand=operand):
            inner = constant(operand)
            if isinstance(sign, ast.Not):
                return not inner
            if isinstance(inner, str) or inner is None:
                raise NotConstantError
            return -inner if isinstance(sign, ast.USub) else inner
        case ast.BinOp(left=left, op=op, right=right):
            return arithmetic(op, constant(left), constant(right))
    raise NotConstantError


def arithmetic(op: ast.operator, left: Scalar, right: Scalar) -> int | float:
    """Calculate with two numbers; raises NotConstantError for anything else or anything huge."""
    function = _OPERATORS.get(type(op))
    if function is None or not isinstance(left, int | float) or not isinstance(right, int | float):
        raise NotConstantError
    try:
        result: int | float = function(left, right)
    except (ZeroDivisionError, OverflowError) as error:
        raise NotConstantError from error
    if abs(result) > _LARGEST:
        raise NotConstantError
    return result


def truth(text: str, comparison: ast.Compare) -> bool | None:
    """What ``text.lower() == "true"`` or ``text in ("1", "yes")`` comes to for a default text."""
    right = comparison.comparators[0]
    lowered = text.strip().lower()
    match comparison.ops[0], right:
        case ast.Eq(), ast.Constant(value=str() as other):
            return lowered == other.lower()
        case ast.NotEq(), ast.Constant(value=str() as other):
            return lowered != other.lower()
        case ast.In() | ast.NotIn() as op, ast.Tuple(elts=elts) | ast.List(elts=elts) | ast.Set(
            elts=elts
        ):
            words = {str(e.value).lower() for e in elts if isinstance(e, ast.Constant)}
            return (lowered in words) is isinstance(op, ast.In)
    return None
