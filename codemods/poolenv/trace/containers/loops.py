"""What the variables of loops and comprehensions hold."""

from __future__ import annotations

import ast

from poolenv.model import Origin
from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.expressions import dotted
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At
from poolenv.trace.containers.rows import Row, is_of_value, of_elements, part_of
from poolenv.trace.outcome import Outcome, written_as
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values.texts import texts_of

_OF_ELEMENTS = frozenset({"list", "tuple", "set", "sorted", "reversed", "iter"})
"""Functions whose results have the elements of what they are given."""
_REASON = "it takes its values from a loop"


def loop_values(
    tracer: Tracer, binding: Binding, source: ast.expr, path: Path, at: At, row: Row | None
) -> tuple[Outcome, ...]:
    """The values of a loop's variable; ``row`` is the one that the loop is taken to be at."""
    column = () if binding.index is None else (f"[{binding.index}",)
    elements = (part_of(row), *column, *path)
    match source:
        case ast.Tuple(elts=elts) | ast.List(elts=elts) | ast.Set(elts=elts):
            return written_as(of_elements(tracer, elts, elements, at), Origin.CONSTANT)
        case ast.Call(func=ast.Attribute(value=mapping, attr="items")) if row and row[0] == "[1":
            return _found(tracer, mapping, elements, source, at)
        case ast.Call(func=ast.Attribute(value=mapping, attr="items" | "values" as how)):
            if how == "items" and binding.index != 1:
                return (tracer.lost("it is a key of a mapping in a loop", source, at),)
            if row and is_of_value(row):
                return tracer.ask(mapping, (part_of(row), *path), at)
            return tracer.ask(mapping, (f"[{row[1] if row else '*'}", *path), at)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _OF_ELEMENTS:
            return _found(tracer, first, elements, source, at)
        case ast.Call(func=ast.Name(id="enumerate"), args=[first, *_]) if binding.index == 1:
            return tracer.ask(first, ("[*", *path), at)
        case ast.Call(func=ast.Name(id="zip"), args=several) if (
            binding.index is not None and binding.index < len(several)
        ):
            return _of_zip(tracer, several, binding.index, path, at, row)
        case ast.Name() | ast.Attribute() | ast.Call() if not (
            isinstance(source, ast.Call) and tracer.externals(source.func, at)
        ):
            return _found(tracer, source, elements, source, at)
    return (tracer.lost(_REASON, source, at),)


def _found(
    tracer: Tracer, sequence: ast.expr, path: Path, source: ast.expr, at: At
) -> tuple[Outcome, ...]:
    """What the elements hold; a row that is looked for and not seen may be anything."""
    found = tracer.ask(sequence, path, at)
    return found if found or path[0] == "[*" else (tracer.lost(_REASON, source, at),)


def _of_zip(
    tracer: Tracer, several: list[ast.expr], index: int, path: Path, at: At, row: Row | None
) -> tuple[Outcome, ...]:
    """``for name, key in zip(names, keys)``: at a known key only where both are written out."""
    if row is None:
        return tracer.ask(several[index], ("[*", *path), at)
    match several[int((row[0] or "[0")[1:])], several[index]:
        case (
            (ast.Tuple(elts=keys) | ast.List(elts=keys)),
            (ast.Tuple(elts=others) | ast.List(elts=others)),
        ):
            pairs = zip(keys, others, strict=False)
            there = [o for k, o in pairs if row[1] in map(str, texts_of(tracer, k, at))]
            return tuple(o for other in there for o in tracer.ask(other, path, at))
    return (tracer.lost(_REASON, several[index], at),)


def last_first(source: ast.expr, at: At) -> list[tuple[ast.expr, At]] | None:
    """The elements of a sequence that is written out, or of ``*args`` at a known call."""
    match source:
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            place = at
        case ast.Name(id=name):
            arguments = at.scope.parameters()
            if at.frame is None or arguments is None or arguments.vararg is None:
                return None
            if arguments.vararg.arg != name:
                return None
            before = len(arguments.posonlyargs) + len(arguments.args)
            bound = at.frame.receiver is not None
            elements = at.frame.call.args[before - int(bound) + at.frame.shift :]
            place = at.frame.at
        case _:
            return None
    if any(isinstance(element, ast.Starred) for element in elements):
        return None
    return [(element, place) for element in reversed(elements)]


def goes_over(scope: Scope, key: ast.expr, base: str) -> bool:
    """``for key in base``: the variable is each key of the mapping in turn."""
    for binding in scope.bindings.get(key.id, ()) if isinstance(key, ast.Name) else ():
        match binding:
            case Binding(kind="for", index=0, node=ast.Call(func=ast.Attribute(attr="items"))):
                pass
            case Binding(kind="for", index=None):
                pass
            case _:
                continue
        held = binding.node
        match held:
            case ast.Call(func=ast.Name(id="list" | "sorted" | "tuple"), args=[inner, *_]):
                held = inner
        match held:
            case ast.Call(func=ast.Attribute(value=inner, attr="items" | "keys"), args=[]):
                held = inner
        if isinstance(held, ast.expr) and dotted(held) == base:
            return True
    return False
