"""What a comprehension's own variables hold: they hide the names of the scopes around."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.resolving.references import At
from poolenv.trace.containers.loops import loop_values
from poolenv.trace.containers.rows import Row
from poolenv.trace.outcome import Outcome
from poolenv.trace.tracer import Path, Tracer

_VARIABLES = re.compile(r"\bfor\s+([\w\s,()*]+?)\s+in\b")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


def is_variable(module: Module, name: str) -> bool:
    """Some loop or comprehension of a module has a variable of this name."""
    if module.loop_variables is None:
        found = _VARIABLES.findall(module.source.text)
        module.loop_variables = frozenset(re.findall(r"\w+", " ".join(found)))
    return name in module.loop_variables


def variable_values(
    tracer: Tracer, node: ast.Name, path: Path, at: At, *, anywhere: bool = False
) -> tuple[Outcome, ...] | None:
    """The values of a variable of the comprehension around a name; None where it is none.

    ``anywhere`` takes any comprehension of the statement, for a name that is not in its tree.
    """
    assert at.stmt is not None
    around = _in_statement(at.stmt) if anywhere else _around(at.stmt, node)
    for generator in around:
        index, row = None, None
        if isinstance(generator.target, ast.Tuple):
            held = [getattr(element, "id", None) for element in generator.target.elts]
            if node.id not in held:
                continue
            index, row = held.index(node.id), _known_row(held, at)
        elif getattr(generator.target, "id", None) != node.id:
            continue
        made_up = Binding(node.id, "for", generator.iter, at.stmt, index)
        return loop_values(tracer, made_up, generator.iter, path, at, row)
    return None


def _known_row(held: list[str | None], at: At) -> Row | None:
    return next(((f"[{held.index(n)}", text) for n, text in at.assume if n in held), None)


def _in_statement(stmt: ast.stmt) -> Iterator[ast.comprehension]:
    return (inner for inner in ast.walk(stmt) if isinstance(inner, ast.comprehension))


def _around(stmt: ast.stmt, node: ast.Name) -> Iterator[ast.comprehension]:
    """The parts of comprehensions whose variables a name sees, innermost first."""
    outer = [
        inner
        for part in ast.iter_child_nodes(stmt)
        if not isinstance(part, ast.stmt | ast.excepthandler | ast.match_case)
        for inner in ast.walk(part)
        if isinstance(inner, _COMPREHENSIONS) and any(one is node for one in ast.walk(inner))
    ]
    for inner in reversed(outer):
        seen = inner.generators
        for place, generator in enumerate(inner.generators):
            if any(one is node for one in ast.walk(generator.iter)):
                seen = inner.generators[:place]
        yield from reversed(seen)
