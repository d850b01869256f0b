"""Calls that copy a record with some fields changed, and what they copy."""

from __future__ import annotations

import ast
from collections.abc import Collection

from poolenv.syntax.resolving.references import External, Reference

_METHODS = frozenset({"model_copy", "_replace", "__replace__"})
_FUNCTIONS = frozenset(
    {
        "attr.evolve",
        "attrs.evolve",
        "copy.replace",
        "dataclasses.replace",
        "msgspec.structs.replace",
    }
)


def copied(functions: Collection[Reference], call: ast.Call) -> ast.expr | None:
    """The record that a call of one of these functions copies; None where it copies none."""
    external = [r for r in functions if isinstance(r, External)]
    if call.args and any(r.plain in _FUNCTIONS for r in external):
        return call.args[0]
    if not isinstance(call.func, ast.Attribute) or len(external) < len(functions):
        return None
    changes = any(keyword.arg == "update" for keyword in call.keywords)
    if call.func.attr in _METHODS or (call.func.attr == "copy" and changes):
        return call.func.value
    return None
