"""Which argument of a call, or which default, a parameter gets, and which parameter an argument."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.classes import has_decorator


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


def receiver_name(method: Scope) -> str | None:
    """The name that a method has for the object or class it runs on: its first parameter."""
    return next(iter(positional_names(method)), None)


def is_method(scope: Scope) -> bool:
    """A function of a class that is given the object or class it runs on: no static method."""
    owner = scope.parent
    return owner is not None and owner.is_class and not has_decorator(scope, "staticmethod")


def default_of(parameters: ast.arguments, argument: ast.arg) -> ast.expr | None:
    """The default of a parameter, if it has one."""
    positional = [*parameters.posonlyargs, *parameters.args]
    if argument in positional:
        place = positional.index(argument) - len(positional) + len(parameters.defaults)
        return parameters.defaults[place] if place >= 0 else None
    if argument in parameters.kwonlyargs:
        return parameters.kw_defaults[parameters.kwonlyargs.index(argument)]
    return None


def passed_argument(
    call: ast.Call, function: Scope, name: str, *, shift: int = 0, bound: bool
) -> ast.expr | None:
    """The argument that a call of a function passes for a parameter, ``*args`` aside.

    ``shift`` arguments come before the function's own (``partial(f, …)``); ``bound``: a method's
    receiver is not among them.
    """
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    names = positional_names(function)
    if name not in names:
        return None
    place = names.index(name) - int(bound and is_method(function)) + shift
    return call.args[place] if place >= 0 and _is_plain(call, place) else None


def receiving_parameter(
    call: ast.Call, argument: ast.expr, function: Scope, *, bound: bool
) -> str | None:
    """The parameter of a function that an argument of its call goes to; None for ``*args``."""
    for keyword in call.keywords:
        if keyword.value is argument:
            return keyword.arg
    place = next((i for i, passed in enumerate(call.args) if passed is argument), None)
    if place is None or not _is_plain(call, place):
        return None
    names = positional_names(function)[int(bound) :]
    return names[place] if place < len(names) else None


def _is_plain(call: ast.Call, place: int) -> bool:
    """A call has an argument at a place, and no ``*args`` up to it that would move it."""
    before = call.args[: place + 1]
    return place < len(before) and not any(isinstance(a, ast.Starred) for a in before)
