"""Statements that a test expects to raise, so that nothing comes of what they make."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At
from poolenv.syntax.resolving.refusals import raised_for

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver

_CONTEXTS = frozenset({"raises", "assertRaises", "assertRaisesRegex"})
_OF_VALIDATION = "ValidationError"


def comes_to_nothing(call: ast.Call, at: At) -> bool:
    """The object that a call makes is dropped at once, or the call is expected to raise."""
    stmt = at.stmt
    if isinstance(stmt, ast.Expr) and stmt.value is call:
        return True
    return stmt is not None and is_expected_to_raise(at.scope, stmt)


def is_refused(
    resolver: Resolver,
    call: ast.Call,
    at: At,
    function: Scope,
    parameter: str,
    use: ast.stmt | None,
) -> bool:
    """A test expects the very error that the function raises where it checks the parameter.

    ``use`` is the statement of the function whose parameter is asked for. An error of validation
    is none of a pool's own, so what is passed never came to one.
    """
    stmt = at.stmt
    if stmt is None or not at.scope.module.source.is_test or not _is_all_of(stmt, call):
        return False
    if not is_expected_to_raise(at.scope, stmt):
        return False
    expected = _expected(at.scope, stmt)
    if _OF_VALIDATION in expected:
        return True
    return any(name in expected for name in raised_for(resolver, function, parameter, use))


def _expected(scope: Scope, stmt: ast.stmt) -> set[str]:
    """The names of the errors that are expected of a statement."""
    match scope.where[id(stmt)].parent:
        case ast.With(items=items) | ast.AsyncWith(items=items):
            contexts = [i.context_expr for i in items if _expects_error(i.context_expr)]
            named = [c.args[0] for c in contexts if isinstance(c, ast.Call) and c.args]
            return {
                last_name(error)
                for one in named
                for error in (one.elts if isinstance(one, ast.Tuple) else [one])
            } - {""}
    return set()


def _is_all_of(stmt: ast.stmt, call: ast.Call) -> bool:
    """The statement does nothing but the call."""
    match stmt:
        case ast.Expr(value=value) | ast.Assign(value=value):
            return value is call or (isinstance(value, ast.Await) and value.value is call)
        case (
            ast.With(items=[ast.withitem(context_expr=value)], body=[ast.Pass()])
            | ast.AsyncWith(items=[ast.withitem(context_expr=value)], body=[ast.Pass()])
        ):
            return value is call
    return False


def is_expected_to_raise(scope: Scope, stmt: ast.stmt) -> bool:
    """The statement is the last of ``with pytest.raises(…):`` or of unittest's ``assertRaises``."""
    if not scope.module.source.is_test:
        return False
    where = scope.where.get(id(stmt))
    if where is None or where.place != len(where.block) - 1:
        return False
    match where.parent:
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return any(_expects_error(item.context_expr) for item in items)
    return False


def _expects_error(context: ast.expr) -> bool:
    return isinstance(context, ast.Call) and last_name(context.func) in _CONTEXTS
