"""What name a place in a module is given to: a variable, keyword, key, parameter or field."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.source.positions import Lines

_DEFAULTS = frozenset({"default", "default_factory", "fallback", "cast", "ge", "le", "gt", "lt"})
_READERS = ("env", "config", "field", "get", "default", "int", "float", "bool", "str", "min", "max")


def holder_name(tree: ast.AST, lines: Lines, start: int, end: int) -> str | None:
    """The name that the text between two offsets becomes the value of; None where it has none.

    Environment reads, conversions and field declarations around the place are looked through;
    other calls are not (``pool = connect(1, 30)`` does not name the 30).
    """
    found: tuple[int, str] | None = None
    for node in _nodes_around(tree, lines, start, end):
        for name, value in named_values(node):
            first, last = lines.range_of(value)
            around = first <= start and end <= last and (found is None or last - first < found[0])
            if around and _passes_through(value, lines, start, end):
                found = (last - first, name)
    return found[1] if found else None


def _nodes_around(tree: ast.AST, lines: Lines, start: int, end: int) -> Iterator[ast.AST]:
    """Every node of the tree; of a module, those of the statement that holds the place."""
    if not isinstance(tree, ast.Module):
        yield from ast.walk(tree)
        return
    first, last = lines.position(start)[0], lines.position(end)[0]
    for statement in tree.body:
        # A decorator stands above the line that its function begins in.
        decorators = getattr(statement, "decorator_list", ())
        begin = min([getattr(statement, "lineno", 0), *(each.lineno for each in decorators)])
        if begin <= first and last <= (getattr(statement, "end_lineno", None) or begin):
            yield from ast.walk(statement)


def named_values(node: ast.AST) -> list[tuple[str, ast.expr]]:
    """Names and values of one node: an assignment, a keyword, a dict's entries, parameters."""
    match node:
        case ast.Assign(targets=[*_, ast.Name(id=name) | ast.Attribute(attr=name)]):
            return [(name, node.value)]
        case ast.Assign(targets=[*_, ast.Subscript(slice=ast.Constant(value=str(name)))]):
            return [(name, node.value)]
        case ast.AnnAssign(target=ast.Name(id=name) | ast.Attribute(attr=name)) if node.value:
            return [(name, node.value)]
        case ast.keyword(arg=str(name)) if name not in _DEFAULTS:
            return [(name, node.value)]
        case ast.Dict(keys=keys, values=values):
            return [
                (entry.value, value)
                for entry, value in zip(keys, values, strict=True)
                if isinstance(entry, ast.Constant) and isinstance(entry.value, str)
            ]
        case ast.arguments():
            positional = [*node.posonlyargs, *node.args]
            pairs = list(zip(reversed(positional), reversed(node.defaults), strict=False))
            optional = zip(node.kwonlyargs, node.kw_defaults, strict=True)
            pairs += [(argument, value) for argument, value in optional if value is not None]
            return [(argument.arg, value) for argument, value in pairs]
    return []


def _passes_through(value: ast.expr, lines: Lines, start: int, end: int) -> bool:
    """Only conversions, reads and operators stand between the value and the place."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            first, last = lines.range_of(node)
            inside = first <= start and end <= last and (first, last) != (start, end)
            name = last_name(node.func).lower()
            if inside and not any(reader in name for reader in _READERS):
                return False
    return True
