"""Which object a method runs on: calls on objects of other classes do not count for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.resolving.arguments import receiver_name
from poolenv.syntax.resolving.classes import assigned_anew
from poolenv.syntax.resolving.kinship import are_related, is_below
from poolenv.syntax.resolving.overridden import keeps_back
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    Frame,
    FunctionReference,
    Instance,
)
from poolenv.trace.outcome import Outcome
from poolenv.trace.tracer import Tracer

_FRAMES = 8
_KEPT = r"(?:[\[{,:=]|\breturn\b)\s*(?:\w+\.)*NAME\s*[,\]}\r\n]"
"""A class that is held by something, which may make objects of it."""


def whole(owner: Instance) -> Instance:
    """The object itself, where it stands for what a base of its class says."""
    return owner if owner.of is None else replace(owner, scope=owner.of, of=None)


def entered(tracer: Tracer, owner: Instance, at: At) -> At:
    """Inside ``__init__`` the arguments of a known construction are the parameters.

    They are those of the first class that has an ``__init__``; a base's is given what that one
    passes on to it.
    """
    if at.scope.name != "__init__":
        return at
    if owner.call is None or owner.at is None:
        return _passed_on_to(tracer, owner, at) if owner.of is not None else at
    depth = (owner.at.frame.depth if owner.at.frame else 0) + 1
    if depth > _FRAMES:
        return at
    itself = whole(owner)
    frame = Frame(owner.call, owner.at, depth, receiver=itself)
    first = constructed_by(tracer, itself.scope)
    if first is None or first is owner.scope:
        return At(at.scope, at.stmt, frame)
    site = _only_call(tracer, owner.scope, first)
    if site is None:
        return at
    inside = At(site.at.scope, site.at.stmt, frame)
    receiver = itself if site.bound else None
    return At(at.scope, at.stmt, Frame(site.call, inside, depth + 1, receiver=receiver))


def _passed_on_to(tracer: Tracer, owner: Instance, at: At) -> At:
    """Inside a base's ``__init__``: the arguments that the one of the object's class passes on."""
    itself = whole(owner)
    inside = constructed_by(tracer, itself.scope)
    frame: Frame | None = None
    for depth in range(1, _FRAMES):
        above = None if inside is None else _next_constructor(tracer, inside)
        site = None if inside is None or above is None else _only_call(tracer, above, inside)
        if site is None:
            return at
        place = At(site.at.scope, site.at.stmt, frame)
        frame = Frame(site.call, place, depth, receiver=itself if site.bound else None)
        if above is owner.scope:
            return At(at.scope, at.stmt, frame)
        inside = above
    return at


def _next_constructor(tracer: Tracer, scope: Scope) -> Scope | None:
    """The class above another one whose ``__init__`` comes next."""
    for base in tracer.resolver.bases(scope):
        if isinstance(base, ClassReference) and base.scope is not scope:
            found = constructed_by(tracer, base.scope)
            if found is not None:
                return found if "__init__" in found.bindings else None
    return None


def _only_call(tracer: Tracer, base: Scope, below: Scope) -> CallSite | None:
    """The one call that a class's ``__init__`` makes of the ``__init__`` of a base."""
    passed_on = [
        site
        for site in tracer.callers.super_calls(base, "__init__")
        if site.at.scope.parent is below
    ]
    return passed_on[0] if len(passed_on) == 1 else None


def only_for_subclasses(tracer: Tracer, method: Scope, handed: list[CallSite]) -> bool:
    """A constructor that subclasses alone call, from their own: nothing makes its class itself."""
    owner = method.parent
    if owner is None or method.name != "__init__" or not owner.is_class:
        return False
    if not all(on_itself(tracer, site) and _shows_all(site) for site in handed):
        return False
    if tracer.callers.constructions(owner):
        return False
    importers = tracer.program.importers(owner.module.path)
    return not tracer.program.files_matching(owner.name, _KEPT, importers)


def _shows_all(site: CallSite) -> bool:
    """A call that passes neither ``*args`` nor ``**kwargs``."""
    if any(isinstance(argument, ast.Starred) for argument in site.call.args):
        return False
    return all(keyword.arg is not None for keyword in site.call.keywords)


def hidden(tracer: Tracer, scope: Scope, attr: str) -> bool:
    """The constructor that a class has from a base surely assigns what the class body says."""
    said = scope.bindings.get(attr, ())
    if "__init__" in scope.bindings or not said or any(b.kind == "def" for b in said):
        return False
    first = constructed_by(tracer, scope)
    return first is not None and first is not scope and assigned_anew(first, attr)


def constructed_by(tracer: Tracer, scope: Scope, depth: int = 20) -> Scope | None:
    """The class whose ``__init__`` is given a construction's arguments."""
    if "__init__" in scope.bindings or depth == 0:
        return scope
    for base in tracer.resolver.bases(scope):
        if isinstance(base, ClassReference):
            found = constructed_by(tracer, base.scope, depth - 1)
            if found is not None:
                return found
    return None


