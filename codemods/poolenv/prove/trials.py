"""Which values of the plan are tried on which expression of the new file."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.model import Addition, Check, Plan, Scalar
from poolenv.prove.evaluate import Trial
from poolenv.prove.expressions import (
    converts,
    expression_at,
    loses_names,
    new_expression,
    reads_environment,
    with_value,
)
from poolenv.prove.places import Place, holds, identity
from poolenv.syntax.source.positions import Lines

PLACEHOLDER = 11
"""Stands for an author's expression (``CORES * 2``) whose value the plan does not know."""


def trials_of(
    plan: Plan, new: ast.Module, lines: Lines, places: tuple[Place, ...]
) -> Iterator[Trial | Check]:
    """A trial for each edit of a file that sets a value, or the check that says why not."""
    for place, variable, value in _values(plan, lines.path, places):
        yield _trial(new, lines, place, variable, value)


def _values(
    plan: Plan, path: str, places: tuple[Place, ...]
) -> Iterator[tuple[Place, str | None, Scalar]]:
    """Each edit that sets a value, with the variable and the value the plan gave it."""
    by_edit = {identity(place.edit): place for place in places}
    seen: set[tuple[int, str | None, str]] = set()
    decided = [(d.edit, d.variable or d.site.env, d.new_value) for d in plan.decisions]
    added = [(a.edit, _variable_of(plan, a), a.value) for a in plan.additions]
    for edit, variable, value in (*decided, *added):
        place = by_edit.get(identity(edit)) if edit and edit.path == path else None
        if place is None or (place.old[0], variable, repr(value)) in seen:
            continue
        seen.add((place.old[0], variable, repr(value)))
        yield place, variable, value


def _variable_of(plan: Plan, addition: Addition) -> str | None:
    """The planned variable of an added argument: of those for it, the one its text names."""
    names = [v.name for v in plan.variables if addition.argument in v.arguments]
    new = addition.edit.new if addition.edit else ""
    return next((name for name in names if f'"{name}"' in new or f"'{name}'" in new), None)


def _trial(
    new: ast.Module, lines: Lines, place: Place, variable: str | None, value: Scalar
) -> Trial | Check:
    expression = expression_at(new, lines, place.new)
    line = lines.position(place.new[0])[0]
    source = lines.source(expression) if expression else ""
    if expression is None:
        written = new_expression(new, lines, place.new)
        value = PLACEHOLDER if value is None else value
        expression = with_value(written, place.edit.old, value) if written else None
        if written is not None and loses_names(written, place.edit.old):
            detail = f"line {line}: {place.edit.old} is not kept in {lines.source(written)}"
            return Check(lines.path, "unset", False, detail)
        if expression is None or written is None:
            detail = f"line {line}: not run: more than literals and reads of the environment"
            return Check(lines.path, "unset", None, detail)
        source = f"{lines.source(written)} with {value!r} for {place.edit.old}"
        expression = ast.copy_location(expression, written)
    if variable is None and reads_environment(expression):
        detail = f"line {line}: reads a variable that the plan does not name"
        return Check(lines.path, "set", False, detail)
    outside = not holds(place.new, lines.range_of(expression)) or _was_text(place.edit.old, value)
    own_read = outside and not converts(expression)
    return Trial(lines.path, line, expression, source, variable, value, own_read)


def _was_text(old: str, value: Scalar) -> bool:
    """A text that the author's code makes a number somewhere else: ``SIZE = "6"``."""
    if isinstance(value, str | bool | None):
        return False
    try:
        node = ast.parse(f"({old}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
