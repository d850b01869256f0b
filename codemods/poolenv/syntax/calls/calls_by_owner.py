"""Where a function is called, found by what it is called on: for names that many files call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.reading import Reading
from poolenv.syntax.calls.tables import modules_with
from poolenv.syntax.resolving.references import At, FunctionReference

_MOST = 40


def calls_of(reading: Reading, function: Scope) -> tuple[Found, ...]:
    """The calls of a function or method; none of one that is called all over the repository."""
    key = ("calls", id(function.node))
    if key not in reading.followed:
        found = tuple(_calls(reading, function))
        reading.followed[key] = found if len(found) <= _MOST else ()
    return reading.followed[key]


def _calls(reading: Reading, function: Scope) -> Iterator[Found]:
    for module in dict.fromkeys([function.module, *_others(reading, function)]):
        for hit in reading.program.find_names(module, frozenset({function.name})):
            call = hit.outer[-1] if hit.outer else None
            if not isinstance(call, ast.Call) or call.func is not hit.node:
                continue
            assert isinstance(hit.node, ast.expr)
            references = reading.resolver.refer(hit.node, At(hit.scope, hit.stmt))
            if any(isinstance(r, FunctionReference) and r.scope is function for r in references):
                yield Found(call, hit.scope, hit.stmt, hit.outer[:-1])


def _others(reading: Reading, function: Scope) -> Iterator[Module]:
    """Other modules that may call it: a method on its class, or on a module's object of it."""
    owner = function.parent
    if owner is None or not owner.is_class:
        yield from modules_with(reading, function.name, r"\bNAME\s*\(", function)
        return
    made = (
        name
        for name, bindings in owner.module.scope.bindings.items()
        for b in bindings
        if isinstance(b.node, ast.Call)
        and isinstance(b.node.func, ast.Name)
        and b.node.func.id == owner.name
    )
    use = rf"\bNAME(?:\(\))?\s*\.\s*{function.name}\s*\("
    for name in (owner.name, *made):
        yield from modules_with(reading, name, use, function)
