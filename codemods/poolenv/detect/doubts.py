"""Calls that look like a sink by name and arguments, but whose name leads nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from poolenv.catalogue.entry import Sink
from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.resolving.references import External, Reference
from poolenv.syntax.use import keeps_no_connection

_FACTORIES = frozenset({"create_engine", "create_async_engine", "engine_from_config"})
_CLASSES = re.compile(r"(Queue|Connection|Redis|Valkey)\w*(Pool|Cluster)$|^MongoClient$|^PooledDB$")
_LOOKED_AT = frozenset(
    {
        "isinstance",
        "issubclass",
        "patch",
        "object",
        "callable",
        "signature",
        "wraps",
        "create_autospec",
    }
)
"""Functions that look at what they are given, and do not call it."""
_TELLING = re.compile(r"pool|overflow|max_connections|minconn|maxconn", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """The name such a call is made by, and why it is not known to be a sink."""

    name: str
    reason: str
    sink: Sink | None = None
    """The sink whose arguments it takes; None where only the name says so."""


def _of_an_instance(reference: Reference) -> bool:
    """An attribute of some object: nobody knows what it is."""
    return isinstance(reference, External) and "()" in reference.name


def doubtful(node: ast.expr, call: ast.Call, references: Iterable[Reference]) -> Doubt | None:
    """The doubt about a call; None where it is known to be something else, or passes nothing."""
    name = last_name(node)
    known = tuple(references)
    outside = sorted({r.plain for r in known if isinstance(r, External)})
    if name in _FACTORIES:
        if not all(isinstance(r, External) for r in known):
            return None
    elif not _CLASSES.search(name) or not all(map(_of_an_instance, known)):
        return None
    passed = {k.arg for k in call.keywords if k.arg is not None and _TELLING.search(k.arg)}
    splat = any(k.arg is None for k in call.keywords)
    if not splat and (
        not passed
        or (outside and passed == {"pool_size"})
        or (passed == {"poolclass"} and keeps_no_connection(call))
    ):
        return None
    if outside and "()" not in "".join(r.name for r in known if isinstance(r, External)):
        reason = _from_outside(name, outside[0])
    else:
        reason = f"what {name} is here can't be told from the code; look whether it opens a pool"
    return Doubt(name, reason)


def reexported(
    call: ast.Call, references: Iterable[Reference], sinks: Mapping[str, Sink]
) -> Doubt | None:
    """The doubt about a library's callable that another package hands on as its own.

    ``from buildpg import asyncpg`` makes ``asyncpg.create_pool`` a name that ends as the
    library's does; it counts where an argument of the library's is passed.
    """
    for reference in references:
        if not isinstance(reference, External) or _of_an_instance(reference):
            continue
        parts = reference.name.split(".")
        for start in range(1, len(parts) - 1):
            sink = sinks.get(".".join(parts[start:]))
            if sink is not None and _passes(call, sink):
                return Doubt(parts[-1], _from_outside(parts[-1], reference.name), sink)
    return None


def _passes(call: ast.Call, sink: Sink) -> bool:
    passed = {keyword.arg for keyword in call.keywords}
    return None in passed or any(
        argument.name in passed
        or (argument.position is not None and argument.position < len(call.args))
        for argument in sink.arguments
    )


def _from_outside(name: str, qualified: str) -> str:
    origin = qualified.rpartition(".")[0] or qualified
    return f"{name} comes from {origin}, outside this repository; look whether it opens a pool"


def chosen_call(hit: Found) -> ast.Call | None:
    """The call whose function is chosen: ``(create_engine if sync else create_async)(url)``."""
    inner: ast.AST = hit.node
    for outer in reversed(hit.outer):
        if isinstance(outer, ast.IfExp | ast.BoolOp):
            inner = outer
        elif isinstance(outer, ast.Call) and outer.func is inner and inner is not hit.node:
            return outer
        else:
            return None
    return None


def handed_on(hit: Found) -> bool:
    """A factory that stands as a value: an argument, an entry of a table, an attribute.

    A pool's class does so in a table alone; else it is an annotation or a type that is tested.
    """
    name = last_name(hit.node)
    if not isinstance(hit.node, ast.expr):
        return False
    outer = hit.outer[-1] if hit.outer else None
    if not name.startswith(("create_", "engine_from")):
        return isinstance(outer, ast.Dict) and _CLASSES.search(name) is not None
    match outer:
        case ast.Call(func=function):
            return last_name(function) not in _LOOKED_AT
        case ast.keyword() | ast.Dict() | ast.List() | ast.Tuple():
            return True
    match hit.stmt:
        case ast.Assign(targets=[ast.Attribute()], value=value):
            return value is hit.node
    return False
