"""What one call passes for a parameter of the function it calls, ``*args`` and ``**kwargs`` too."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

from poolenv.model import PoolKey
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.resolving.arguments import default_of
from poolenv.syntax.resolving.references import At
from poolenv.syntax.use import pool_name
from poolenv.trace.outcome import Outcome, Value, led_by, step
from poolenv.trace.tracer import Path, Tracer


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a function."""

    name: str
    kind: str
    """positional, keyword, args or kwargs."""
    index: int
    node: ast.arg
    default: ast.expr | None


def parameter(scope: Scope, name: str) -> Parameter | None:
    """The parameter of a function with a name."""
    arguments = scope.parameters()
    if arguments is None:
        return None
    positional = [*arguments.posonlyargs, *arguments.args]
    for kind, several in (("positional", positional), ("keyword", arguments.kwonlyargs)):
        for index, node in enumerate(several):
            if node.arg == name:
                return Parameter(name, kind, index, node, default_of(arguments, node))
    if arguments.vararg is not None and arguments.vararg.arg == name:
        return Parameter(name, "args", len(positional), arguments.vararg, None)
    if arguments.kwarg is not None and arguments.kwarg.arg == name:
        return Parameter(name, "kwargs", 0, arguments.kwarg, None)
    return None


def from_call(tracer: Tracer, site: CallSite, values: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Mark values as passed by a call, which thereby is the place that decides."""
    module = site.at.scope.module
    span = module.lines.span(site.call)
    key = PoolKey(module.path, span.line, span.column)
    name = pool_name(site.call, site.at)
    tracer.call_sites[key] = site
    found = [
        replace(_unsure(o), calls=(key, *o.calls), call_names=(name, *o.call_names)) for o in values
    ]
    return led_by(found, step(module, site.call))


def _unsure(outcome: Outcome) -> Outcome:
    """One caller's value: another caller may pass none."""
    return replace(outcome, sure=False) if isinstance(outcome, Value) else outcome


def passed(  # noqa: PLR0913
    tracer: Tracer,
    call: ast.Call,
    at: At,
    scope: Scope,
    found: Parameter,
    path: Path,
    where: tuple[int, bool],
) -> tuple[Outcome, ...] | None:
    """What a call passes for a parameter; None where it leaves the default."""
    shift, bound = where
    match found.kind:
        case "kwargs":
            return _extra_keyword(tracer, call, at, scope, path)
        case "args":
            return _extra_positional(tracer, call, at, found, path, shift - int(bound))
    for keyword in call.keywords:
        if keyword.arg == found.name:
            return _at_argument(keyword, tracer.ask(keyword.value, path, at), at)
    if found.kind == "positional":
        values = positional(tracer, call, at, found.index - int(bound) + shift, path)
        if values is not None:
            return values
    return _splat(tracer, call, at, found.name, path)


def positional(
    tracer: Tracer, call: ast.Call, at: At, index: int, path: Path
) -> tuple[Outcome, ...] | None:
    """What a call passes at a position, ``*args`` included."""
    for place, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred):
            return tracer.ask(argument.value, (f"[{index - place}", *path), at) or None
        if place == index:
            return _at_argument(argument, tracer.ask(argument, path, at), at)
    return None


def _splat(
    tracer: Tracer, call: ast.Call, at: At, name: str, path: Path
) -> tuple[Outcome, ...] | None:
    found: list[Outcome] = []
    for keyword in call.keywords:
        if keyword.arg is None:
            found.extend(tracer.ask(keyword.value, (f"[{name}", *path), at))
    values = [o for o in found if isinstance(o, Value) or not o.mapping]
    return tuple(values) or None


def _extra_keyword(
    tracer: Tracer, call: ast.Call, at: At, scope: Scope, path: Path
) -> tuple[Outcome, ...]:
    if not path or not path[0].startswith("["):
        return ()
    name, rest = path[0][1:], path[1:]
    if parameter(scope, name) is not None:
        return ()
    found: list[Outcome] = []
    for keyword in call.keywords:
        if keyword.arg == name:
            return _at_argument(keyword, tracer.ask(keyword.value, rest, at), at)
        if keyword.arg is None:
            found.extend(tracer.ask(keyword.value, path, at))
    return tuple(found)


def _extra_positional(
    tracer: Tracer, call: ast.Call, at: At, found: Parameter, path: Path, offset: int
) -> tuple[Outcome, ...]:
    if not path or not path[0][1:].isdigit():
        return ()
    return positional(tracer, call, at, found.index + int(path[0][1:]) + offset, path[1:]) or ()


def _at_argument(
    node: ast.keyword | ast.expr, values: tuple[Outcome, ...], at: At
) -> tuple[Outcome, ...]:
    """Note where the argument stands, unless a call further out decides."""
    span = at.scope.module.lines.span(node)
    return tuple(
        replace(o, argument=span) if isinstance(o, Value) and o.argument is None else o
        for o in values
    )
