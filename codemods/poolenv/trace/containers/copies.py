"""Copies of records with some fields changed: ``settings.model_copy(update={…})``."""

from __future__ import annotations

import ast
from collections.abc import Collection

from poolenv.syntax.resolving.copies import copied
from poolenv.syntax.resolving.references import At, Reference
from poolenv.trace.containers import mappings
from poolenv.trace.outcome import Outcome
from poolenv.trace.tracer import Path, Tracer


def copied_values(
    tracer: Tracer, functions: Collection[Reference], node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """The values of a field in a changed copy: the change, else what the original holds.

    None where the call makes no copy of a record, or where the whole copy is asked for.
    """
    original = copied(functions, node)
    if original is None or not path or not path[0].startswith("."):
        return None
    unknown: tuple[Outcome, ...] = ()
    for keyword in node.keywords:
        field = path[0][1:]
        if keyword.arg == "update" or keyword.arg is None:
            found = tracer.ask(keyword.value, (f"[{field}", *path[1:]), at)
        elif keyword.arg == field:
            return tracer.ask(keyword.value, path[1:], at)
        else:
            continue
        if mappings.is_there(found):
            return found
        unknown = (*unknown, *found)
    return mappings.joined(unknown, tracer.ask(original, path, at))
