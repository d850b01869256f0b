"""What a parameter holds: the argument of the call we came by, of every caller, or its default."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace

from poolenv.model import Origin, PoolKey
from poolenv.syntax.bindings.expected_errors import is_refused
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.call_site import CallSite, wanted_for
from poolenv.syntax.calls.call_text import Wanted
from poolenv.syntax.resolving.arguments import default_of, is_method
from poolenv.syntax.resolving.classes import decorators
from poolenv.syntax.resolving.references import At, ClassReference, Instance
from poolenv.syntax.use import pool_name
from poolenv.trace.functions import fixtures, supposed
from poolenv.trace.names import options
from poolenv.trace.objects import attributes, held_objects, hierarchy, receivers
from poolenv.trace.outcome import (
    Lost,
    Open,
    Outcome,
    Value,
    led_by,
    may_lack,
    not_in_tests,
    step,
    written_as,
)
from poolenv.trace.tracer import Path, Tracer

_LEAVING = 12
"""Calls that leave a default up to which each counts as a pool of its own."""


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


def parameter_values(tracer: Tracer, name: str, path: Path, at: At) -> tuple[Outcome, ...]:
    """The values of a parameter, by the frame if there is one, else by all callers."""
    scope = at.scope
    found = parameter(scope, name)
    assert found is not None
    of_object = is_method(scope)
    if of_object and found.kind == "positional" and found.index == 0:
        return _receiver_values(tracer, scope, path, at, found)
    if at.frame is not None:
        frame = at.frame
        bound = of_object and frame.receiver is not None
        if at.assume and not supposed.agrees(
            tracer, frame.call, frame.at, at, (frame.shift, bound)
        ):
            return ()
        values = passed(tracer, frame.call, frame.at, scope, found, path, (frame.shift, bound))
        if values is None:
            return default_values(tracer, scope, found, path)
        return values
    return _callers_values(tracer, at, found, path)


def _receiver_values(
    tracer: Tracer, scope: Scope, path: Path, at: At, found: Parameter
) -> tuple[Outcome, ...]:
    owner, frame = scope.parent, at.frame
    assert owner is not None
    span = scope.module.lines.span(found.node)
    receiver: ClassReference | Instance
    if frame is not None and isinstance(frame.receiver, ClassReference | Instance):
        receiver = frame.receiver
    elif "classmethod" in decorators(scope) or scope.name == "__new__":
        receiver = ClassReference(owner)
    else:
        receiver = Instance(receivers.lowest(tracer, owner, at.on))
    if at.on is not None and at.on.is_class:
        return attributes.member_values(tracer, receiver, path, span, above=True)
    readers = (scope.name,) if at.on is None else (scope.name, f"{at.on.name}()")
    return hierarchy.receiver_values(tracer, receiver, path, span, frame, readers)


def default_values(
    tracer: Tracer, scope: Scope, found: Parameter, path: Path
) -> tuple[Outcome, ...]:
    """The values of a parameter's default; () where it has none."""
    if found.default is None:
        return () if path else options.decorated(tracer, scope, found.name)
    parent = scope.parent or scope.module.scope
    stmt = scope.node if isinstance(scope.node, ast.stmt) else None
    values = tracer.ask(found.default, path, At(parent, stmt))
    return led_by(written_as(values, Origin.FUNCTION_DEFAULT), step(scope.module, found.node))


