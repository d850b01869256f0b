"""Shapes of test code that bind one name to several values: tables, fixtures, comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.expressions import keyword_of, text_of
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.fixtures import FunctionDef


def elements_of(node: ast.expr) -> list[ast.expr] | None:
    """The elements of a literal list, tuple, set, dict (its keys) or ``pytest.param``."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return elements
        case ast.Dict(keys=keys):
            return [name for name in keys if name is not None]
        case ast.Call(func=ast.Attribute(attr="param") | ast.Name(id="param"), args=args):
            return args
    return None


def element_of(node: ast.expr, index: object) -> ast.expr | None:
    """``node[index]`` of a literal: the value beside a key, or the element at a position."""
    if isinstance(node, ast.Dict | ast.Call) and isinstance(index, str):
        for name, value in entries_of(node) or ():
            if name == index:
                return value
    elements = None if isinstance(node, ast.Dict) else elements_of(node)
    if elements is not None and isinstance(index, int) and -len(elements) <= index < len(elements):
        return elements[index]
    return None


def entries_of(node: ast.expr) -> list[tuple[str, ast.expr]] | None:
    """Names and values of ``{"a": 1}`` or ``dict(a=1)``; None for anything else."""
    match node:
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return [(name, v) for k, v in pairs if (name := text_of(k)) is not None]
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return [(k.arg, k.value) for k in keywords if k.arg]
    return None


def tuple_of(elements: list[ast.expr]) -> ast.Tuple:
    """A tuple expression that stands where its first element stands."""
    return ast.copy_location(ast.Tuple(elements, ast.Load()), elements[0])


def parameter_names(scope: Scope) -> list[str]:
    """Names of a function's parameters, in order."""
    found = scope.parameters()
    if found is None:
        return []
    return [a.arg for a in (*found.posonlyargs, *found.args, *found.kwonlyargs)]


def comprehensions(scope: Scope) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Target and iterable of every comprehension in a function or module."""
    for node in ast.walk(scope.node):
        if isinstance(node, ast.comprehension):
            yield node.target, node.iter


def call_argument(call: ast.Call, function: FunctionDef, name: str) -> ast.expr | None:
    """What a call passes for a parameter of a function of the same file."""
    given = keyword_of(call, name)
    if given is not None:
        return given
    positional = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    if positional[:1] in (["self"], ["cls"]):
        positional = positional[1:]
    if name not in positional:
        return None
    index = positional.index(name)
    if index < len(call.args):
        return call.args[index]
    defaults = function.args.defaults
    back = len(positional) - index
    return defaults[-back] if back <= len(defaults) else None


def strings_in(node: ast.AST) -> Iterator[str]:
    """Every text written below a node; path pieces joined by ``/`` as one path as well."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
        elif isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Div):
            yield "/".join(_pieces(inner))
        elif isinstance(inner, ast.Call) and len(inner.args) > 1:
            pieces = [text_of(argument) for argument in inner.args]
            texts = [piece for piece in pieces if piece]
            if len(texts) > 1 and texts[-1].count("."):
                yield "/".join(texts)


def _pieces(node: ast.expr) -> list[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return [*_pieces(node.left), *_pieces(node.right)]
    written = text_of(node)
    return [written] if written else []
