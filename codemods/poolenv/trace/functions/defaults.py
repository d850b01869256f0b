"""What a parameter is where no call passes anything for it."""

from __future__ import annotations

import ast

from poolenv.model import Origin
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At
from poolenv.trace.functions import passing
from poolenv.trace.names import commands
from poolenv.trace.outcome import Outcome, led_by, step, written_as
from poolenv.trace.tracer import Path, Tracer


def default_values(
    tracer: Tracer, scope: Scope, found: passing.Parameter, path: Path
) -> tuple[Outcome, ...]:
    """The values of a parameter's default; () where it has none."""
    if found.default is None:
        return () if path else commands.decorated(tracer, scope, found.name)
    parent = scope.parent or scope.module.scope
    stmt = scope.node if isinstance(scope.node, ast.stmt) else None
    values = tracer.ask(found.default, path, At(parent, stmt))
    return led_by(written_as(values, Origin.FUNCTION_DEFAULT), step(scope.module, found.node))
