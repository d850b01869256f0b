"""Mappings made by comprehensions, as far as their conditions can be read."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from poolenv.syntax.references import At
from poolenv.trace.outcome import Outcome

if TYPE_CHECKING:
    from poolenv.trace.tracer import Path, Tracer


def comprehension_values(
    tracer: Tracer, node: ast.DictComp, path: Path, at: At
) -> tuple[Outcome, ...]:
    """``{k: v for k, v in base.items() …}`` and ``{k: base[k] for k in ("a", "b")}``."""
    generator = node.generators[0]
    kept = _kept(generator, path)
    if kept is False:
        return ()
    if kept and path and path[0].startswith("[") and isinstance(node.key, ast.Name):
        match generator.target, generator.iter:
            case (
                ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=value)]),
                ast.Call(func=ast.Attribute(value=base, attr="items")),
            ) if (
                key == node.key.id and isinstance(node.value, ast.Name) and (node.value.id == value)
            ):
                return tracer.ask(base, path, at)
            case ast.Name(id=key), ast.Tuple(elts=elts) | ast.List(elts=elts) if key == node.key.id:
                names = {str(t) for e in elts for t in tracer.texts(e, at)}
                if path[0][1:] not in names:
                    return ()
                assume = (*at.assume, (key, path[0][1:]))
                return tracer.ask(node.value, path[1:], At(at.scope, at.stmt, at.frame, assume))
    return (tracer.lost("the mapping is made by a comprehension", node, at, mapping=True),)


def _kept(generator: ast.comprehension, path: Path) -> bool | None:
    """Whether the conditions of a comprehension let a key through; None where that is open."""
    key = path[0][1:] if path else ""
    name = generator.target
    if isinstance(name, ast.Tuple):
        name = name.elts[0]
    for condition in generator.ifs:
        if isinstance(name, ast.Name) and not _mentions(condition, name.id):
            continue
        match condition:
            case ast.Compare(left=ast.Name(id=left), ops=[op], comparators=[right]) if (
                isinstance(name, ast.Name) and left == name.id
            ):
                try:
                    words = ast.literal_eval(right)
                except ValueError:
                    return None
                holds = _compares(op, key, words)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                holds = _starts(inner, key)
                holds = None if holds is None else not holds
            case _:
                holds = _starts(condition, key)
        if holds is not True:
            return holds
    return True


def _mentions(condition: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(condition))


def _compares(op: ast.cmpop, key: str, words: object) -> bool | None:
    match op:
        case ast.Eq() | ast.NotEq():
            return (key == words) is isinstance(op, ast.Eq)
        case ast.In() | ast.NotIn() if isinstance(words, tuple | list | set):
            return (key in words) is isinstance(op, ast.In)
    return None


def _starts(condition: ast.expr, key: str) -> bool | None:
    match condition:
        case ast.Call(
            func=ast.Attribute(attr="startswith" | "endswith" as how),
            args=[ast.Constant(value=str() as text)],
        ):
            return key.startswith(text) if how == "startswith" else key.endswith(text)
    return None
