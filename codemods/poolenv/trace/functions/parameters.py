"""What a parameter holds: the argument of the call we came by, of every caller, or its default."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from poolenv.model import Origin
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.call_site import CallSite, wanted_for
from poolenv.syntax.calls.call_text import Wanted
from poolenv.syntax.resolving.arguments import is_method
from poolenv.syntax.resolving.classes import decorators, has_decorator
from poolenv.syntax.resolving.expected_errors import is_refused
from poolenv.syntax.resolving.references import At, ClassReference, Instance
from poolenv.trace.functions import fixtures, passing, presets, supposed
from poolenv.trace.functions.defaults import default_values
from poolenv.trace.objects import attributes, held_objects, hierarchy, receivers
from poolenv.trace.objects.annotations import annotated_objects
from poolenv.trace.outcome import (
    Lost,
    Open,
    Outcome,
    Value,
    led_by,
    may_lack,
    not_in_tests,
    step,
)
from poolenv.trace.tracer import Path, Tracer

_LEAVING = 12
"""Calls that leave a default up to which each counts as a pool of its own."""


def parameter_values(tracer: Tracer, name: str, path: Path, at: At) -> tuple[Outcome, ...]:
    """The values of a parameter, by the frame if there is one, else by all callers."""
    scope = at.scope
    found = passing.parameter(scope, name)
    assert found is not None
    of_object = is_method(scope)
    if of_object and found.kind == "positional" and found.index == 0:
        return _receiver_values(tracer, scope, path, at, found)
    if at.frame is None:
        return _callers_values(tracer, at, found, path)
    frame = at.frame
    where = (frame.shift, of_object and frame.receiver is not None)
    if at.assume and not supposed.agrees(tracer, frame.call, frame.at, at, where):
        return ()
    values = passing.passed(tracer, frame.call, frame.at, scope, found, path, where)
    if values is None:
        return default_values(tracer, scope, found, path)
    return led_by(values, step(scope.module, found.node), step(frame.at.scope.module, frame.call))


def _receiver_values(
    tracer: Tracer, scope: Scope, path: Path, at: At, found: passing.Parameter
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


@dataclass(frozen=True, slots=True)
class _Given:
    """What the calls of a function give one of its parameters."""

    outcomes: tuple[Outcome, ...]
    handed: tuple[CallSite, ...]
    """The calls that pass something for it."""
    leaving: tuple[CallSite, ...]
    """The calls that leave its default as it is."""
    called: bool
    tests_only: bool
    """No other code than tests calls the function."""


def _callers_values(
    tracer: Tracer, inside: At, found: passing.Parameter, path: Path
) -> tuple[Outcome, ...]:
    """What any call gives a parameter, its default and its annotation, as far as they count."""
    scope = inside.scope
    wanted = wanted_by(scope, found, path)
    left = wanted is not None and tracer.callers.leaves(scope, wanted)
    outcomes: list[Outcome] = [
        replace(o, left=left) if isinstance(o, Value) else o
        for o in default_values(tracer, scope, found, path)
    ]
    if not path and not isinstance(scope.node, ast.Lambda):
        tracer.open_parameters.append(Open(scope, found.name))
    given = _given(tracer, inside, found, path, wanted)
    only_below = outcomes and given.handed and not given.leaving
    if only_below and receivers.only_for_subclasses(tracer, scope, list(given.handed)):
        outcomes = [_never_made(o, scope, found.name) for o in outcomes]
    outcomes.extend(given.outcomes)
    for site in given.leaving if len(given.leaving) <= _LEAVING else ():
        outcomes.extend(passing.from_call(tracer, site, default_values(tracer, scope, found, path)))
    if tracer.callers.reading.exhausted and not _is_fixture(scope):
        reason = f"{scope.name}() is called in more files than poolenv follows for one argument"
        outcomes.append(Lost(reason, scope.module.lines.span(found.node), mapping=may_lack(path)))
    if not outcomes:
        return _unpassed_values(tracer, scope, found, path, called=given.called)
    if given.called and given.tests_only:
        outcomes.extend(not_in_tests(tracer.program, _annotated_values(tracer, scope, found, path)))
    elif not any(isinstance(o, Value) for o in outcomes):
        outcomes.extend(_annotated_values(tracer, scope, found, path))
    else:
        seen = {o.span for o in outcomes}
        more = presets.preset_values(tracer, inside, found, path)
        outcomes.extend(o for o in more if o.span not in seen)
    return led_by(outcomes, step(scope.module, found.node))


def _given(
    tracer: Tracer, inside: At, found: passing.Parameter, path: Path, wanted: Wanted | None
) -> _Given:
    """What the calls pass, save those that can't be the ones that led here."""
    scope = inside.scope
    of_object = is_method(scope)
    outcomes: list[Outcome] = []
    handed: list[CallSite] = []
    leaving: list[CallSite] = []
    called, tests_only = False, True
    for site in () if _is_fixture(scope) else tracer.callers.of(scope, wanted):
        if is_refused(tracer.resolver, site.call, site.at, scope, found.name, inside.stmt):
            continue
        called = True
        tests_only = tests_only and site.at.scope.module.source.is_test
        where = (site.shift, of_object and site.bound)
        if inside.assume and not supposed.agrees(tracer, site.call, site.at, inside, where):
            continue
        of_itself = of_object and receivers.on_itself(tracer, site)
        at = receivers.called_on(tracer, site, scope) if of_itself else receivers.cloning(site)
        values = passing.passed(tracer, site.call, at, scope, found, path, where)
        if values is not None:
            if of_itself:
                values = receivers.possible(tracer, values, scope.parent, scope.name)
            elif of_object:
                values = held_objects.of_its_holders(tracer, values, site, scope)
            outcomes.extend(passing.from_call(tracer, site, values))
            handed.append(site)
        elif found.default is not None and not path:
            leaving.append(site)
    return _Given(tuple(outcomes), tuple(handed), tuple(leaving), called, tests_only)


