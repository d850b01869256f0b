"""What an expression gives, by what kind it is: one rule for each kind."""

from __future__ import annotations

import ast

from poolenv.syntax.resolving.references import At
from poolenv.trace.containers import comprehensions, mappings
from poolenv.trace.functions import calls
from poolenv.trace.literals import NotConstantError, constant
from poolenv.trace.names import bindings
from poolenv.trace.objects import attributes
from poolenv.trace.outcome import Outcome, led_by, step
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values import arithmetic, conditions, ruled_out

_NO_MAPPING = "it is not a mapping that can be read from the code"


def values_of(tracer: Tracer, node: ast.expr, path: Path, at: At) -> tuple[Outcome, ...]:
    """Every value that ``node`` followed by ``path`` may have; () where the key is absent."""
    if not path:
        try:
            return (tracer.literal(node, constant(node), at.scope.module),)
        except NotConstantError:
            pass
    match node:
        case ast.Name():
            return _by_its_line(bindings.name_values(tracer, node, path, at), node, at)
        case ast.Attribute():
            return _by_its_line(_of_attribute(tracer, node, path, at), node, at)
        case ast.Subscript():
            return mappings.subscript_values(tracer, node, path, at)
        case ast.Dict():
            return mappings.dict_values(tracer, node, path, at)
        case ast.Call():
            return calls.call_values(tracer, node, path, at)
        case ast.IfExp():
            return conditions.chosen_values(tracer, node, path, at)
        case ast.BoolOp():
            return conditions.either_values(tracer, node, path, at)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right) if path:
            return mappings.merged(tracer, [left, right], path, at)
        case ast.BinOp():
            return arithmetic.binary_values(tracer, node, at)
        case ast.UnaryOp():
            return arithmetic.unary_values(tracer, node, path, at)
        case ast.Compare() if not path:
            return arithmetic.comparison_values(tracer, node, at)
        case ast.Await(value=value) | ast.NamedExpr(value=value) | ast.Starred(value=value):
            return tracer.ask(value, path, at)
        case ast.Tuple() | ast.List() | ast.Set() if path:
            return mappings.sequence_values(tracer, node, path, at)
        case ast.DictComp():
            return comprehensions.comprehension_values(tracer, node, path, at)
        case ast.Constant(value=bool() | None) if path:
            return ()
    reason = _NO_MAPPING if path else f"the value is {_described(node)}"
    return (tracer.lost(reason, node, at),)


def _of_attribute(tracer: Tracer, node: ast.Attribute, path: Path, at: At) -> tuple[Outcome, ...]:
    found = attributes.attribute_values(tracer, node, path, at)
    return found if path else ruled_out.by_statements(found, node, at.scope, at.stmt, 0)


def _by_its_line(found: tuple[Outcome, ...], node: ast.expr, at: At) -> tuple[Outcome, ...]:
    """What is found for a name, by way of the line it stands on in a statement of several."""
    if at.stmt is None or node.lineno == at.stmt.lineno:
        return found
    return led_by(found, step(at.scope.module, node))


def _described(node: ast.expr) -> str:
    match node:
        case ast.JoinedStr():
            return "a formatted string"
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
            return "made by a comprehension"
        case ast.Lambda():
            return "a function"
    return "an expression that poolenv does not follow"