def _callers_values(
    tracer: Tracer, inside: At, found: Parameter, path: Path
) -> tuple[Outcome, ...]:
    scope = inside.scope
    of_object = is_method(scope)
    wanted = wanted_by(scope, found, path)
    left = wanted is not None and tracer.callers.leaves(scope, wanted)
    outcomes: list[Outcome] = [
        replace(o, left=left) if isinstance(o, Value) else o
        for o in default_values(tracer, scope, found, path)
    ]
    if not path and not isinstance(scope.node, ast.Lambda):
        tracer.open_parameters.append(Open(scope, found.name))
    called, tests_only = False, True
    leaving: list[CallSite] = []
    handed: list[CallSite] = []
    by_pytest = "fixture" in decorators(scope)
    for site in () if by_pytest else tracer.callers.of(scope, wanted):
        if is_refused(site.call, site.at, scope, found.name):
            continue
        called = True
        tests_only = tests_only and site.at.scope.module.source.is_test
        where = (site.shift, of_object and site.bound)
        if inside.assume and not supposed.agrees(tracer, site.call, site.at, inside, where):
            continue
        of_itself = of_object and receivers.on_itself(tracer, site)
        at = receivers.called_on(tracer, site, scope) if of_itself else receivers.cloning(site)
        values = passed(tracer, site.call, at, scope, found, path, where)
        if values is not None:
            if of_itself:
                values = receivers.possible(tracer, values, scope.parent, scope.name)
            elif of_object:
                values = held_objects.of_its_holders(tracer, values, site, scope)
            outcomes.extend(from_call(tracer, site, values))
            handed.append(site)
        elif found.default is not None and not path:
            leaving.append(site)
    if outcomes and handed and not leaving and receivers.only_for_subclasses(tracer, scope, handed):
        reason = (
            f"each subclass passes its own {found.name}, and nothing in the repository makes an"
            f" object of {scope.parent.name if scope.parent else scope.name} itself"
        )
        outcomes = [
            o
            if o.calls or not isinstance(o, Value) or o.origin is not Origin.FUNCTION_DEFAULT
            else Lost(reason, o.span, o.steps)
            for o in outcomes
        ]
    if len(leaving) <= _LEAVING:
        for site in leaving:
            outcomes.extend(from_call(tracer, site, default_values(tracer, scope, found, path)))
    here = step(scope.module, found.node)
    if tracer.callers.exhausted and not by_pytest:
        reason = f"{scope.name}() is called in more files than poolenv follows for one argument"
        outcomes.append(Lost(reason, scope.module.lines.span(found.node), mapping=may_lack(path)))
    if outcomes and called and tests_only:
        outcomes.extend(not_in_tests(tracer.program, _annotated_values(tracer, scope, found, path)))
    elif outcomes and not any(isinstance(o, Value) for o in outcomes):
        outcomes.extend(_annotated_values(tracer, scope, found, path))
    if outcomes:
        return led_by(outcomes, here)
    given = fixtures.fixture_values(tracer, scope, found.name, path) if not called else None
    if given is not None:
        return led_by(given, here)
    annotated = _annotated_values(tracer, scope, found, path)
    if annotated:
        return led_by(annotated, here)
    if found.default is not None and may_lack(path) and not called:
        reason = f"callers outside may pass {found.name} to {scope.name}()"
        span = scope.module.lines.span(found.node)
        return (Lost(reason, span, (here,), mapping=True, outside=True),)
    if found.default is not None or (called and path):
        return ()
    if found.kind in ("args", "kwargs") and (called or tracer.callers.is_called(scope)):
        return ()
    span = scope.module.lines.span(found.node)
    if found.kind in ("args", "kwargs"):
        star = "**" if found.kind == "kwargs" else "*"
        reason = f"{star}{found.name} of {scope.name}() may hold it, and no call in the repository"
        return (Lost(f"{reason} shows its content", span, (here,), mapping=True),)
    if path and path[-1][1:].isidentifier():
        tracer.open_parameters.append(Open(scope, path[-1][1:], found.name))
    if called:
        reason = f"the calls of {scope.name}() do not show what {found.name} is"
    else:
        reason = (
            f"it is the parameter {found.name} of {scope.name}(), which nothing in the repository"
            " calls with a value; look at the callers outside"
        )
    return (Lost(reason, span, (here,), mapping=may_lack(path)),)


def wanted_by(scope: Scope, found: Parameter, path: Path) -> Wanted | None:
    """What a call has to pass to matter; None where any call may (``**kwargs``)."""
    match found.kind:
        case "positional" | "keyword":
            entry = path[-1][1:] if path and path[-1][1:].isidentifier() else None
            return wanted_for(scope, found.name, entry)
        case "kwargs" if path and path[0].startswith("["):
            return Wanted(path[0][1:], None)
    return None


def _annotated_values(
    tracer: Tracer, scope: Scope, found: Parameter, path: Path
) -> tuple[Outcome, ...]:
    """A parameter ``settings: Settings`` that no call shows has what the class says."""
    if not path or found.node.annotation is None:
        return ()
    parent = scope.parent or scope.module.scope
    span = scope.module.lines.span(found.node)
    outcomes: list[Outcome] = []
    tracer.spare()
    for reference in tracer.resolver.annotated(found.node.annotation, At(parent, None)):
        if isinstance(reference, Instance):
            outcomes.extend(attributes.member_values(tracer, reference, path, span))
    return tuple(o for o in outcomes if isinstance(o, Value))


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
