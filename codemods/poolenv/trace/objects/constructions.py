"""What constructions pass for the fields of a class that takes them by their names."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.call_text import Wanted
from poolenv.syntax.resolving.expected_errors import comes_to_nothing
from poolenv.syntax.resolving.references import At, Instance
from poolenv.trace.functions import passing
from poolenv.trace.objects.fields import field_names
from poolenv.trace.outcome import Outcome
from poolenv.trace.tracer import Path, Tracer


def constructor_values(
    tracer: Tracer, owner: Instance, attr: str, rest: Path
) -> tuple[Outcome, ...] | None:
    """What the construction passes for a field of a record class; None: its default holds."""
    if owner.call is None or owner.at is None:
        return None
    return _passed(tracer, owner.scope, owner.call, owner.at, attr, rest)


def _passed(
    tracer: Tracer, scope: Scope, call: ast.Call, at: At, attr: str, rest: Path
) -> tuple[Outcome, ...] | None:
    """What a call passes for a field, by any of its names or by its position."""
    names, index = field_names(tracer.resolver, scope, attr)
    for name in names:
        kind = "positional" if index is not None else "keyword"
        made_up = passing.Parameter(name, kind, index or 0, ast.arg(arg=name), None)
        found = passing.passed(tracer, call, at, scope, made_up, rest, (0, False))
        if found is not None:
            return found
    return None


def constructions_values(
    tracer: Tracer, scope: Scope, attr: str, rest: Path
) -> tuple[Outcome, ...]:
    """What any construction of a class passes for a field of it; those that pass nothing aside."""
    found: list[Outcome] = []
    names, position = field_names(tracer.resolver, scope, attr)
    wanted = Wanted(names[0], position) if len(names) == 1 else None
    for site in tracer.callers.constructions(scope, wanted):
        if comes_to_nothing(site.call, site.at):
            continue
        passed = _passed(tracer, scope, site.call, site.at, attr, rest)
        if passed is not None:
            found.extend(passing.from_call(tracer, site, passed))
    return tuple(found)
