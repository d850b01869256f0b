"""Values that a test rules out before they count: ``if size is None: size = 5``."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from poolenv.syntax.bindings.reaching import leaves
from poolenv.syntax.bindings.scopes import Scope
from poolenv.trace.outcome import Outcome, Value

_TYPES = frozenset({"int", "float", "str", "bool", "dict"})


def without(
    values: Iterable[Outcome], test: ast.expr, subject: ast.expr, *, holds: bool
) -> tuple[Outcome, ...]:
    """The values of what a test looks at, where it comes to ``holds``."""
    values = tuple(values)
    if not any(map(_may_be, values)) or not _rules_out(test, subject, holds=holds):
        return values
    return _marked(values)


def by_statements(
    values: tuple[Outcome, ...],
    subject: ast.Name | ast.Attribute,
    scope: Scope,
    stmt: ast.stmt | None,
    since: int,
) -> tuple[Outcome, ...]:
    """The values that a binding of the line ``since`` gives where a statement stands.

    A test around the statement, or one before it whose branch leaves or gives another value,
    rules None out: on no way from there does it arrive.
    """
    if stmt is None or not any(map(_may_be, values)):
        return values
    for where in scope.around(stmt):
        for earlier in reversed(where.block[: where.place]):
            if earlier.lineno <= since:
                return values
            if _lets_none_pass_by(earlier, subject):
                return _marked(values)
        parent = where.parent
        if parent is None or parent.lineno <= since:
            return values
        if isinstance(parent, ast.If):
            inside = where.block is parent.body
            if _rules_out(parent.test, subject, holds=inside):
                return _marked(values)
    return values


def _may_be(outcome: Outcome) -> bool:
    return (
        isinstance(outcome, Value)
        and outcome.known
        and outcome.value is None
        and not outcome.env
        and not outcome.ruled_out
    )


def _marked(values: Iterable[Outcome]) -> tuple[Outcome, ...]:
    return tuple(
        replace(o, ruled_out=True) if isinstance(o, Value) and _may_be(o) else o for o in values
    )


def _lets_none_pass_by(stmt: ast.stmt, subject: ast.expr) -> bool:
    """After the statement, what the subject was before it is not None, or replaced."""
    match stmt:
        case ast.Assert(test=test):
            return _rules_out(test, subject, holds=True)
        case ast.If(test=test, body=body, orelse=orelse):
            return (_is_settled(body, subject) and _rules_out(test, subject, holds=False)) or (
                _is_settled(orelse, subject) and _rules_out(test, subject, holds=True)
            )
    return False


def _is_settled(block: list[ast.stmt], subject: ast.expr) -> bool:
    """The block leaves the statements that follow it, or gives the subject another value."""
    if not block:
        return False
    if leaves(block):
        return True
    for stmt in block:
        match stmt:
            case (
                ast.Assign(targets=[target], value=value)
                | ast.AnnAssign(target=target, value=ast.expr() as value)
            ) if _same(target, subject):
                return isinstance(subject, ast.Name) or _is_made(value)
    return False


def _is_made(value: ast.expr) -> bool:
    """A literal other than None: what another name gives may be None again."""
    return isinstance(value, ast.Constant) and value.value is not None


def _rules_out(test: ast.expr, subject: ast.expr, *, holds: bool) -> bool:
    """A test comes to ``holds`` for no subject that is None."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _rules_out(operand, subject, holds=not holds)
        case ast.BoolOp(op=op, values=values):
            return isinstance(op, ast.And) is holds and any(
                _rules_out(value, subject, holds=holds) for value in values
            )
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=None)]):
            wanted = isinstance(op, ast.IsNot | ast.NotEq)
            told = wanted or isinstance(op, ast.Is | ast.Eq)
            return told and wanted is holds and _same(left, subject)
        case ast.Compare(left=left, ops=[ast.Gt() | ast.GtE() | ast.Lt() | ast.LtE()]):
            return _same(left, subject)
        case ast.Call(func=ast.Name(id="isinstance"), args=[looked_at, kinds]) if holds:
            named = kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]
            return _same(looked_at, subject) and all(
                isinstance(kind, ast.Name) and kind.id in _TYPES for kind in named
            )
        case ast.NamedExpr(target=target, value=value):
            return holds and (_same(target, subject) or _same(value, subject))
    return holds and _same(test, subject)


def _same(one: ast.expr, other: ast.expr) -> bool:
    """Two names, or attributes of the same name, or entries of one key."""
    match one, other:
        case ast.NamedExpr(target=target), _:
            return _same(target, other)
        case ast.Name(id=first), ast.Name(id=second):
            return first == second
        case ast.Attribute(value=base, attr=first), ast.Attribute(value=base2, attr=second):
            return first == second and _same(base, base2)
        case (
            ast.Subscript(value=base, slice=ast.Constant(value=first)),
            ast.Subscript(value=base2, slice=ast.Constant(value=second)),
        ):
            return first == second and _same(base, base2)
        case ast.Call(func=func, args=args, keywords=[]), ast.Call(
            func=func2, args=args2, keywords=[]
        ):
            return _same(func, func2) and len(args) == len(args2) and all(map(_same, args, args2))
        case ast.Constant(value=first), ast.Constant(value=second):
            return type(first) is type(second) and first == second
    return False
