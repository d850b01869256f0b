"""What the variables of loops and comprehensions hold."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from poolenv.model import Origin
from poolenv.syntax.references import At
from poolenv.syntax.scopes import Binding
from poolenv.trace.outcome import Outcome, written_as

if TYPE_CHECKING:
    from poolenv.trace.tracer import Path, Tracer

_OF_ELEMENTS = frozenset({"list", "tuple", "set", "sorted", "reversed", "iter"})
"""Functions whose results have the elements of what they are given."""


def loop_values(
    tracer: Tracer, binding: Binding, source: ast.expr, path: Path, at: At, key: str | None
) -> tuple[Outcome, ...]:
    """The values of a loop's variable; ``key`` is the one that the mapping is taken to be at."""
    match source:
        case ast.Tuple(elts=elts) | ast.List(elts=elts) | ast.Set(elts=elts):
            inner = path if binding.index is None else (f"[{binding.index}", *path)
            there = [e for e in elts if key is None or _may_begin_with(tracer, e, key, at)]
            found = tuple(o for element in there for o in tracer.ask(element, inner, at))
            return written_as(found, Origin.CONSTANT)
        case ast.Call(func=ast.Attribute(value=mapping, attr="items" | "values" as how)):
            if how == "items" and binding.index != 1:
                return (tracer.lost("it is a key of a mapping in a loop", source, at),)
            return tracer.ask(mapping, (f"[{key or '*'}", *path), at)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _OF_ELEMENTS:
            inner = ("[*",) if binding.index is None else ("[*", f"[{binding.index}")
            return tracer.ask(first, (*inner, *path), at)
        case ast.Call(func=ast.Name(id="enumerate"), args=[first, *_]) if binding.index == 1:
            return tracer.ask(first, ("[*", *path), at)
        case ast.Call(func=ast.Name(id="zip"), args=several) if (
            binding.index is not None and binding.index < len(several)
        ):
            return tracer.ask(several[binding.index], ("[*", *path), at)
        case ast.Name() | ast.Attribute() | ast.Call() if not (
            isinstance(source, ast.Call) and tracer.externals(source.func, at)
        ):
            inner = ("[*",) if binding.index is None else ("[*", f"[{binding.index}")
            return tracer.ask(source, (*inner, *path), at)
    return (tracer.lost("it takes its values from a loop", source, at),)


def _may_begin_with(tracer: Tracer, element: ast.expr, key: str, at: At) -> bool:
    """A pair of a loop over pairs has the key, or one that can't be told."""
    if not isinstance(element, ast.Tuple | ast.List) or not element.elts:
        return True
    texts = tracer.texts(element.elts[0], at)
    return not texts or key in texts


def assumed_key(binding: Binding, at: At) -> str | None:
    """The key that a loop over ``mapping.items()``, or over pairs, is taken to be at."""
    for name, text in at.assume:
        for other in at.scope.bindings.get(name, ()):
            if other.stmt is binding.stmt and other.kind == "for" and other.index == 0:
                return text
    return None


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
