"""Values that take part in calculations and comparisons."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import replace

from poolenv.model import Holder, Origin
from poolenv.syntax.resolving.references import At
from poolenv.trace.literals import NotConstantError, arithmetic, truth
from poolenv.trace.outcome import Outcome, Value, led_by, step
from poolenv.trace.tracer import Path, Tracer


def fixed(outcomes: Iterable[Outcome], obstacle: str) -> tuple[Outcome, ...]:
    """Values that are found but can't be rewritten one by one."""
    return tuple(
        replace(
            o,
            holder=Holder.FIXED,
            obstacle=o.obstacle or obstacle,
            partial=True,
        )
        if isinstance(o, Value)
        else o
        for o in outcomes
    )


def unary_values(tracer: Tracer, node: ast.UnaryOp, path: Path, at: At) -> tuple[Outcome, ...]:
    """``-n``: what is behind it is a value, and none that stands for the whole."""
    return fixed(tracer.ask(node.operand, path, at), "it takes part in a calculation")


def binary_values(tracer: Tracer, node: ast.BinOp, at: At) -> tuple[Outcome, ...]:
    """``5 * MINUTE`` is a value where it stands; ``size + overflow`` is one per operand."""
    left, right = tracer.ask(node.left, (), at), tracer.ask(node.right, (), at)
    if len(left) == len(right) == 1:
        first, second = left[0], right[0]
        if _plain(first) and _plain(second):
            assert isinstance(first, Value)
            assert isinstance(second, Value)
            try:
                worth = arithmetic(node.op, first.value, second.value)
            except NotConstantError:
                pass
            else:
                found = tracer.literal(node, worth, at.scope.module)
                named = first if isinstance(node.right, ast.Constant) else second
                steps = (*found.steps, *named.steps)
                return (replace(found, steps=steps),)
    if isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod) and any(map(_is_value, left)):
        # What a number is divided by counts no connections.
        right = tuple(o for o in right if not _plain(o))
    numbers = [
        o
        for o in left + right
        if not isinstance(o, Value) or not isinstance(o.value, str) or o.env is not None
    ]
    if not numbers and (left or right):
        return (tracer.lost("it is a text that is put together", node, at),)
    return led_by(
        fixed(numbers, "it takes part in a calculation, so no single variable replaces it"),
        step(at.scope.module, node),
    )


def _is_value(outcome: Outcome) -> bool:
    return isinstance(outcome, Value)


def _plain(outcome: Outcome) -> bool:
    return (
        isinstance(outcome, Value)
        and outcome.known
        and outcome.env is None
        and not outcome.calls
        and outcome.origin is not Origin.FUNCTION_DEFAULT
        and isinstance(outcome.value, int | float)
    )


def bounded_values(tracer: Tracer, node: ast.Call, name: str, at: At) -> tuple[Outcome, ...]:
    """``min(10, n)``: a literal argument is a bound, a traced one is followed as usual.

    In a helper that is called with literals alone (``clamp(20, 1, 50)``) only one of them counts.
    """
    asked = [(argument, tracer.ask(argument, (), at)) for argument in node.args]
    read = any(isinstance(o, Value) and o.env for _, values in asked for o in values)
    found: list[Outcome] = []
    for argument, values in asked:
        if isinstance(argument, ast.Constant) or (
            read and _is_passed_literal(argument, values, at)
        ):
            values = fixed(values, f"it is a bound inside {name}()")
        found.extend(values)
    known = [o for o in found if isinstance(o, Value)]
    numbers = [o.value for o in known if isinstance(o.value, int | float)]
    if len(numbers) == len(found) == len(node.args) and not any(o.env or o.calls for o in known):
        decisive = min(numbers) if name == "min" else max(numbers)
        if at.frame is not None:
            return tuple(o for o in known if o.value == decisive)
        return tuple(replace(o, partial=o.value != decisive) for o in known)
    return tuple(replace(o, partial=True) for o in known) or tuple(found)


def _is_passed_literal(argument: ast.expr, values: tuple[Outcome, ...], at: At) -> bool:
    """A parameter for which the call that led here passes a literal."""
    return (
        at.frame is not None
        and isinstance(argument, ast.Name)
        and len(values) == 1
        and isinstance(values[0], Value)
        and not values[0].env
    )


def comparison_values(tracer: Tracer, node: ast.Compare, at: At) -> tuple[Outcome, ...]:
    """``os.getenv("X", "true").lower() == "true"`` is an environment read of a truth value."""
    found = []
    for outcome in tracer.ask(node.left, (), at):
        if isinstance(outcome, Value) and outcome.env is not None:
            value = truth(outcome.value, node) if isinstance(outcome.value, str) else None
            found.append(replace(outcome, value=value, typed=True))
    if found:
        return tuple(found)
    return (tracer.lost("the value is the result of a comparison", node, at),)
