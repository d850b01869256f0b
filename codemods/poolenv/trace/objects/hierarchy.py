"""What other classes say of an attribute: those below, those above, and those beside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from poolenv.model import Holder, Origin, Span
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.arguments import receiver_name
from poolenv.syntax.resolving.classes import assigned_anew
from poolenv.syntax.resolving.linearized import bases_for
from poolenv.syntax.resolving.overridden import keeps_back, replaces
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    Frame,
    FunctionReference,
    Instance,
)
from poolenv.trace.containers import mappings
from poolenv.trace.functions import calls
from poolenv.trace.objects import attributes, implementations, receivers
from poolenv.trace.objects.fields import environment_name, is_settings
from poolenv.trace.outcome import Lost, Outcome, Value
from poolenv.trace.tracer import Path, Tracer

Readers = tuple[str, ...]


def below_values(
    tracer: Tracer, scope: Scope, attr: str, rest: Path, readers: Readers = ()
) -> tuple[Outcome, ...]:
    """What the subclasses of a class themselves say of an attribute, and theirs.

    ``readers`` are the methods that lead to it: a subclass with another of its own never gets
    there. One that is called with what is read has ``()`` behind its name.
    """
    found: list[Outcome] = []
    for below in tracer.callers.reading.subclasses(scope):
        if below is not scope and not any(_is_without(below, reader) for reader in readers):
            key = ("below", id(below), attr, rest, readers)
            found.extend(
                tracer.guarded(
                    key,
                    lambda below=below: _own_values(tracer, below, attr, rest, readers),  # type: ignore[misc]
                )
            )
    return tuple(found)


def _is_without(scope: Scope, reader: str) -> bool:
    """Whether a method does not run on the objects of a class, or is not given what it reads."""
    name, given, _ = reader.partition("()")
    return keeps_back(scope, name) if given else replaces(scope, name)


def _own_values(
    tracer: Tracer, scope: Scope, attr: str, rest: Path, readers: Readers
) -> tuple[Outcome, ...]:
    owner = Instance(scope)
    of_class = attributes.class_values(tracer, owner, attr, rest)
    first = receivers.constructed_by(tracer, scope) if of_class else None
    return (
        *attributes.self_values(tracer, owner, attr, rest),
        *(() if first is not None and assigned_anew(first, attr) else of_class),
        *below_values(tracer, scope, attr, rest, readers),
    )


def inherited_values(
    tracer: Tracer, owner: ClassReference | Instance, path: Path, span: Span
) -> tuple[Outcome, ...] | None:
    """What the first base that has the attribute says; None where none has it."""
    ends: tuple[Outcome, ...] | None = None
    for base in bases_for(tracer.resolver, owner.scope, path[0][1:]):
        if not isinstance(base, ClassReference) or base.scope is owner.scope:
            continue
        one: ClassReference | Instance = base
        if isinstance(owner, Instance):
            one = Instance(base.scope, owner.call, owner.at, owner.of or owner.scope)
        found = attributes.member_values(tracer, one, path, span, above=True)
        if any(isinstance(o, Value) for o in found):
            return _refilled(tracer, owner.scope, path, found)
        there = tuple(o for o in found if not (isinstance(o, Lost) and o.absent))
        if ends is None and (there or not found):
            ends = there
    return ends


def beside_values(
    tracer: Tracer, scope: Scope, path: Path, span: Span
) -> tuple[Outcome, ...] | None:
    """What other bases of its subclasses say of what a mixin only reads; None where none does."""
    said = [
        found
        for below in tracer.callers.reading.subclasses(scope)
        if (found := inherited_values(tracer, Instance(below), path, span))
    ]
    return mappings.joined(tuple(o for found in said for o in found), ()) if said else None


def _refilled(
    tracer: Tracer, scope: Scope, path: Path, found: tuple[Outcome, ...]
) -> tuple[Outcome, ...]:
    """A mixin's plain field becomes an environment field in a class that is a settings class."""
    if len(path) != 1 or not is_settings(tracer.resolver, scope):
        return found
    variable = environment_name(tracer.resolver, scope, None, path[0][1:])
    return tuple(
        replace(o, env=o.env or variable, holder=Holder.SETTINGS_FIELD, typed=True)
        if isinstance(o, Value) and o.holder is Holder.EXPRESSION and o.origin is Origin.SETTINGS
        else o
        for o in found
    )


def receiver_values(
    tracer: Tracer,
    receiver: ClassReference | Instance,
    path: Path,
    span: Span,
    frame: Frame | None,
    methods: Readers,
) -> tuple[Outcome, ...]:
    """What ``self`` or ``cls`` of a method has; ``cls`` may be any subclass too.

    ``methods`` are those that are known to run on it.
    """
    readers = (*methods, *_methods_before(frame))
    said = attributes.member_values(tracer, receiver, path, span, readers=readers)
    if isinstance(receiver, ClassReference) and path[0].startswith(".") and _is_open(frame):
        below = below_values(tracer, receiver.scope, path[0][1:], path[1:], readers)
        if below:
            return (*(o for o in said if isinstance(o, Value) or not o.absent), *below)
    return said


