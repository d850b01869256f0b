"""Members of an enum: what ``Profile.LARGE.value`` holds, and what makes up a member."""

from __future__ import annotations

import ast

from poolenv.model import Span
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At, ClassReference, Instance
from poolenv.trace.objects import attributes
from poolenv.trace.objects.fields import ENUMS, is_member
from poolenv.trace.outcome import Lost, Outcome, may_lack
from poolenv.trace.tracer import Path, Tracer

_VALUE = (".value", "._value_")


def enum_values(
    tracer: Tracer, owner: ClassReference | Instance, path: Path, span: Span
) -> tuple[Outcome, ...] | None:
    """What a path into an enum leads to; None where it is an attribute like any other's."""
    scope, attr, rest = owner.scope, path[0][1:], path[1:]
    if rest[:1] and rest[0] in _VALUE and tracer.resolver.derives_from(scope, ENUMS):
        return attributes.class_values(tracer, owner, attr, rest[1:])
    if rest and rest[0].startswith("["):
        return None
    if isinstance(owner, ClassReference) and is_member(tracer.resolver, scope, attr):
        made = _made_member(tracer, scope, attr) if rest else None
        if made is not None:
            return attributes.member_values(tracer, made, rest, span)
        if not rest:
            reason = f"it is the member {attr} of {scope.name} itself, no number"
        else:
            reason = f"{scope.name} itself says what {rest[0][1:]} of its member {attr} is"
        return (Lost(reason, span, mapping=may_lack(rest)),)
    return None


def _made_member(tracer: Tracer, scope: Scope, attr: str) -> Instance | None:
    """``LARGE = (20, 5)`` of an enum whose ``__init__`` takes the parts; None where it has none."""
    bindings = scope.bindings.get(attr, ())
    if "__init__" not in scope.bindings or len(bindings) != 1:
        return None
    node, stmt = bindings[0].node, bindings[0].stmt
    if bindings[0].kind != "assign" or not isinstance(node, ast.expr):
        return None
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    call = ast.copy_location(ast.Call(ast.Name(scope.name, ast.Load()), parts, []), node)
    made = tracer.keep(node, call)
    return Instance(scope, made, At(scope, stmt)) if isinstance(made, ast.Call) else None


def looked_up(tracer: Tracer, owner: ClassReference, path: Path, span: Span) -> tuple[Outcome, ...]:
    """``Profile["LARGE"]``: a member by its name; () where the class is no enum."""
    if not tracer.resolver.derives_from(owner.scope, ENUMS):
        return ()
    name = path[0][1:]
    if name in owner.scope.bindings:
        return attributes.member_values(tracer, owner, (f".{name}", *path[1:]), span)
    reason = f"the member of {owner.scope.name} is looked up by a name that is not known"
    return (Lost(reason, span, mapping=may_lack(path[1:])),)
