"""The functions and classes that stand inside a scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.scopes import Scope

_DEFINED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def scopes_in(scope: Scope) -> Iterator[Scope]:
    """A scope and all functions and classes below it."""
    yield scope
    for bindings in list(scope.bindings.values()):
        for binding in bindings:
            if isinstance(binding.node, _DEFINED) and binding.kind in ("def", "class"):
                yield from scopes_in(scope.child(binding.node))
