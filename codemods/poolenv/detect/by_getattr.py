"""Names of sinks that stand in a text: ``getattr(sqlalchemy, "create_engine")``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.program import Program


def by_getattr(program: Program, module: Module, names: frozenset[str]) -> Iterator[Found]:
    """The calls of ``getattr`` that ask for one of the names, each as if it were the name."""
    if "getattr(" not in module.source.text:
        return
    for hit in program.find_settings(module, names):
        call = hit.outer[-1] if hit.outer else None
        match call:
            case ast.Call(func=ast.Name(id="getattr"), args=[_, asked, *_]) if asked is hit.node:
                yield Found(call, hit.scope, hit.stmt, hit.outer[:-1])
