"""What a failed conversion leaves: ``try: return int(os.getenv("SIZE", "5"))``, else 5."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At, Frame
from poolenv.trace.outcome import Outcome, Value, fallback_of, led_by, step
from poolenv.trace.tracer import Path, Tracer

_FAILURES = frozenset(
    {"ValueError", "TypeError", "KeyError", "LookupError", "Exception", "BaseException"}
)
_Given = tuple[ast.stmt, tuple[Outcome, ...]]


def returned_values(tracer: Tracer, scope: Scope, path: Path, frame: Frame | None) -> list[Outcome]:
    """What the ``return`` statements of a function give."""
    given = [
        (
            stmt,
            led_by(tracer.ask(stmt.value, path, At(scope, stmt, frame)), step(scope.module, stmt)),
        )
        for stmt in scope.returns
        if stmt.value is not None
    ]
    return without_failures(scope, given)


def without_failures(scope: Scope, given: Sequence[_Given]) -> list[Outcome]:
    """The values of several statements, one of which may be carried out instead of another.

    A plain literal that counts where the conversion of a variable fails is a default of that
    variable, as one that counts where the variable is absent: it needs no variable of its own, and
    the same read in its place would fail again.
    """
    if len(given) < 2:
        return [o for _, outcomes in given for o in outcomes]
    every = [(s, [o for o in found if isinstance(o, Value) and o.env]) for s, found in given]
    tried = [(stmt, reads) for stmt, reads in every if reads]
    joined: list[Outcome] = []
    for stmt, outcomes in given:
        reads = [r for one, found in tried if _fails_over(scope, one, stmt) for r in found]
        for outcome in outcomes:
            same = [read for read in reads if read.calls == outcome.calls]
            joined.append(fallback_of(same, outcome) if same else outcome)
    return joined


def _fails_over(scope: Scope, tried: ast.stmt, stmt: ast.stmt) -> bool:
    """A statement stands in a ``try``, and the other in its handler or beside it."""
    if tried is stmt:
        return False
    for where in scope.around(tried):
        parent = where.parent
        if isinstance(parent, ast.Try) and where.block in (parent.body, parent.orelse):
            failures = [handler.body for handler in parent.handlers if _is_failure(handler)]
            around = scope.where[id(parent)].block
            if failures and any(one is stmt for block in (around, *failures) for one in block):
                return True
    return False


def _is_failure(handler: ast.ExceptHandler) -> bool:
    """It handles what a missing variable or one that holds no number raises."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in _FAILURES) for kind in kinds
    )
