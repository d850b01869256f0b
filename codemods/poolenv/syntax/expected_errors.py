"""Statements that a test expects to raise, so that nothing comes of what they make."""

from __future__ import annotations

import ast

from poolenv.syntax.references import At
from poolenv.syntax.scopes import Scope

_CONTEXTS = frozenset({"raises", "assertRaises", "assertRaisesRegex"})


def comes_to_nothing(call: ast.Call, at: At) -> bool:
    """The object that a call makes is dropped at once, or the call is expected to raise."""
    stmt = at.stmt
    if isinstance(stmt, ast.Expr) and stmt.value is call:
        return True
    return stmt is not None and is_expected_to_raise(at.scope, stmt)


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
    if not isinstance(context, ast.Call):
        return False
    function = context.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _CONTEXTS
