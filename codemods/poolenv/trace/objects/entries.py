"""Attributes of an object that sets them by names which its entries declare.

``entries = [Section("database", [Entry("pool_size", int, default=5)])]`` in a class that does
``setattr(self, …)`` for each, read as ``config.database_pool_size``. The entry gives the value; it
is listed, not rewritten, as what else may set the attribute is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from poolenv.model import Holder
from poolenv.syntax.bindings.expressions import keyword_of, text_of
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.resolving.references import At, ClassReference, Instance
from poolenv.trace.outcome import Outcome, Value, led_by, step
from poolenv.trace.tracer import Tracer

_OBSTACLE = "it is the default of a setting that is declared by its name"
_DEFAULTS = ("default", "default_value", "fallback")


def entry_values(tracer: Tracer, owner: Instance, attr: str) -> tuple[Outcome, ...]:
    """The defaults of the entries that declare an attribute of an object; () where none does."""
    module = owner.scope.module
    if "setattr(self" not in module.source.text:
        return ()
    found: list[Outcome] = []
    for name in _ends(attr):
        for hit in tracer.program.find_settings(module, frozenset({name})):
            call = next((n for n in reversed(hit.outer) if not isinstance(n, ast.keyword)), None)
            if not isinstance(call, ast.Call) or _name(call) is not hit.node:
                continue
            section = attr.removesuffix(name).rstrip("_")
            if _is_read_by(hit, owner) and (not section or section in _sections(hit, call)):
                values = _default(tracer, call, At(hit.scope, hit.stmt))
                found.extend(led_by(values, step(module, call)))
    return tuple(
        replace(o, holder=Holder.FIXED, obstacle=o.obstacle or _OBSTACLE)
        for o in found
        if isinstance(o, Value)
    )


def _ends(attr: str) -> Iterator[str]:
    """The attribute's name, and what follows each of its underscores."""
    yield attr
    for at, sign in enumerate(attr):
        if sign == "_" and attr[at + 1 :]:
            yield attr[at + 1 :]


def _is_read_by(hit: Found, owner: Instance) -> bool:
    """The entry stands in the class itself, or in its module."""
    return hit.scope is owner.scope or hit.scope.parent is None


def _name(call: ast.Call) -> ast.expr | None:
    """What a call says first, or by the keyword ``name``."""
    return call.args[0] if call.args else keyword_of(call, "name")


def _sections(hit: Found, entry: ast.Call) -> Iterator[str]:
    """The names of what an entry stands in: ``Section("database", […])``, ``{"database": […]}``."""
    inner: ast.AST = entry
    for outer in reversed(hit.outer[: hit.outer.index(entry)]):
        match outer:
            case ast.Call():
                name = text_of(_name(outer))
                if name is not None:
                    yield name
            case ast.Dict(keys=keys, values=values) if inner in values:
                key = text_of(keys[values.index(inner)])
                if key is not None:
                    yield key
        inner = outer


def _default(tracer: Tracer, call: ast.Call, at: At) -> tuple[Outcome, ...]:
    """What an entry gives as its default: by keyword, or as the field of this name."""
    default = keyword_of(call, *_DEFAULTS)
    if default is not None:
        return tracer.ask(default, (), at)
    if any(isinstance(r, ClassReference) for r in tracer.refer(call.func, at)):
        return tracer.ask(call, (".default",), at)
    return ()
