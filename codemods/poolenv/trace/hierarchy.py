"""What other classes say of an attribute: those below, those above, and those beside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from poolenv.model import Holder, Origin, Span
from poolenv.syntax.references import ClassReference, External, Instance
from poolenv.syntax.scopes import Scope
from poolenv.trace import mappings, objects
from poolenv.trace.fields import environment_name, is_settings
from poolenv.trace.outcome import Lost, Outcome, Value

if TYPE_CHECKING:
    from poolenv.trace.tracer import Path, Tracer


def below_values(tracer: Tracer, scope: Scope, attr: str, rest: Path) -> tuple[Outcome, ...]:
    """What the subclasses of a class themselves say of an attribute, and theirs."""
    found: list[Outcome] = []
    for below in tracer.callers.subclasses(scope):
        if below is not scope:
            key = ("below", id(below), attr, rest)
            found.extend(
                tracer.guarded(key, lambda below=below: _own_values(tracer, below, attr, rest))  # type: ignore[misc]
            )
    return tuple(found)


def _own_values(tracer: Tracer, scope: Scope, attr: str, rest: Path) -> tuple[Outcome, ...]:
    owner = Instance(scope)
    return (
        *objects.self_values(tracer, owner, attr, rest),
        *objects.class_values(tracer, owner, attr, rest),
        *below_values(tracer, scope, attr, rest),
    )


def inherited_values(
    tracer: Tracer, owner: ClassReference | Instance, path: Path, span: Span
) -> tuple[Outcome, ...] | None:
    """What the first base that has the attribute says; None where none has it."""
    ends: tuple[Outcome, ...] | None = None
    for base in tracer.resolver.bases(owner.scope):
        match base:
            case ClassReference(scope=above) if above is not owner.scope:
                one: ClassReference | Instance = base
                if isinstance(owner, Instance):
                    one = Instance(above, owner.call, owner.at)
                found = objects.member_values(tracer, one, path, span, above=True)
                if any(isinstance(o, Value) for o in found):
                    return _refilled(tracer, owner.scope, path, found)
                there = tuple(o for o in found if not (isinstance(o, Lost) and o.absent))
                if ends is None and (there or not found):
                    ends = there
            case External():
                continue
    return ends


def beside_values(
    tracer: Tracer, scope: Scope, path: Path, span: Span
) -> tuple[Outcome, ...] | None:
    """What other bases of its subclasses say of what a mixin only reads; None where none does."""
    said = [
        found
        for below in tracer.callers.subclasses(scope)
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
