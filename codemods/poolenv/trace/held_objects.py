"""Which driver an object holds: what it calls on another one's does not count for this one.

``Pools(driver=PostgresDriver(), size=5)`` keeps the driver and calls ``self._driver.open(size)``:
that is ``PostgresDriver.open`` with 5, and not the ``open`` of another class beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from poolenv.syntax.arguments import passed_argument
from poolenv.syntax.classes import instance_values
from poolenv.syntax.references import At, ClassReference, Frame, FunctionReference, Instance
from poolenv.syntax.scopes import Scope
from poolenv.trace import parameters, receivers

if TYPE_CHECKING:
    from poolenv.syntax.callers import CallSite
    from poolenv.trace.outcome import Outcome
    from poolenv.trace.tracer import Tracer

_Given = tuple[Scope, str]
"""A parameter: the function and its name."""


def of_its_holders(
    tracer: Tracer, outcomes: tuple[Outcome, ...], site: CallSite, method: Scope
) -> tuple[Outcome, ...]:
    """What ``self.attr.open(…)`` passes, save what it does where ``attr`` has another ``open``."""
    given, owner = _kept_parameter(site), method.parent
    if given is None or owner is None:
        return outcomes
    beside = [
        other
        for base in _declared(tracer, site)
        for other in receivers.below(tracer, base)
        if not receivers.fits(tracer, other, owner, exact=False)
    ]
    if not beside:
        return outcomes
    return tuple(
        o
        for o in outcomes
        if _may_hold(tracer, o, given, method) and not _is_said_beside(tracer, o, beside)
    )


def _kept_parameter(site: CallSite) -> _Given | None:
    """The parameter of ``__init__`` that a method keeps as ``self.attr`` and calls here."""
    match site.call.func:
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id=name), attr=attr)):
            pass
        case _:
            return None
    own = site.at.scope.parameters()
    holder = site.at.scope.parent
    if own is None or holder is None or not holder.is_class:
        return None
    positional = [*own.posonlyargs, *own.args]
    kept = instance_values(holder, attr)
    if not positional or positional[0].arg != name or len(kept) != 1:
        return None
    match kept[0]:
        case ast.Name(id=given), At(scope=scope) if scope.name == "__init__":
            return _parameter(scope, given)
    return None


def _parameter(scope: Scope, name: str) -> _Given | None:
    plain = name not in scope.bindings and parameters.parameter(scope, name) is not None
    return (scope, name) if plain else None


def _declared(tracer: Tracer, site: CallSite) -> Iterator[Scope]:
    """The classes that ``self.attr`` is said to be of."""
    assert isinstance(site.call.func, ast.Attribute)
    for reference in tracer.refer(site.call.func.value, site.at):
        if isinstance(reference, Instance):
            yield reference.scope


def _may_hold(tracer: Tracer, outcome: Outcome, given: _Given, method: Scope) -> bool:
    """No call on the way passes an object of another class for the parameter that is kept."""
    for key in outcome.calls:
        site = tracer.call_sites.get(key)
        passed = None if site is None else _passed(tracer, site, *given)
        if site is None or passed is None:
            return True
        references = tracer.refer(passed, site.at)
        made = [r for r in references if isinstance(r, Instance) and r.call is not None]
        if made and len(made) == len(references):
            return any(_has(tracer, one, method) for one in made)
        further = _parameter(site.at.scope, passed.id) if isinstance(passed, ast.Name) else None
        if further is None:
            return True
        given = further
    return True


def _has(tracer: Tracer, one: Instance, method: Scope) -> bool:
    """The method of this name of an object is this one."""
    own = tracer.resolver.member(one.scope, method.name, one)
    return not own or any(isinstance(r, FunctionReference) and r.scope is method for r in own)


def _passed(tracer: Tracer, site: CallSite, function: Scope, name: str) -> ast.expr | None:
    """What a call passes for a parameter of a function, where it calls that one."""
    found = parameters.parameter(function, name)
    for reference in tracer.refer(site.call.func, site.at):
        match reference:
            case FunctionReference(scope=scope):
                called, receiver = scope, reference.receiver
            case ClassReference(scope=scope):
                maker = receivers.constructed_by(tracer, scope)
                called, receiver = function if maker is function.parent else scope, Instance(scope)
            case _:
                continue
        if called is function and found is not None:
            is_method = function.parent is not None and function.parent.is_class
            frame = Frame(site.call, site.at, 0, site.shift, receiver)
            return passed_argument(frame, name, found.index, is_method)
    return None


def _is_said_beside(tracer: Tracer, outcome: Outcome, beside: list[Scope]) -> bool:
    """It is written in a class beside the one that is held, and no call there passes it on."""
    sites = [site for key in outcome.calls if (site := tracer.call_sites.get(key)) is not None]
    for other in beside:
        last = getattr(other.node, "end_lineno", 0)
        first = getattr(other.node, "lineno", 0)
        if other.module.path == outcome.span.path and first <= outcome.span.line <= last:
            return not any(site.at.scope.enclosing_class() is other for site in sites)
    return False