def possible(
    tracer: Tracer, outcomes: tuple[Outcome, ...], subject: Scope | None, method: str = ""
) -> tuple[Outcome, ...]:
    """Those that can hold for an object of a class: no method of a sibling class passes them.

    ``method`` is one of the class that runs on the object: a subclass that has another one of its
    own is no such class.
    """
    if subject is None:
        return outcomes
    return tuple(o for o in outcomes if not o.calls or _may_run_on(tracer, o, subject, method))


def _may_run_on(tracer: Tracer, outcome: Outcome, subject: Scope, method: str) -> bool:
    """The calls on the way, as long as each is one of the object's own, fit its class."""
    for key in outcome.calls:
        site = tracer.call_sites.get(key)
        if site is None:
            return True
        if not any(are_related(tracer.resolver, subject, o) for o in _owners(tracer, site)):
            return True
        known = list(_receivers(tracer, site))
        if known and not any(fits(tracer, one, subject, exact=exact) for one, exact in known):
            return False
        kept = [one is subject or not (exact and keeps_back(one, method)) for one, exact in known]
        if method and known and not any(kept):
            return False
        if not on_itself(tracer, site):
            return True
    return True


def called_on(tracer: Tracer, site: CallSite, method: Scope) -> At:
    """Where a method calls another one of the same object, with what that says of its class."""
    owner, inside = method.parent, site.at.scope.parent
    given = [*site.call.args, *(k.value for k in site.call.keywords)]
    if owner is None or inside is None or all(isinstance(g, ast.Constant) for g in given):
        return site.at
    is_known = owner is not inside or any(keeps_back(b, method.name) for b in below(tracer, owner))
    return replace(site.at, on=method) if is_known else site.at


def cloning(site: CallSite) -> At:
    """Where ``type(self)(…)`` stands: the new object is given what its own class says.

    What its subclasses say is given to theirs.
    """
    inside = site.at.scope.parent
    match site.call.func:
        case ast.Call(func=ast.Name(id="type")) | ast.Attribute(attr="__class__"):
            return replace(site.at, on=inside) if inside is not None else site.at
    return site.at


def lowest(tracer: Tracer, scope: Scope, on: Scope | None) -> Scope:
    """The class of the object that a method of a class runs on, as far as it is known."""
    owner = on.parent if on is not None else None
    if (
        owner is None
        or not owner.is_class
        or owner is scope
        or not is_below(tracer.resolver, owner, scope)
    ):
        return scope
    return owner


def _owners(tracer: Tracer, site: CallSite) -> Iterator[Scope]:
    """The classes whose method, or constructor, is called."""
    for reference in tracer.refer(site.call.func, site.at):
        match reference:
            case FunctionReference(scope=Scope(parent=Scope(is_class=True) as owner)):
                yield owner
            case ClassReference(scope=owner):
                yield constructed_by(tracer, owner) or owner


def on_itself(tracer: Tracer, site: CallSite) -> bool:
    """A method calls another one of the same object: ``self.open(5)``, ``super().open(5)``."""
    method = site.at.scope
    if method.parent is None or not method.parent.is_class or not method.is_function:
        return False
    match site.call.func:
        case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
            return True
        case ast.Attribute(value=ast.Name(id=name)):
            if not site.bound:
                first = site.call.args[0] if site.call.args else None
                name = first.id if isinstance(first, ast.Name) else ""
            if receiver_name(method) != name:
                return False
            made = tracer.refer(site.call.func, site.at)
            return not any(isinstance(r, ClassReference) for r in made)
    return False


def _receivers(tracer: Tracer, site: CallSite) -> Iterator[tuple[Scope, bool]]:
    """The classes of what a method is called on; True: it is of no subclass of it."""
    inside = site.at.scope.enclosing_class()
    match site.call.func:
        case ast.Attribute() if on_itself(tracer, site):
            if inside is not None:
                yield inside, False
        case ast.Attribute(value=base) if site.bound:
            for reference in tracer.refer(base, site.at):
                if isinstance(reference, Instance):
                    yield reference.scope, reference.call is not None
        case ast.Name(id=name) if site.bound and name != "cls":
            for reference in tracer.refer(site.call.func, site.at):
                if isinstance(reference, ClassReference):
                    yield reference.scope, True


def fits(tracer: Tracer, one: Scope, subject: Scope, *, exact: bool) -> bool:
    """An object of the one class may be of the other."""
    if exact:
        return one is subject or is_below(tracer.resolver, one, subject)
    if are_related(tracer.resolver, one, subject):
        return True
    return not below(tracer, one).isdisjoint(below(tracer, subject))


def below(tracer: Tracer, scope: Scope) -> set[Scope]:
    """All subclasses of a class."""
    found: set[Scope] = set()
    waiting = [scope]
    while waiting:
        more = [s for s in tracer.callers.reading.subclasses(waiting.pop()) if s not in found]
        found.update(more)
        waiting.extend(more)
    return found
