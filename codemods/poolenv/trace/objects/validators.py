"""What pydantic's validators put into fields: ``values.setdefault("pool_size", 5)``.

A validator of the whole record is given a mapping of its fields and gives it back; one of a field
is given what the field holds and gives what it is to hold.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from poolenv.model import Origin
from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.arguments import positional_names
from poolenv.syntax.resolving.references import At, Instance
from poolenv.trace.outcome import Outcome, Value, led_by, step, written_as
from poolenv.trace.tracer import Path, Tracer

_OF_RECORD = frozenset({"model_validator", "root_validator"})
_OF_FIELD = frozenset({"field_validator", "validator"})
_ALL = "validator"


def validated_values(tracer: Tracer, owner: Instance, attr: str, rest: Path) -> tuple[Outcome, ...]:
    """The values that validators of a class give a field, beside what it is made with."""
    scope = owner.scope
    if _ALL not in scope.module.source.text:
        return ()
    found: list[Outcome] = []
    for method, path in _validators(scope, attr):
        for stmt in method.returns:
            if stmt.value is None:
                continue
            values = tracer.ask(stmt.value, (*path, *rest), At(method, stmt))
            given = [
                replace(o, sure=False)
                for o in values
                if isinstance(o, Value) and not o.partial and not o.calls and o.value is not None
            ]
            found.extend(led_by(given, step(method.module, stmt)))
    return written_as(found, Origin.SETTINGS)


def _validators(scope: Scope, attr: str) -> Iterator[tuple[Scope, Path]]:
    """The validators that may give a field a value, each with the way to it in what they return."""
    for bindings in scope.bindings.values():
        for binding in bindings:
            if not isinstance(binding.node, ast.FunctionDef):
                continue
            method = scope.child(binding.node)
            for decorator in binding.node.decorator_list:
                call = decorator if isinstance(decorator, ast.Call) else None
                name = last_name(decorator if call is None else call.func)
                if name in _OF_RECORD and len(positional_names(method)) > 1:
                    yield method, (f"[{attr}",)
                elif name in _OF_FIELD and call is not None and _is_for(call, attr):
                    yield method, ()


def _is_for(decorator: ast.Call, attr: str) -> bool:
    return any(isinstance(a, ast.Constant) and a.value == attr for a in decorator.args)
