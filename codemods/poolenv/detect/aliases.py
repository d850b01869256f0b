"""The names that statements give to a factory: ``factory = create_engine``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.other_names import assignments
from poolenv.syntax.resolving.rows import row_names


def assigned(hit: Found) -> Iterator[str]:
    """What gets a factory, or what is made of it: ``make: Make = partial(create_engine, …)``."""
    yield from row_names(hit)
    for target, value in assignments(hit):
        if value is hit.node or value in hit.outer:
            if isinstance(target, ast.Name):
                yield target.id
            elif isinstance(target, ast.Attribute):
                yield target.attr


def is_renamed(hit: Found) -> bool:
    """The factory itself gets another name, so that nothing else is done with it here."""
    return any(row_names(hit)) or any(
        value is hit.node and isinstance(target, ast.Name | ast.Attribute)
        for target, value in assignments(hit)
    )
