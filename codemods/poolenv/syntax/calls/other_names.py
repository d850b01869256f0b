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
    match hit.stmt:
        case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
            yield from defaulted(hit.node, arguments)
        case ast.Assign(value=value) | ast.AnnAssign(value=value):
            if value is hit.node or (value in hit.outer and all(map(_chooses, hit.outer))):
                one = hit.stmt
                for target in one.targets if isinstance(one, ast.Assign) else [one.target]:
                    match target:
                        case ast.Name(id=name) | ast.Attribute(attr=name):
                            yield name


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
