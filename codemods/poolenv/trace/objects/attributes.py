"""Attributes of classes and instances: fields, ``self.x``, properties, settings."""

from __future__ import annotations

import ast
from dataclasses import replace

from poolenv.model import Holder, Origin, Span
from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.expressions import dotted
from poolenv.syntax.bindings.reaching import reaching
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.classes import (
    assigned_anew,
    decorators,
    instance_values,
    self_mutations,
)
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    FunctionReference,
    Instance,
)
from poolenv.trace.containers import changes, mappings
from poolenv.trace.functions import calls
from poolenv.trace.names import bindings, options
from poolenv.trace.objects import (
    application,
    constructions,
    dynamic,
    enums,
    hierarchy,
    outside,
    protocols,
    receivers,
    validators,
)
from poolenv.trace.objects.annotations import annotated_objects
from poolenv.trace.objects.entries import entry_values
from poolenv.trace.objects.fields import (
    annotated_default,
    environment_name,
    field_default,
    is_settings,
    nested_delimiter,
    takes_field,
)
from poolenv.trace.outcome import Lost, Outcome, Value, led_by, may_lack, step, written_as
from poolenv.trace.tracer import Path, Tracer


def attribute_values(
    tracer: Tracer, node: ast.Attribute, path: Path, at: At
) -> tuple[Outcome, ...]:
    """The values of ``base.attr``: a question to the base with a longer path."""
    full = (f".{node.attr}", *path)
    base = node.value
    if isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "super":
        owner = at.scope.enclosing_class()
        if owner is not None:
            span = at.scope.module.lines.span(node)
            return hierarchy.inherited_values(tracer, Instance(owner), full, span) or ()
    found: tuple[Outcome, ...] = ()
    if path and isinstance(base, ast.Name | ast.Attribute):
        chain = dotted(node)
        if chain is not None:
            found, covered = changes.mutated(tracer, chain, path, at, ())
            if covered:
                return found
    held = tracer.ask(base, full, at)
    found = mappings.joined(found, held) if found else held
    return application.completed(tracer, node, path, at, found) if path else found


def member_values(
    tracer: Tracer,
    owner: ClassReference | Instance,
    path: Path,
    span: Span,
    *,
    above: bool = False,
    readers: hierarchy.Readers = (),
) -> tuple[Outcome, ...]:
    """The values of a path into a class or an instance of it.

    ``above``: asked on behalf of a subclass, so that what other subclasses say does not count.
    ``readers`` are the methods that lead here: subclasses which replace one do not count either.
    """
    call = owner.call if isinstance(owner, Instance) else None
    of = owner.of if isinstance(owner, Instance) else None
    kind = (isinstance(owner, Instance), above, readers, id(of))
    key = ("member", id(owner.scope), path, id(call), *kind)
    return tracer.guarded(key, lambda: _member_values(tracer, owner, path, span, above, readers))


def _member_values(
    tracer: Tracer,
    owner: ClassReference | Instance,
    path: Path,
    span: Span,
    above: bool,
    readers: hierarchy.Readers,
) -> tuple[Outcome, ...]:
    if not path[0].startswith("."):
        return _item_values(tracer, owner, path, span)
    of_enum = enums.enum_values(tracer, owner, path, span)
    if of_enum is not None:
        return of_enum
    said = _said_by_class(tracer, owner, path, above, readers)
    if said is None:
        said = _said_elsewhere(tracer, owner, path, span, above)
    attr, rest = path[0][1:], path[1:]
    if isinstance(owner, Instance):
        validated = validators.validated_values(tracer, owner, attr, rest)
        said = mappings.joined(said or (), validated) if validated else said
    if said is not None:
        return said
    if attr == "__class__" and rest:
        return member_values(tracer, owner, rest, span)
    if attr == "__dict__" and rest:
        return member_values(tracer, owner, (f".{rest[0][1:]}", *rest[1:]), span)
    return _answered_by_class(tracer, owner, attr, rest, span)


