"""Functions that go through a nested mapping by calling themselves.

``merge(base, top)`` lays one mapping over another at every level; ``expand(config)`` gives back a
mapping of the same shape. Followed step by step, each level would be a call of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At, Frame
from poolenv.trace.containers import mappings
from poolenv.trace.functions import parameters
from poolenv.trace.outcome import Outcome, Value
from poolenv.trace.tracer import Path, Tracer

_COPIES = frozenset({"copy", "deepcopy", "dict"})


def reworked_values(
    tracer: Tracer, scope: Scope, path: Path, frame: Frame | None
) -> tuple[Outcome, ...] | None:
    """What the result of such a function holds at a path; None where it is no such function."""
    known, key = scope.module.layers, id(scope.node)
    if key not in known:
        known[key] = _layers(scope)
    if not known[key] or not path[0].startswith("["):
        return None
    found: tuple[Outcome, ...] = ()
    for name in known[key]:
        below = parameters.parameter_values(tracer, name, path, At(scope, None, frame))
        found = mappings.joined(found, below)
        if any(isinstance(o, Value) for o in below) and not mappings.of_callers(below):
            break
    return found


def _layers(scope: Scope) -> tuple[str, ...]:
    """The parameters whose mappings the result holds at every level, the strongest first.

    None of them where the function has no form that is known.
    """
    node = scope.node
    if not isinstance(node, ast.FunctionDef):
        return ()
    if scope.module.source.text.count(f"{node.name}(") < 2:
        return ()
    given = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args)}
    for inner in ast.walk(node):
        match inner:
            case ast.For(
                target=ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=value)]),
                iter=ast.Call(func=ast.Attribute(value=ast.Name(id=top), attr="items"), args=[]),
            ) if top in given:
                for arguments in _calls_of_itself(inner, node.name):
                    if _names(arguments) == [value] and _gives_back(node, top):
                        return (top,)
                    names = _merged(node, arguments, key, value, top)
                    if names is not None:
                        return names
            case ast.DictComp(
                generators=[
                    ast.comprehension(
                        target=ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=value)]),
                        iter=ast.Call(func=ast.Attribute(value=ast.Name(id=top), attr="items")),
                        ifs=[],
                    )
                ],
                key=ast.Name(id=same),
                value=ast.Call() as call,
            ) if top in given and same == key and _gives_back(node, top):
                if [value] in [_names(a) for a in _calls_of_itself(call, node.name)]:
                    return (top,)
    return ()


def _calls_of_itself(node: ast.AST, name: str) -> Iterator[list[ast.expr]]:
    for inner in ast.walk(node):
        match inner:
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), keywords=[]):
                if called == name:
                    yield inner.args


def _names(arguments: list[ast.expr]) -> list[str | None]:
    return [a.id if isinstance(a, ast.Name) else None for a in arguments]


def _merged(
    node: ast.FunctionDef, arguments: list[ast.expr], key: str, value: str, top: str
) -> tuple[str, ...] | None:
    """``merge(result[key], value)`` in a loop over ``top``, ``result`` a copy of the other."""
    match arguments:
        case [first, ast.Name(id=second)] if second == value:
            match first:
                case ast.Subscript(value=ast.Name(id=base), slice=ast.Name(id=at)) if at == key:
                    pass
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=base), attr="get" | "setdefault"),
                    args=[ast.Name(id=at), *_],
                ) if at == key:
                    pass
                case _:
                    return None
        case _:
            return None
    below = _copied(node, base)
    return (top, below) if below is not None and below != top else None


def _copied(node: ast.FunctionDef, name: str) -> str | None:
    """The parameter that a name is, or is a copy of."""
    given = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args)}
    if name in given:
        return name
    for stmt in node.body:
        match stmt:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                pass
            case ast.AnnAssign(target=ast.Name(id=target), value=value) if target == name:
                pass
            case _:
                continue
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=source), attr="copy"), args=[]):
                return source if source in given else None
            case ast.Call(
                func=ast.Name(id=how) | ast.Attribute(attr=how), args=[ast.Name(id=source)]
            ) if how in _COPIES:
                return source if source in given else None
            case ast.Dict(keys=[None], values=[ast.Name(id=source)]):
                return source if source in given else None
    return None


def _gives_back(node: ast.FunctionDef, name: str) -> bool:
    """What is no mapping is given back as it is."""
    return any(
        isinstance(stmt, ast.Return) and isinstance(stmt.value, ast.Name) and stmt.value.id == name
        for stmt in ast.walk(node)
    )
