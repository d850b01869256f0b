"""Values that one of several expressions gives: conditional expressions, ``size or 5``."""

from __future__ import annotations

import ast

from poolenv.model import Origin
from poolenv.syntax.resolving.references import At
from poolenv.trace.outcome import Outcome, Value, fallback_of, written_as
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values import ruled_out


def chosen_values(tracer: Tracer, node: ast.IfExp, path: Path, at: At) -> tuple[Outcome, ...]:
    """Both branches of a conditional expression.

    Where its condition looks at the value that one branch gives, a plain literal in the other one
    counts for some values of it only: ``size if size > 0 else 1`` is a default of the variable
    that is read for ``size``.
    """
    taken, other = tracer.ask(node.body, path, at), tracer.ask(node.orelse, path, at)
    if not path:
        taken = ruled_out.without(taken, node.test, node.body, holds=True)
        other = ruled_out.without(other, node.test, node.orelse, holds=False)
        if _looks_at(node.test, node.body):
            other = _for_some_values(taken, other)
        elif _looks_at(node.test, node.orelse):
            taken = _for_some_values(other, taken)
    return written_as((*taken, *other), Origin.CONDITIONAL)


def either_values(tracer: Tracer, node: ast.BoolOp, path: Path, at: At) -> tuple[Outcome, ...]:
    """``size or 5``: each operand, save a known one that is false and so gives way."""
    found: list[Outcome] = []
    for value in node.values:
        outcomes = tracer.ask(value, path, at)
        if not path and isinstance(node.op, ast.Or):
            reads = [o for o in found if isinstance(o, Value) and o.env and o.known]
            outcomes = tuple(fallback_of(reads, o) for o in outcomes)
            if value is not node.values[-1]:
                outcomes = tuple(o for o in outcomes if not _gives_way(o))
        found.extend(outcomes)
    return written_as(found, Origin.CONDITIONAL)


def _gives_way(outcome: Outcome) -> bool:
    return isinstance(outcome, Value) and outcome.known and not outcome.env and not outcome.value


def _looks_at(test: ast.expr, value: ast.expr) -> bool:
    """The expression stands in the condition."""
    if isinstance(value, ast.Constant):
        return False
    kind, text = type(value), ast.dump(value)
    return any(type(part) is kind and ast.dump(part) == text for part in ast.walk(test))


def _for_some_values(
    tested: tuple[Outcome, ...], others: tuple[Outcome, ...]
) -> tuple[Outcome, ...]:
    """The literals with the variable that is read on the same way: other calls may read none."""
    reads = [o for o in tested if isinstance(o, Value) and o.env]
    if not reads:
        return others
    return tuple(fallback_of([r for r in reads if r.calls == o.calls], o) for o in others)
