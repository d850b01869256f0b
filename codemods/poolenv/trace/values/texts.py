"""The strings that an expression may be: keys of mappings, names of variables."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from poolenv.model import Origin
from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.reaching import reaching
from poolenv.syntax.calls.table_keys import alternatives
from poolenv.syntax.resolving.references import At
from poolenv.trace.outcome import Value, not_in_tests
from poolenv.trace.tracer import Tracer

_METHODS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "strip": str.strip,
}


def texts_of(
    tracer: Tracer, node: ast.expr, at: At, *, shipped: bool = False
) -> tuple[str | int, ...]:
    """The strings (or indexes) an expression may be.

    ``shipped`` leaves out what only tests pass, where other code says something.
    """
    match node:
        case ast.Constant(value=str() | int() as value):
            return (value,)
        case ast.Name(id=variable):
            for name, text in at.assume:
                if name == variable:
                    return tuple(alternatives(text))
            bound, _ = reaching(at.scope, variable, at.stmt)
            if bound and all(_is_put_together(b) for b in bound):
                there = [(b.node, replace(at, stmt=b.stmt)) for b in bound]
                return tuple(
                    text
                    for made, place in there
                    if isinstance(made, ast.expr)
                    for text in texts_of(tracer, made, place, shipped=shipped)
                )
        case ast.Call(func=ast.Attribute(value=base, attr=name), args=[]) if name in _METHODS:
            inner = texts_of(tracer, base, at, shipped=shipped)
            return tuple(_METHODS[name](text) for text in inner if isinstance(text, str))
    parts = pieces(node)
    if parts is not None:
        return _joined(tracer, parts, at, shipped=shipped)
    found = tracer.ask(node, (), at)
    known: Sequence[Value] = [o for o in found if isinstance(o, Value) and o.known]
    if shipped:
        known = not_in_tests(tracer.program, known) or known
    values = dict.fromkeys(o.value for o in known)
    return tuple(v for v in values if isinstance(v, str | int) and not isinstance(v, bool))


def keys_of(tracer: Tracer, node: ast.expr, at: At) -> tuple[str | int, ...]:
    """What a look-up may ask for; ``*`` stands for any entry where the key is not certain."""
    if isinstance(node, ast.Constant) or (
        isinstance(node, ast.Name) and any(node.id == name for name, _ in at.assume)
    ):
        return texts_of(tracer, node, at)
    found = texts_of(tracer, node, at)
    certain = pieces(node) is not None or all(
        isinstance(o, Value) and not o.env and o.origin is not Origin.FUNCTION_DEFAULT
        for o in tracer.ask(node, (), at)
    )
    return found if certain and found else ("*",)


def _is_put_together(binding: Binding) -> bool:
    """``key = prefix + "pool_size"``: asked as a value, it would take part in a calculation."""
    node = binding.node
    return binding.kind == "assign" and isinstance(node, ast.expr) and pieces(node) is not None


def _joined(
    tracer: Tracer, parts: tuple[ast.expr, ...], at: At, *, shipped: bool
) -> tuple[str, ...]:
    made: tuple[str, ...] = ("",)
    for part in parts:
        options = texts_of(tracer, part, at, shipped=shipped)
        made = tuple(f"{a}{b}" for a in made for b in options)
    return made


def pieces(node: ast.expr) -> tuple[ast.expr, ...] | None:
    """The parts of a text that is put together; None where it is no such text."""
    match node:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return (*(pieces(left) or (left,)), *(pieces(right) or (right,)))
        case ast.JoinedStr(values=values):
            return tuple(v.value if isinstance(v, ast.FormattedValue) else v for v in values)
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str() as text), right=right):
            filled = right.elts if isinstance(right, ast.Tuple) else [right]
            return _filled(text.split("%s"), filled, right)
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format"),
            args=filled,
            keywords=[],
        ):
            return _filled(text.split("{}"), filled, node)
    return None


def _filled(
    between: list[str], filled: list[ast.expr], node: ast.expr
) -> tuple[ast.expr, ...] | None:
    """The texts between the places of a template, with what fills these."""
    rest = "".join(between)
    if len(between) != len(filled) + 1 or any(mark in rest for mark in "%{}"):
        return None
    parts: list[ast.expr] = []
    for start, value in zip(between, [*filled, None], strict=True):
        if start:
            parts.append(ast.copy_location(ast.Constant(value=start), node))
        if value is not None:
            parts.append(value)
    return tuple(parts)
