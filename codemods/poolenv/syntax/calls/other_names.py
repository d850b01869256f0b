"""What a function or class is also called by, where it is assigned or a parameter's default."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poolenv.syntax.bindings.search import Found
from poolenv.syntax.resolving.rows import row_names


def other_names(hit: Found) -> Iterator[str]:
    """What a function or class is also called by: a name, an attribute or a parameter."""
    yield from row_names(hit)
    if isinstance(hit.stmt, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from defaulted(hit.node, hit.stmt.args)
    for target, value in assignments(hit):
        if value is hit.node or (value in hit.outer and all(map(_chooses, hit.outer))):
            match target:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name


def assignments(hit: Found) -> Iterator[tuple[ast.expr, ast.expr]]:
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


def _chooses(node: ast.AST) -> bool:
    return isinstance(node, ast.IfExp | ast.BoolOp)


def defaulted(node: ast.AST, arguments: ast.arguments) -> Iterator[str]:
    """The parameter that a node is the default of: ``def connect(make=create_engine)``."""
    positional = [*arguments.posonlyargs, *arguments.args]
    places = [
        *zip(reversed(positional), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for argument, default in places:
        if default is node:
            yield argument.arg


def renamed(text: str, name: str) -> list[str]:
    """What ``import name as other`` calls it in a file."""
    if f"{name} as " not in text:
        return []
    return re.findall(rf"\b{re.escape(name)}\s+as\s+(\w+)", text)
