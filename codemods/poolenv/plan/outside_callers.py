"""Mappings that code outside of the repository may fill: ``def connect(url, **options)``."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from poolenv.model import Span
from poolenv.plan.surroundings import Surroundings

_Function = ast.FunctionDef | ast.AsyncFunctionDef


def filled_outside(surroundings: Surroundings, span: Span) -> str | None:
    """The parameter of a public function that a ``**mapping`` of a call comes from, else None.

    Whoever imports the function may pass the argument in it that a call would get twice.
    """
    way = surroundings.way_to(span)
    call = way[-1] if way else None
    function = next((node for node in reversed(way) if isinstance(node, _Function)), None)
    if not isinstance(call, ast.Call) or function is None or not _is_public(way):
        return None
    for given in (keyword.value for keyword in call.keywords if keyword.arg is None):
        found = _in_function(given, function)
        owner = next((node for node in reversed(way) if isinstance(node, ast.ClassDef)), None)
        if found is None and owner is not None:
            found = _in_class(given, owner)
        if found is not None:
            return found
    return None


def _is_public(way: Sequence[ast.AST]) -> bool:
    """No name on the way is private, and none is of a function inside another function."""
    defined = [node for node in way if isinstance(node, ast.ClassDef | _Function)]
    inside = any(isinstance(node, _Function) for node in defined[:-1])
    names = [node.name for node in defined]
    return not inside and not any(n.startswith("_") and not n.endswith("__") for n in names)


def _in_function(given: ast.expr, function: _Function) -> str | None:
    parameters = _mappings(function.args)
    for name in _taken_over([given]):
        if name in parameters:
            return parameters[name]
    if not isinstance(given, ast.Name):
        return None
    for node in ast.walk(function):
        for name in _taken_over(_put_into(node, given)):
            if name in parameters:
                return parameters[name]
    return None


def _in_class(given: ast.expr, owner: ast.ClassDef) -> str | None:
    """``self.options`` that a method takes over from a parameter."""
    if not isinstance(given, ast.Attribute):
        return None
    for method in owner.body:
        if not isinstance(method, _Function):
            continue
        parameters = _mappings(method.args)
        for node in ast.walk(method):
            for name in _taken_over(_put_into(node, given)):
                if name in parameters:
                    return parameters[name]
    return None


def _mappings(arguments: ast.arguments) -> dict[str, str]:
    """Parameters that may hold a mapping, each as a reader knows it: ``**options``."""
    every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    found = {one.arg: one.arg for one in every if one.arg not in ("self", "cls")}
    if arguments.kwarg is not None:
        found[arguments.kwarg.arg] = f"**{arguments.kwarg.arg}"
    return found


def _put_into(node: ast.AST, target: ast.expr) -> Iterator[ast.expr]:
    """What a statement or call puts into a name or attribute as a whole."""
    wanted = ast.unparse(target)
    match node:
        case ast.Assign(targets=targets, value=value):
            if any(ast.unparse(one) == wanted for one in targets):
                yield value
        case (
            ast.AnnAssign(target=one, value=ast.expr() as value)
            | ast.AugAssign(target=one, op=ast.BitOr(), value=value)
        ):
            if ast.unparse(one) == wanted:
                yield value
        case ast.Call(func=ast.Attribute(value=one, attr="update")) if ast.unparse(one) == wanted:
            yield from node.args
            yield from (keyword.value for keyword in node.keywords if keyword.arg is None)


def _taken_over(values: Iterable[ast.expr]) -> Iterator[str]:
    """Names whose whole content is in a mapping: ``options``, ``{**options}``, ``a or b``."""
    for value in values:
        match value:
            case ast.Name(id=name):
                yield name
            case ast.Dict(keys=keys, values=inner):
                pairs = zip(keys, inner, strict=True)
                yield from _taken_over(one for key, one in pairs if key is None)
            case ast.BoolOp(values=inner):
                yield from _taken_over(inner)
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                yield from _taken_over((left, right))
            case ast.IfExp(body=left, orelse=right):
                yield from _taken_over((left, right))
            case ast.Call(func=ast.Name(id="dict" | "copy" | "deepcopy"), args=inner):
                yield from _taken_over(inner)
                spread = [keyword.value for keyword in value.keywords if keyword.arg is None]
                yield from _taken_over(spread)
            case ast.Call(func=ast.Attribute(value=inner_value, attr="copy")):
                yield from _taken_over([inner_value])