def _methods_before(frame: Frame | None) -> Iterator[str]:
    """The methods of the same object that led here by calls: ``self.size()`` in ``connect``.

    Beyond a ``super().size()`` they may be a subclass's own, save what those are called with.
    """
    own = True
    while frame is not None:
        match frame.call.func, frame.at.scope.parent:
            case ast.Attribute(value=base), Scope(is_class=True) if _is_receiver(base):
                own = own and isinstance(base, ast.Name)
                if own:
                    yield frame.at.scope.name
                if frame.at.on is not None and frame.at.on.is_function:
                    yield f"{frame.at.on.name}()"
            case _:
                return
        frame = frame.at.frame


def _is_receiver(node: ast.expr) -> bool:
    match node:
        case ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super")):
            return True
    return False


def method_values(
    tracer: Tracer, function: FunctionReference, path: Path, node: ast.Call, at: At
) -> tuple[Outcome, ...]:
    """What a method returns: ``self.options()`` of a base class may be any subclass's own."""
    if at.on is not None:
        function = _of_known(tracer, function, node, at.on)
    found = calls.function_values(tracer, function, path, node, at)
    if not found and not function.scope.returns:
        found = implementations.passed_in(tracer, function, path, node, at)
    owner = _overridden_below(function, node, at)
    if owner is not None:
        readers = _readers(at)
        for other in _overriding(tracer, function, owner, {id(owner)}, readers):
            found = (*found, *calls.function_values(tracer, other, path, node, at))
    return found


def lacking(tracer: Tracer, function: ast.expr, at: At) -> tuple[FunctionReference, ...]:
    """``self.size()`` of a class that lacks it: those of the classes that derive from it."""
    owner = at.scope.parent
    match function:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if (
            owner is not None and owner.is_class
        ):
            if receiver_name(at.scope) != name:
                return ()
        case _:
            return ()
    if at.frame is None:
        owner = receivers.lowest(tracer, owner, at.on)
    elif isinstance(at.frame.receiver, Instance):
        owner = at.frame.receiver.scope
    return tuple(_at_or_below(tracer, owner, attr, set()))


def _at_or_below(
    tracer: Tracer, owner: Scope, attr: str, seen: set[int]
) -> Iterator[FunctionReference]:
    """The method that a class has; else those of its subclasses."""
    if id(owner) in seen:
        return
    seen.add(id(owner))
    found = tracer.resolver.member(owner, attr, Instance(owner))
    yield from (one for one in found if isinstance(one, FunctionReference))
    if not found:
        for below in tracer.callers.reading.subclasses(owner):
            yield from _at_or_below(tracer, below, attr, seen)


def _of_known(
    tracer: Tracer, function: FunctionReference, node: ast.Call, on: Scope
) -> FunctionReference:
    """The method that the object has which another method is known to be called on."""
    match function, node.func:
        case (
            FunctionReference(receiver=Instance(scope=scope, call=None)),
            ast.Attribute(value=ast.Name(), attr=name),
        ):
            lowest = receivers.lowest(tracer, scope, on)
            if lowest is not scope:
                for found in tracer.resolver.member(lowest, name, Instance(lowest)):
                    if isinstance(found, FunctionReference):
                        return found
    return function


def _readers(at: At) -> Readers:
    """The methods of one object that lead to ``self.size()``; () where it is another's."""
    own = at.scope.parent is not None and at.scope.parent.is_class
    before = (at.scope.name, *_methods_before(at.frame)) if own else ()
    on = at.on is not None and at.on.is_function
    return (*before, f"{at.on.name}()") if on and at.on else before


def _overridden_below(function: FunctionReference, node: ast.Call, at: At) -> Scope | None:
    """The class whose subclasses may have a method of their own; None where it is a known one."""
    owner = function.scope.parent
    if owner is None or not owner.is_class or not isinstance(node.func, ast.Attribute):
        return None
    match function.receiver, node.func.value:
        case _, ast.Call(func=ast.Name(id="super")):
            return None
        case Instance(scope=scope, call=None), _:
            return scope
        case ClassReference(scope=scope), ast.Name(id="cls") if _is_open(at.frame):
            return scope
        case None, ast.Name(id="self" | "cls") if _is_open(at.frame):
            return owner
    return None


def _is_open(frame: Frame | None) -> bool:
    """No call on the way names a class: each is one of ``cls``."""
    while frame is not None:
        match frame.call.func:
            case ast.Attribute(value=ast.Name(id="cls")):
                frame = frame.at.frame
            case _:
                return False
    return True


def _overriding(
    tracer: Tracer, function: FunctionReference, owner: Scope, seen: set[int], readers: Readers
) -> Iterator[FunctionReference]:
    """The methods of the same name in the subclasses, and in theirs.

    ``readers`` are the methods of the object that call it: see ``below_values``.
    """
    for below in tracer.callers.reading.subclasses(owner):
        if id(below) in seen or any(_is_without(below, reader) for reader in readers):
            continue
        seen.add(id(below))
        for binding in below.bindings.get(function.scope.name, ()):
            if isinstance(binding.node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield FunctionReference(
                    below.child(binding.node), _as_bound(function.receiver, below)
                )
        yield from _overriding(tracer, function, below, seen, readers)


def _as_bound(
    receiver: ClassReference | Instance | None, scope: Scope
) -> ClassReference | Instance | None:
    match receiver:
        case Instance():
            return Instance(scope)
        case ClassReference():
            return ClassReference(scope)
    return None
