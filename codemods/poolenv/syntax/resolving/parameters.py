"""What a parameter refers to: receiver, argument of the frame, fixture, default or annotation."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.arguments import default_of, passed_argument
from poolenv.syntax.resolving.classes import has_decorator
from poolenv.syntax.resolving.fixtures import fixture_of, is_asked_by_pytest, rows_for
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    Frame,
    FunctionReference,
    Instance,
    Reference,
)
from poolenv.syntax.resolving.results import returned
from poolenv.syntax.resolving.rows import column

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver


def parameter_references(
    resolver: Resolver, name: str, scope: Scope, frame: Frame | None
) -> list[Reference] | None:
    """What a parameter of a function may be; None where the function has none of this name."""
    parameters = scope.parameters()
    assert parameters is not None
    positional = [*parameters.posonlyargs, *parameters.args]
    every = [*positional, *parameters.kwonlyargs]
    every.extend(star for star in (parameters.vararg, parameters.kwarg) if star is not None)
    for index, argument in enumerate(every):
        if argument.arg != name:
            continue
        owner = scope.parent
        in_class = owner is not None and owner.is_class
        if index == 0 and positional and in_class:
            receiver = _receiver(scope, frame)
            if receiver is not None:
                return [receiver]
        if frame is not None and argument in [*positional, *parameters.kwonlyargs]:
            passed = passed_argument(
                frame.call, scope, name, shift=frame.shift, bound=frame.receiver is not None
            )
            if passed is not None:
                return list(resolver.refer(passed, frame.at))
        return _unpassed(resolver, scope, parameters, argument)
    return None


def _receiver(scope: Scope, frame: Frame | None) -> ClassReference | Instance | None:
    """What the first parameter of a method is; None for a static method's."""
    assert scope.parent is not None
    if frame is not None and isinstance(frame.receiver, Instance | ClassReference):
        return frame.receiver
    if has_decorator(scope, "classmethod"):
        return ClassReference(scope.parent)
    return None if has_decorator(scope, "staticmethod") else Instance(scope.parent)


def _unpassed(
    resolver: Resolver, scope: Scope, parameters: ast.arguments, argument: ast.arg
) -> list[Reference]:
    """What a parameter is as far as the function itself tells."""
    if is_asked_by_pytest(scope):
        rows = rows_for(scope, argument.arg)
        passed = [] if rows is None else _of_rows(resolver, scope, *rows)
        if passed:
            return passed
        fixture = fixture_of(resolver.program, argument.arg, scope)
        if fixture is not None:
            return returned(resolver, FunctionReference(fixture), None, None)
    around = At(scope.parent or scope.module.scope, None)
    default = default_of(parameters, argument)
    found = [] if default is None else list(resolver.refer(default, around))
    if argument.annotation is not None:
        found.extend(resolver.annotated(argument.annotation, around))
    return found


def _of_rows(
    resolver: Resolver, scope: Scope, table: ast.expr, index: int | None
) -> list[Reference]:
    """What the rows of ``parametrize`` pass for a parameter."""
    at = At(scope.parent or scope.module.scope, None)
    return [r for passed in column(table, index) for r in resolver.refer(passed, at)]
