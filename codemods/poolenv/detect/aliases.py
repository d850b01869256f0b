"""The names that statements give to a factory: ``factory = create_engine``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.search import Found
from poolenv.syntax.resolving.rows import row_names


def assigned(hit: Found) -> Iterator[str]:
    """What gets a factory, or what is made of it: ``make: Make = partial(create_engine, …)``."""
    yield from row_names(hit)
    for target, value in _pairs(hit):
        if value is hit.node or value in hit.outer:
            if isinstance(target, ast.Name):
                yield target.id
            elif isinstance(target, ast.Attribute):
                yield target.attr


def is_renamed(hit: Found) -> bool:
    """The factory itself gets another name, so that nothing else is done with it here."""
    return any(row_names(hit)) or any(
        value is hit.node and isinstance(target, ast.Name | ast.Attribute)
        for target, value in _pairs(hit)
    )


def _pairs(hit: Found) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What the statement assigns to what, also inside ``a, b = x, y`` and ``(a := x)``."""
    match hit.outer:
        case (*_, ast.NamedExpr(target=target, value=value)):
            yield target, value
    match hit.stmt:
        case ast.Assign(targets=targets, value=value):
            for each in targets:
                yield from _paired(each, value)
        case ast.AnnAssign(target=annotated, value=ast.expr() as value):
            yield annotated, value


def _paired(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    match target, value:
        case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
            yield from zip(targets, values, strict=True)
        case _:
            yield target, value