def _said_by_class(
    tracer: Tracer,
    owner: ClassReference | Instance,
    path: Path,
    above: bool,
    readers: hierarchy.Readers,
) -> tuple[Outcome, ...] | None:
    """What a class and its subclasses give an attribute; None where it has it from elsewhere."""
    scope, attr, rest = owner.scope, path[0][1:], path[1:]
    found: list[Outcome] = []
    is_set = bool(reaching(scope, attr, None)[0]) or bool(instance_values(scope, attr))
    if isinstance(owner, Instance):
        if takes_field(tracer.resolver, scope, attr) and not assigned_anew(scope, attr):
            passed = constructions.constructor_values(tracer, owner, attr, rest)
            if passed is not None:
                return passed
            if owner.call is None:
                found.extend(constructions.constructions_values(tracer, scope, attr, rest))
        found.extend(self_values(tracer, owner, attr, rest))
    if isinstance(owner, Instance) and receivers.hidden(tracer, scope, attr):
        is_set = False
    elif not (isinstance(owner, Instance) and assigned_anew(scope, attr)):
        found.extend(class_values(tracer, owner, attr, rest))
    if _may_be_below(owner, above):
        found.extend(hierarchy.below_values(tracer, scope, attr, rest, readers))
    if not (found or is_set):
        return None
    if isinstance(owner, Instance):
        found.extend(dynamic.stored_values(tracer, owner, attr, rest))
    return mappings.joined(tuple(found), ())


def _may_be_below(owner: ClassReference | Instance, above: bool) -> bool:
    """It is an object that may be one of a subclass, and not asked for on behalf of one."""
    return isinstance(owner, Instance) and owner.call is None and not above


def _said_elsewhere(
    tracer: Tracer, owner: ClassReference | Instance, path: Path, span: Span, above: bool
) -> tuple[Outcome, ...] | None:
    """What is stored under a name that no statement shows, and what other classes say."""
    if isinstance(owner, Instance):
        stored = dynamic.stored_values(tracer, owner, path[0][1:], path[1:])
        stored = stored or protocols.implemented_values(tracer, owner.scope, path, span)
        if stored:
            return stored
    inherited = hierarchy.inherited_values(tracer, owner, path, span)
    if inherited is None and _may_be_below(owner, above):
        inherited = hierarchy.beside_values(tracer, owner.scope, path, span)
    return inherited


def _answered_by_class(
    tracer: Tracer, owner: ClassReference | Instance, attr: str, rest: Path, span: Span
) -> tuple[Outcome, ...]:
    """What a class answers by its own ``__getattr__``, or declares by a name; else an end."""
    scope = owner.scope
    if isinstance(owner, Instance):
        answered = dynamic.answered_values(tracer, owner, attr, rest, span)
        answered = answered or (() if rest else entry_values(tracer, owner, attr))
        if answered:
            return answered
    answering = next((name for name in dynamic.ANSWERING if name in scope.bindings), None)
    if answering is None:
        reason = f"{scope.name} has no attribute {attr} that the code shows"
        if attr in scope.bindings:
            reason = f"{scope.name} declares {attr} without a value; look at what makes it"
    else:
        declared = () if rest else options.answered(tracer, attr, scope.module, span)
        if declared:
            return declared
        reason = f"{scope.name} answers {attr} by its own {answering}"
    return (Lost(reason, span, mapping=may_lack(rest), absent=True),)


def _item_values(
    tracer: Tracer, owner: ClassReference | Instance, path: Path, span: Span
) -> tuple[Outcome, ...]:
    """``Options(pool_size=5)["pool_size"]`` of a TypedDict or dict subclass."""
    call = owner.call if isinstance(owner, Instance) else None
    at = owner.at if isinstance(owner, Instance) else None
    if call is not None and at is not None:
        found = mappings.call_mapping_values(tracer, call, path, at)
        if found:
            return found
    if isinstance(owner, ClassReference):
        return enums.looked_up(tracer, owner, path, span)
    if isinstance(owner, Instance):
        getter = tracer.resolver.member(owner.scope, "__getitem__", owner)
        if getter:
            reason = f"{owner.scope.name} looks items up by its own __getitem__"
            return (Lost(reason, span, mapping=True),)
        keys = tracer.resolver.member(owner.scope, "keys", owner)
        if keys:
            return member_values(tracer, owner, (f".{path[0][1:]}", *path[1:]), span)
    return ()


def self_values(tracer: Tracer, owner: Instance, attr: str, rest: Path) -> tuple[Outcome, ...]:
    """What methods assign to ``self.attr``, and put into it."""
    scope = owner.scope
    found: list[Outcome] = []
    for value, at in instance_values(scope, attr):
        here = receivers.entered(tracer, owner, at)
        values = receivers.possible(tracer, tracer.ask(value, rest, here), owner.of)
        values = written_as(values, Origin.SETTINGS)
        assert at.stmt is not None
        found.extend(led_by(values, step(scope.module, at.stmt)))
    if rest:
        for method, mutations in self_mutations(scope, attr):
            for mutation in mutations:
                place = At(method, mutation.stmt)
                values2 = changes.mutation_values(tracer, mutation, rest, place) or ()
                values2 = receivers.possible(tracer, values2, owner.of)
                if values2:
                    found.extend(led_by(values2, step(method.module, mutation.stmt)))
        found.extend(outside.put_from_outside(tracer, owner, attr, rest))
    set_there = outside.set_from_outside(tracer, owner, attr, rest)
    found.extend(written_as(set_there, Origin.SETTINGS))
    return tuple(found)


