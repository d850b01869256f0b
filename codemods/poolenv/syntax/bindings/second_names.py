"""Two names for one object in a scope: what changes it by one name changes it by the other."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from poolenv.syntax.bindings.binding import Binding, Mutation
from poolenv.syntax.bindings.expressions import dotted

EVERY = ast.Name(id="*", ctx=ast.Load())
"""A step of a mutation that may be any key: what a loop changes in each element."""


def share_changes(
    bindings: Mapping[str, list[Binding]], mutations: dict[str, list[Mutation]]
) -> None:
    """Add to the mutations of a scope those that reach an object by its other name.

    ``options = DEFAULTS`` and ``for options in (a.first, a.second)`` give a second name, which
    holds until the name is bound anew.
    """
    for name, chain, line in list(_second_names(bindings)):
        for one, other in ((name, chain), (chain, name)):
            known = mutations.get(other, [])
            places = {(id(m.stmt), m.kind, m.steps) for m in known}
            shared = [
                replace(mutation, base=other)
                for mutation in mutations.get(one, ())
                if mutation.stmt.lineno >= line
                and mutation.kind != "passed"
                and (id(mutation.stmt), mutation.kind, mutation.steps) not in places
                and _bound_at(bindings[name], mutation.stmt.lineno) == line
            ]
            if shared:
                mutations[other] = [*known, *shared]
    for name, chain, stmt in reversed(list(_looped_over(bindings))):
        if name in mutations:
            mutations.setdefault(chain, []).extend(
                replace(mutation, base=chain, steps=(EVERY, *mutation.steps))
                for mutation in mutations[name]
                if mutation.kind != "passed"
                and stmt.lineno < mutation.stmt.lineno <= (stmt.end_lineno or 0)
                and _bound_at(bindings[name], mutation.stmt.lineno) == stmt.lineno
            )


def _looped_over(
    bindings: Mapping[str, list[Binding]],
) -> Iterator[tuple[str, str, ast.stmt]]:
    """The variables that hold each element of a mapping or sequence, which is a chain of names."""
    for name, several in bindings.items():
        for binding in several if several[0].kind == "for" else ():
            if binding.kind != "for":
                continue
            match binding.node, binding.index:
                case ast.Call(func=ast.Attribute(value=held, attr="values"), args=[]), None:
                    chain = dotted(held)
                case ast.Call(func=ast.Attribute(value=held, attr="items"), args=[]), 1:
                    chain = dotted(held)
                case (ast.Name() | ast.Attribute()) as held, None:
                    chain = dotted(held)
                case _:
                    continue
            if chain is not None and chain != name:
                yield name, chain, binding.stmt


def _second_names(bindings: Mapping[str, list[Binding]]) -> Iterator[tuple[str, str, int]]:
    """Each such name, the chain of names it stands for, and the line that binds it."""
    for name, several in bindings.items():
        for binding in several:
            held: list[ast.expr] = []
            if binding.kind == "assign" and isinstance(binding.node, ast.Name | ast.Attribute):
                held = [binding.node]
            elif binding.kind == "for" and binding.index is None:
                held = getattr(binding.node, "elts", held)
            for node in held:
                chain = dotted(node)
                if chain is not None and chain != name:
                    yield name, chain, binding.stmt.lineno


def _bound_at(bindings: list[Binding], before: int) -> int:
    """The line of the last statement up to a line that binds a name."""
    return max(b.stmt.lineno for b in bindings if b.stmt.lineno <= before)
