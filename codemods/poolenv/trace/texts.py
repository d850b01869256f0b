"""The strings that an expression may be: keys of mappings, names of variables."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from poolenv.syntax.references import At
from poolenv.trace.outcome import Value, not_in_tests

if TYPE_CHECKING:
    from poolenv.trace.tracer import Tracer

_METHODS: dict[str, Callable[[str], str]] = {
    "upper": str.upper,
    "lower": str.lower,
    "strip": str.strip,
}


def texts_of(tracer: Tracer, node: ast.expr, at: At, *, shipped: bool) -> tuple[str | int, ...]:
    """The strings (or indexes) an expression may be.

    ``shipped`` leaves out what only tests pass, where other code says something.
    """
    match node:
        case ast.Constant(value=str() | int() as value):
            return (value,)
        case ast.Name(id=variable):
            for name, text in at.assume:
                if name == variable:
                    return (text,)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            lefts = texts_of(tracer, left, at, shipped=shipped)
            rights = texts_of(tracer, right, at, shipped=shipped)
            return tuple(f"{a}{b}" for a in lefts for b in rights)
        case ast.JoinedStr(values=parts):
            return _formatted(tracer, parts, at, shipped=shipped)
        case ast.Call(func=ast.Attribute(value=base, attr=name), args=[]) if name in _METHODS:
            inner = texts_of(tracer, base, at, shipped=shipped)
            return tuple(_METHODS[name](text) for text in inner if isinstance(text, str))
    found = tracer.ask(node, (), at)
    known: Sequence[Value] = [o for o in found if isinstance(o, Value) and o.known]
    if shipped:
        known = not_in_tests(tracer.program, known) or known
    values = dict.fromkeys(o.value for o in known)
    return tuple(v for v in values if isinstance(v, str | int) and not isinstance(v, bool))


def _formatted(tracer: Tracer, parts: list[ast.expr], at: At, *, shipped: bool) -> tuple[str, ...]:
    texts: tuple[str, ...] = ("",)
    for part in parts:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        options = texts_of(tracer, inner, at, shipped=shipped)
        texts = tuple(f"{a}{b}" for a in texts for b in options)
    return texts
