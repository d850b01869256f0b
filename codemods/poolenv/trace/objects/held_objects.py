"""Which driver an object holds: what it calls on another one's does not count for this one.

``Pools(driver=PostgresDriver(), size=5)`` keeps the driver and calls ``self._driver.open(size)``:
that is ``PostgresDriver.open`` with 5, and not the ``open`` of another class beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.calls.given_objects import kept_parameter
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    FunctionReference,
    Instance,
)
from poolenv.trace.objects import receivers
from poolenv.trace.outcome import Outcome
from poolenv.trace.tracer import Tracer


def of_its_holders(
    tracer: Tracer, outcomes: tuple[Outcome, ...], site: CallSite, method: Scope
) -> tuple[Outcome, ...]:
    """What ``self.attr.open(…)`` passes, save what it does where ``attr`` has another ``open``."""
    func, owner = site.call.func, method.parent
    held = func.value if isinstance(func, ast.Attribute) else func
    given = kept_parameter(held, site.at.scope)
    if given is None or owner is None:
        return outcomes
    declared = [r.scope for r in tracer.refer(held, site.at) if isinstance(r, Instance)]
    beside = [
        other
        for base in declared
        for other in receivers.below(tracer, base)
        if not receivers.fits(tracer, other, owner, exact=False)
    ]
    if declared and not beside:
        return outcomes
    return tuple(
        o
        for o in outcomes
        if _may_hold(tracer, o, given, method) and not _is_said_beside(tracer, o, beside)
    )


def _may_hold(tracer: Tracer, outcome: Outcome, given: tuple[Scope, str], method: Scope) -> bool:
    """No call on the way passes an object of another class for the parameter that is kept."""
    for key in outcome.calls:
        site = tracer.call_sites.get(key)
        passed = () if site is None else tuple(_passing(tracer, site, *given))
        if not passed:
            return True
        references = [r for node, at in passed for r in tracer.refer(node, at)]
        made = [r for r in references if isinstance(r, Instance) and r.call is not None]
        if made and len(made) == len(references):
            return any(_has(tracer, one, method) for one in made)
        node, at = passed[0]
        further = kept_parameter(node, at.scope) if isinstance(node, ast.Name) else None
        if further is None or len(passed) > 1:
            return True
        given = further
    return True


def _passing(
    tracer: Tracer, site: CallSite, function: Scope, name: str
) -> Iterator[tuple[ast.expr, At]]:
    """What is passed for a parameter by a call, or where the object was made that it is made on."""
    passed = _passed(tracer, site, function, name)
    if passed is not None:
        yield passed, site.at
    elif function.name == "__init__" and isinstance(site.call.func, ast.Attribute):
        for reference in tracer.refer(site.call.func.value, site.at):
            if isinstance(reference, Instance) and reference.call and reference.at:
                made = replace(site, call=reference.call, at=reference.at, bound=True)
                argument = _passed(tracer, made, function, name)
                if argument is not None:
                    yield argument, reference.at


def _has(tracer: Tracer, one: Instance, method: Scope) -> bool:
    """The method of this name of an object is this one."""
    own = tracer.resolver.member(one.scope, method.name, one)
    return not own or any(isinstance(r, FunctionReference) and r.scope is method for r in own)


def _passed(tracer: Tracer, site: CallSite, function: Scope, name: str) -> ast.expr | None:
    """What a call passes for a parameter of a function, where it calls that one."""
    for reference in tracer.refer(site.call.func, site.at):
        match reference:
            case FunctionReference(scope=called, receiver=receiver) if called is function:
                bound = receiver is not None
            case ClassReference(scope=owner) if (
                receivers.constructed_by(tracer, owner) is function.parent
            ):
                bound = True
            case _:
                continue
        return replace(site, bound=bound).passed(function, name)
    return None


def _is_said_beside(tracer: Tracer, outcome: Outcome, beside: list[Scope]) -> bool:
    """It is written in a class beside the one that is held, and no call there passes it on."""
    sites = [site for key in outcome.calls if (site := tracer.call_sites.get(key)) is not None]
    for other in beside:
        assert isinstance(other.node, ast.ClassDef)
        if other.module.lines.span(other.node).holds(outcome.span):
            return not any(site.at.scope.enclosing_class() is other for site in sites)
    return False
