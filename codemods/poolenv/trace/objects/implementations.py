"""Methods of what callers pass where a parameter is declared as a protocol or an abstract class."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.calls.call_site import CallSite, wanted_for
from poolenv.syntax.resolving.classes import instance_values
from poolenv.syntax.resolving.references import At, Frame, FunctionReference, Instance
from poolenv.trace.functions import calls, passing
from poolenv.trace.outcome import Outcome
from poolenv.trace.tracer import Path, Tracer


def passed_in(
    tracer: Tracer, function: FunctionReference, path: Path, node: ast.Call, at: At
) -> tuple[Outcome, ...]:
    """What a method that only declares itself returns for the objects that callers pass."""
    if not isinstance(function.receiver, Instance) or not isinstance(node.func, ast.Attribute):
        return ()
    found: list[Outcome] = []
    for site, passed in _objects(tracer, node.func.value, at):
        if passed.scope is function.scope.parent:
            continue
        for method in tracer.resolver.member(passed.scope, node.func.attr, passed):
            if isinstance(method, FunctionReference) and method.scope is not function.scope:
                values = calls.function_values(tracer, method, path, node, at)
                found.extend(passing.from_call(tracer, site, values))
    return tuple(found)


def _objects(tracer: Tracer, node: ast.expr, at: At) -> Iterator[tuple[CallSite, Instance]]:
    """The objects that callers pass for a parameter, which may be kept in an attribute."""
    owner = at.scope.parent
    if at.frame is not None:
        return
    match node:
        case ast.Name(id=name):
            found = passing.parameter(at.scope, name)
            if found is None or found.kind not in ("positional", "keyword"):
                return
            for site in tracer.callers.of(at.scope, wanted_for(at.scope, name)):
                receiver = Instance(owner) if site.bound and owner is not None else None
                frame = Frame(site.call, site.at, 1, site.shift, receiver)
                for reference in tracer.refer(node, At(at.scope, at.stmt, frame)):
                    if isinstance(reference, Instance):
                        yield site, reference
        case ast.Attribute(value=ast.Name(), attr=attr) if owner is not None and owner.is_class:
            for value, place in instance_values(owner, attr):
                if isinstance(value, ast.Name):
                    yield from _objects(tracer, value, place)
