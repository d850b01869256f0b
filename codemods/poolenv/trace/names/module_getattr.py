"""Names that a module answers by its own ``__getattr__`` (PEP 562): lazy settings."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.resolving.references import At, Frame
from poolenv.trace.outcome import Outcome, Value, led_by, step
from poolenv.trace.tracer import Path, Tracer


def answered_by_module(
    tracer: Tracer, module: Module, name: str, path: Path
) -> tuple[Outcome, ...] | None:
    """What ``__getattr__`` of a module gives for a name; None where that can't be followed."""
    for binding in module.scope.bindings.get("__getattr__", ()):
        if not isinstance(binding.node, ast.FunctionDef) or len(binding.node.args.args) != 1:
            continue
        function = module.scope.child(binding.node)
        call = tracer.asking(function, name)
        frame = Frame(call, At(module.scope, None), 1)
        parameter = binding.node.args.args[0].arg
        # What is written in the function itself it answers for every name, so it is no setting.
        own = module.lines.span(binding.node)
        found: list[Outcome] = []
        for stmt in function.returns:
            meant = _is_meant(function, stmt, parameter, name)
            if stmt.value is None or meant is False:
                continue
            values = tracer.ask(stmt.value, path, At(function, stmt, frame))
            found.extend(o for o in values if meant or not own.holds(o.span))
        if any(isinstance(o, Value) for o in found):
            return led_by(found, step(module, binding.node))
    return None


def _is_meant(function: Scope, stmt: ast.stmt, parameter: str, name: str) -> bool | None:
    """Whether the tests around a statement ask for the name; None where none of them does."""
    meant: bool | None = None
    for condition, holds in function.tests_around(stmt):
        match condition.test:
            case ast.Compare(
                left=ast.Name(id=left), ops=[ast.Eq()], comparators=[ast.Constant(value=text)]
            ) if left == parameter:
                if (text == name) is not holds:
                    return False
                meant = meant or text == name
    return meant
