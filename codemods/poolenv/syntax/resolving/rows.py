"""Tables that are written out where their rows are taken: by a loop, or by ``parametrize``.

``for kind in (Store, Cache):``, ``for name, kind in (("a", Store), …):``,
``@pytest.mark.parametrize("kind", [Store, pytest.param(Cache, id="cache")])``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from poolenv.syntax.bindings.search import Found
from poolenv.syntax.resolving.fixtures import is_param, parametrized


def column(table: ast.AST, index: int | None) -> Iterator[ast.expr]:
    """What the rows of a table have at a place; ``None``: the rows themselves."""
    if not isinstance(table, ast.Tuple | ast.List | ast.Set):
        return
    for row in table.elts:
        cells = _cells(row)
        if index is None:
            yield cells[0] if cells is not None and is_param(row) and cells else row
        elif cells is not None and index < len(cells):
            yield cells[index]


def row_names(hit: Found) -> Iterator[str]:
    """The variable or parameter that takes a node which stands in a table."""
    for names, table in _tables(hit):
        for index in (None,) if len(names) == 1 else range(len(names)):
            if any(cell is hit.node for cell in column(table, index)):
                yield names[index or 0]


def _tables(hit: Found) -> Iterator[tuple[Sequence[str], ast.expr]]:
    match hit.stmt:
        case ast.For(target=target, iter=table) | ast.AsyncFor(target=target, iter=table):
            yield _names(target), table
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield from parametrized(hit.stmt.decorator_list)
    for node in hit.outer:
        if isinstance(node, ast.comprehension):
            yield _names(node.target), node.iter


def _names(target: ast.expr) -> list[str]:
    """The names of a loop's target; none where some of them is no plain name."""
    targets = target.elts if isinstance(target, ast.Tuple) else [target]
    names = [one.id for one in targets if isinstance(one, ast.Name)]
    return names if len(names) == len(targets) else []


def _cells(row: ast.expr) -> list[ast.expr] | None:
    match row:
        case ast.Tuple(elts=cells) | ast.List(elts=cells):
            return cells
        case ast.Call(args=cells) if is_param(row):
            return cells
    return None