def _is_fixture(scope: Scope) -> bool:
    """pytest alone calls it: what looks like a call of its name stands for its value."""
    return has_decorator(scope, "fixture")


def _never_made(default: Outcome, scope: Scope, name: str) -> Outcome:
    """The default of a constructor that only those of subclasses call, with values of their own."""
    if not isinstance(default, Value) or default.origin is not Origin.FUNCTION_DEFAULT:
        return default
    owner = scope.parent.name if scope.parent else scope.name
    reason = (
        f"each subclass passes its own {name}, and nothing in the repository makes an"
        f" object of {owner} itself"
    )
    return default if default.calls else Lost(reason, default.span, default.steps)


def _unpassed_values(
    tracer: Tracer, scope: Scope, found: passing.Parameter, path: Path, *, called: bool
) -> tuple[Outcome, ...]:
    """What else says what a parameter is for which no call and no default gives anything."""
    here = step(scope.module, found.node)
    given = fixtures.fixture_values(tracer, scope, found.name, path) if not called else None
    if given is not None:
        return led_by(given, here)
    annotated = _annotated_values(tracer, scope, found, path)
    if annotated:
        return led_by(annotated, here)
    span = scope.module.lines.span(found.node)
    if found.default is not None and may_lack(path) and not called:
        reason = f"callers outside may pass {found.name} to {scope.name}()"
        return (Lost(reason, span, (here,), mapping=True, outside=True),)
    if found.default is not None or (called and path):
        return ()
    if found.kind in ("args", "kwargs"):
        if called or tracer.callers.is_called(scope):
            return ()
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


def wanted_by(scope: Scope, found: passing.Parameter, path: Path) -> Wanted | None:
    """What a call has to pass to matter; None where any call may (``**kwargs``)."""
    match found.kind:
        case "positional" | "keyword":
            entry = path[-1][1:] if path and path[-1][1:].isidentifier() else None
            return wanted_for(scope, found.name, entry)
        case "kwargs" if path and path[0].startswith("["):
            return Wanted(path[0][1:], None)
    return None


def _annotated_values(
    tracer: Tracer, scope: Scope, found: passing.Parameter, path: Path
) -> tuple[Outcome, ...]:
    """A parameter ``settings: Settings`` that no call shows has what the class says.

    So have the elements of ``databases: list[Settings]``.
    """
    if not path or found.node.annotation is None:
        return ()
    parent = scope.parent or scope.module.scope
    span = scope.module.lines.span(found.node)
    outcomes: list[Outcome] = []
    tracer.spare()
    at = At(parent, None)
    if found.kind in ("args", "kwargs"):
        path = path[1:]
    for one, left in annotated_objects(tracer, found.node.annotation, path, at):
        outcomes.extend(attributes.member_values(tracer, one, left, span))
    return tuple(o for o in outcomes if isinstance(o, Value))
