"""Calls of objects: ``Factory(20)(url)``, ``make = Factory(20)`` and then ``make(url)``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.search import Found


def called_at_once(hit: Found) -> ast.Call | None:
    """The call of what is made where a class's name stands: ``Factory(20)(url)``."""
    match hit.outer:
        case (*_, ast.Call() as call, ast.Call() as made):
            if made.func is hit.node and call.func is made:
                return call
    return None


def names_of_object(hit: Found) -> Iterator[str]:
    """What is assigned the object that is made where a class's name stands."""
    made = hit.outer[-1] if hit.outer else None
    match made, hit.stmt:
        case ast.Call(), ast.Assign(value=value) | ast.AnnAssign(value=value):
            if made.func is not hit.node or value is not made:
                return
            one = hit.stmt
            for target in one.targets if isinstance(one, ast.Assign) else [one.target]:
                match target:
                    case ast.Name(id=name) | ast.Attribute(attr=name):
                        yield name


def is_of_itself(hit: Found) -> bool:
    """A method of the object that a method runs on: ``self.open``."""
    parameters, node = hit.scope.parameters(), hit.node
    if parameters is None or not isinstance(node, ast.Attribute):
        return False
    positional = [*parameters.posonlyargs, *parameters.args]
    return bool(positional) and getattr(node.value, "id", None) == positional[0].arg
