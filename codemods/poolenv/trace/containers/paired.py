"""Records and mappings that are made of names and values apart: ``namedtuple``, ``zip``."""

from __future__ import annotations

import ast

from poolenv.model import Origin
from poolenv.syntax.bindings.expressions import keyword_of
from poolenv.syntax.resolving.references import At, External
from poolenv.trace.outcome import Outcome, led_by, step, written_as
from poolenv.trace.tracer import Path, Tracer

_NAMEDTUPLE = "collections.namedtuple()"


def record_values(
    tracer: Tracer, function: External, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """A field of ``Limits(5)``, where ``Limits = namedtuple("Limits", "size overflow")``."""
    made, there = function.call, function.at
    if function.name != _NAMEDTUPLE or made is None or there is None or len(made.args) < 2:
        return None
    names = _names(made.args[1])
    field = path[0][1:]
    if path[0].startswith("[") and field.isdigit() and int(field) < len(names):
        field = names[int(field)]
    if field not in names or any(isinstance(a, ast.Starred) for a in node.args):
        return None
    index = names.index(field)
    for keyword in node.keywords:
        if keyword.arg == field:
            return written_as(tracer.ask(keyword.value, path[1:], at), Origin.SETTINGS)
    if index < len(node.args):
        return written_as(tracer.ask(node.args[index], path[1:], at), Origin.SETTINGS)
    defaults = keyword_of(made, "defaults")
    if isinstance(defaults, ast.Tuple | ast.List):
        place = index - len(names) + len(defaults.elts)
        if place >= 0:
            found = written_as(tracer.ask(defaults.elts[place], path[1:], there), Origin.SETTINGS)
            return led_by(found, step(there.scope.module, made))
    return None


def zipped_values(tracer: Tracer, node: ast.expr, path: Path, at: At) -> tuple[Outcome, ...] | None:
    """The value that ``zip(names, values)`` puts beside a name; None where it is no such call."""
    match node:
        case ast.Call(func=ast.Name(id="zip"), args=[keys, values]) if _names(keys):
            names = _names(keys)
            if path[0][1:] not in names:
                return ()
            place = f"[{names.index(path[0][1:])}"
            return written_as(tracer.ask(values, (place, *path[1:]), at), Origin.DICT)
    return None


def same_for_all(tracer: Tracer, node: ast.Call, path: Path, at: At) -> tuple[Outcome, ...] | None:
    """What ``dict.fromkeys(names, 5)`` puts under each name."""
    if len(node.args) != 2 or path[0][1:] not in _names(node.args[0]):
        return None
    return written_as(tracer.ask(node.args[1], path[1:], at), Origin.DICT)


def _names(node: ast.expr) -> list[str]:
    """The names in ``("size", "overflow")``, ``"size overflow"``; none where one is not shown."""
    match node:
        case ast.Constant(value=str() as text):
            return text.replace(",", " ").split()
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            names = [e.value for e in elements if isinstance(e, ast.Constant)]
            texts = [name for name in names if isinstance(name, str)]
            return texts if len(texts) == len(elements) else []
    return []
