"""What pytest passes to a test: a row of ``parametrize``, a fixture's value, ``request.param``."""

from __future__ import annotations

import ast

from poolenv.model import Origin
from poolenv.syntax.bindings.expressions import keyword_of
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.fixtures import (
    fixture_decorator,
    fixture_of,
    is_asked_by_pytest,
    is_param,
    rows_for,
)
from poolenv.syntax.resolving.references import At, FunctionReference
from poolenv.trace.functions import calls
from poolenv.trace.outcome import Outcome, written_as
from poolenv.trace.tracer import Path, Tracer


def fixture_values(
    tracer: Tracer, scope: Scope, name: str, path: Path
) -> tuple[Outcome, ...] | None:
    """The values of a parameter that pytest fills; None where the code shows no fixture for it."""
    if not is_asked_by_pytest(scope):
        return None
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    if name == "request" and path[:1] == (".param",):
        table = keyword_of(fixture_decorator(scope.node), "params")
        return _rows(tracer, scope, table, None, path[1:]) if table is not None else None
    rows = rows_for(scope, name)
    if rows is not None:
        return _rows(tracer, scope, *rows, path)
    fixture = fixture_of(tracer.program, name, scope)
    if fixture is None:
        return None
    return calls.function_values(tracer, FunctionReference(fixture), path, None, None)


def _rows(
    tracer: Tracer, scope: Scope, table: ast.expr, index: int | None, path: Path
) -> tuple[Outcome, ...]:
    """The values of one column of a table of arguments."""
    parent = scope.parent or scope.module.scope
    at = At(parent, scope.node if isinstance(scope.node, ast.stmt) else None)
    inner = path if index is None else (f"[{index}", *path)
    if not isinstance(table, ast.List | ast.Tuple):
        return tracer.ask(table, ("[*", *inner), at)
    found: list[Outcome] = []
    for row in table.elts:
        match row:
            case ast.Call(args=args) if is_param(row):
                place = index or 0
                found.extend(tracer.ask(args[place], path, at) if place < len(args) else ())
            case _:
                found.extend(tracer.ask(row, inner, at))
    return written_as(found, Origin.CONSTANT)
