"""Names that functions assign outside themselves: ``global`` and ``nonlocal``."""

from __future__ import annotations

import ast
import re

from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.inner_scopes import scopes_in
from poolenv.syntax.bindings.scopes import Module, Scope

_GLOBAL = re.compile(r"^[ \t]*global[ \t]+(.+)$", re.MULTILINE)


def global_bindings(module: Module, name: str) -> list[tuple[Scope, Binding]]:
    """What functions assign to a name of the module that they declare ``global``."""
    if module.assigned_globals is None:
        module.assigned_globals = _assigned(module)
    return module.assigned_globals.get(name, [])


def _assigned(module: Module) -> dict[str, list[tuple[Scope, Binding]]]:
    found: dict[str, list[tuple[Scope, Binding]]] = {}
    if "global " not in module.source.text or not _GLOBAL.search(module.source.text):
        return found
    for scope in scopes_in(module.scope):
        for one in scope.global_names:
            bound = [(scope, binding) for binding in scope.bindings.get(one, ())]
            found.setdefault(one, []).extend(bound)
    return found


def nonlocal_bindings(scope: Scope, name: str) -> list[tuple[Scope, Binding]]:
    """What functions inside a function assign to a name of it that they call ``nonlocal``."""
    if not scope.module.has_nonlocal:
        return []
    return [
        (inner, binding)
        for inner in scopes_in(scope)
        if name in inner.nonlocal_names
        for binding in inner.bindings.get(name, ())
    ]


def calls_its_own(scope: Scope, stmt: ast.stmt) -> bool:
    """A module calls a function of its own before a statement: that may assign its globals."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and any(binding.kind == "def" for binding in scope.bindings.get(node.func.id, ()))
        for earlier in scope.module.tree.body
        if earlier.lineno < stmt.lineno
        and not isinstance(earlier, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for node in ast.walk(earlier)
    )
