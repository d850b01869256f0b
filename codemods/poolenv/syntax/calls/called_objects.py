"""Calls of what a call gives: ``Factory(20)(url)``, ``make = Factory(20)`` then ``make(url)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.resolving.arguments import receiver_name


def called_at_once(hit: Found) -> ast.Call | None:
    """The call of what is made where a class or function is named: ``Factory(20)(url)``."""
    match hit.outer:
        case (*_, ast.Call() as call, ast.Call() as made):
            if made.func is hit.node and call.func is made:
                return call
    return None


def with_parameters(hit: Found) -> ast.Call | None:
    """``Holder[Settings](…)``: the call of a class that is named with its parameters."""
    match hit.outer:
        case (*_, ast.Call(func=func) as call, ast.Subscript(value=base) as generic):
            if func is generic and base is hit.node:
                return call
    return None


def names_of_object(hit: Found) -> Iterator[str]:
    """What is assigned that which is made where a class or function is named."""
    made, one = hit.outer[-1] if hit.outer else None, hit.stmt
    if not (isinstance(made, ast.Call) and made.func is hit.node):
        return
    if not isinstance(one, ast.Assign | ast.AnnAssign):
        return
    for target in one.targets if isinstance(one, ast.Assign) else [one.target]:
        match target, one.value:
            case ast.Name(id=name) | ast.Attribute(attr=name), value if value is made:
                yield name
            case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
                pairs = zip(names, values, strict=True)
                yield from (n.id for n, v in pairs if v is made and isinstance(n, ast.Name))


def is_returned(function: Scope) -> bool:
    """A function that another one defines and gives back."""
    around = function.parent
    if around is None or not around.is_function:
        return False
    return any(
        stmt.value is function.node
        or (isinstance(stmt.value, ast.Name) and stmt.value.id == function.name)
        for stmt in around.returns
    )


def is_of_itself(hit: Found) -> bool:
    """An attribute of the object that a method runs on: ``self.open``."""
    match hit.node:
        case ast.Attribute(value=ast.Name(id=name)):
            return receiver_name(hit.scope) == name
    return False
