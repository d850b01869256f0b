"""Which argument of a call, or which default, a parameter gets."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import Frame


def positional_names(scope: Scope) -> list[str]:
    """The parameters of a function that a place may be passed to, in order; none of a class."""
    parameters = scope.parameters()
    return (
        [] if parameters is None else [a.arg for a in (*parameters.posonlyargs, *parameters.args)]
    )


def parameter_names(scope: Scope) -> list[str]:
    """The same and those that are passed by name alone, without ``*args`` and ``**kwargs``."""
    parameters = scope.parameters()
    alone = [] if parameters is None else [a.arg for a in parameters.kwonlyargs]
    return [*positional_names(scope), *alone]


def default_of(parameters: ast.arguments, argument: ast.arg) -> ast.expr | None:
    """The default of a parameter, if it has one."""
    positional = [*parameters.posonlyargs, *parameters.args]
    if argument in positional:
        place = positional.index(argument) - len(positional) + len(parameters.defaults)
        return parameters.defaults[place] if place >= 0 else None
    if argument in parameters.kwonlyargs:
        return parameters.kw_defaults[parameters.kwonlyargs.index(argument)]
    return None


def passed_argument(frame: Frame, name: str, index: int, is_method: bool) -> ast.expr | None:
    """The argument that the frame's call passes for a parameter, ``*args`` aside."""
    for keyword in frame.call.keywords:
        if keyword.arg == name:
            return keyword.value
    place = index - (1 if is_method and frame.receiver is not None else 0) + frame.shift
    if 0 <= place < len(frame.call.args):
        argument = frame.call.args[place]
        if not any(isinstance(a, ast.Starred) for a in frame.call.args[: place + 1]):
            return argument
    return None
