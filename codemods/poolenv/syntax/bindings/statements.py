"""Parts of statements: inner blocks, own expressions, what ``setattr`` sets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.expressions import dotted, text_of


def inner_blocks(stmt: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The statement lists inside a compound statement; nested scopes have none."""
    match stmt:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            yield stmt.body
            yield stmt.orelse
        case ast.With() | ast.AsyncWith():
            yield stmt.body
        case ast.Try() | ast.TryStar():
            yield stmt.body
            for handler in stmt.handlers:
                yield handler.body
            yield stmt.orelse
            yield stmt.finalbody
        case ast.Match(cases=cases):
            for case in cases:
                yield case.body


def header_nodes(stmt: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, those of its inner statements excluded."""
    for value in ast.iter_child_nodes(stmt):
        if isinstance(value, ast.expr):
            yield value


def set_attribute(call: ast.Call) -> tuple[str, tuple[ast.expr | str, ...]] | None:
    """What ``setattr(base, name, value)`` sets; a computed name is a key of ``__dict__``."""
    match call:
        case ast.Call(func=ast.Name(id="setattr"), args=[owner, name, _]):
            pass
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="object"), attr="__setattr__"),
            args=[owner, name, _],
        ):
            pass
        case _:
            return None
    base = dotted(owner)
    if base is None:
        return None
    text = text_of(name)
    return (base, (text,)) if text is not None else (f"{base}.__dict__", (name,))