def class_values(
    tracer: Tracer, owner: ClassReference | Instance, attr: str, rest: Path
) -> tuple[Outcome, ...]:
    """What the class body itself says of an attribute."""
    scope = owner.scope
    bound, _ = reaching(scope, attr, None)
    found: list[Outcome] = []
    if rest:
        mutated, covered = changes.mutated(tracer, attr, rest, At(scope, None), bound)
        found.extend(mutated)
        if covered:
            return tuple(found)
    for binding in bound:
        found.extend(_bound_values(tracer, owner, binding, rest))
    # A container that is empty at first is filled by what makes the object.
    if not bound or (not found and rest and rest[0].startswith("[")):
        found.extend(_declared_values(tracer, owner, attr, rest))
    return tuple(found)


def _bound_values(
    tracer: Tracer, owner: ClassReference | Instance, binding: Binding, rest: Path
) -> tuple[Outcome, ...]:
    scope, node = owner.scope, binding.node
    here = At(scope, binding.stmt)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        method = scope.child(node)
        if any(d.endswith("property") for d in decorators(method)):
            receiver = receivers.whole(owner) if isinstance(owner, Instance) else Instance(scope)
            function = FunctionReference(method, receiver)
            found = calls.function_values(tracer, function, rest, None, None)
            return led_by(found, step(scope.module, node))
        return ()
    if binding.kind == "assign" and isinstance(node, ast.expr):
        default = field_default(node)
        if default is not node:
            values: tuple[Outcome, ...] = ()
            if default is not None:
                values = tracer.ask(tracer.keep(node, default), rest, here)
            if not values and not rest and is_settings(tracer.resolver, scope):
                return _required(tracer, scope, binding)
            values = led_by(written_as(values, Origin.SETTINGS), step(scope.module, binding.stmt))
            return _environment_filled(tracer, scope, binding, values, rest)
    values = bindings.binding_values(tracer, binding, rest, At(scope, None))
    return _environment_filled(tracer, scope, binding, values, rest)


def _environment_filled(
    tracer: Tracer, scope: Scope, binding: Binding, values: tuple[Outcome, ...], rest: Path
) -> tuple[Outcome, ...]:
    """A field of a settings class is already read from the environment under a derived name."""
    if not is_settings(tracer.resolver, scope) or binding.annotation is None:
        return values
    variable = environment_name(tracer.resolver, scope, binding)
    if rest:
        delimiter = nested_delimiter(tracer.resolver, scope)
        if not delimiter:
            return values
        variable = delimiter.join([variable, *(part[1:].upper() for part in rest)])
    return tuple(
        replace(o, env=o.env or variable, holder=Holder.SETTINGS_FIELD, typed=True)
        if isinstance(o, Value) and o.holder is not Holder.FIXED
        else o
        for o in values
    )


def _required(tracer: Tracer, scope: Scope, binding: Binding) -> tuple[Outcome, ...]:
    assert isinstance(binding.node, ast.expr)
    name = environment_name(tracer.resolver, scope, binding)
    unread = tracer.unread(name, binding.node, At(scope, binding.stmt))
    return (replace(unread, typed=True, holder=Holder.SETTINGS_FIELD),)


def _declared_values(
    tracer: Tracer, owner: ClassReference | Instance, attr: str, rest: Path
) -> tuple[Outcome, ...]:
    """A field with an annotation alone: a default in it, nested settings, a required variable."""
    scope = owner.scope
    for binding in scope.bindings.get(attr, ()):
        if binding.annotation is None:
            continue
        default = annotated_default(binding.annotation)
        if default is not None:
            values = tracer.ask(default, rest, At(scope, binding.stmt))
            values = led_by(written_as(values, Origin.SETTINGS), step(scope.module, binding.stmt))
            return _environment_filled(tracer, scope, binding, values, rest)
        if rest:
            span = scope.module.lines.span(binding.annotation)
            found: list[Outcome] = []
            here = At(scope, binding.stmt)
            for one, left in annotated_objects(tracer, binding.annotation, rest, here):
                found.extend(member_values(tracer, one, left, span))
            filled = _environment_filled(tracer, scope, binding, tuple(found), rest)
            return led_by(filled, step(scope.module, binding.stmt))
        if is_settings(tracer.resolver, scope):
            return _required(tracer, scope, binding)
    return ()
