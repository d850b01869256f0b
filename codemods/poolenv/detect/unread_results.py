"""Calls that only make a setting, where nothing reads what they make."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.references import At

_TAKEN = r"\.NAME\b|\bimport\s[^#\r\n]*\bNAME\b|^\s*NAME\s*(?:\bas\s+\w+\s*)?[,)]?\s*$"
"""A name of another module, as another file may read it; also on a line of an import's list."""
_EVERY = r"\bNAME\s+import\s*\*"


def is_unread(program: Program, call: ast.Call, at: At) -> bool:
    """Nothing can read the result of a call: it gets no name, or one that nothing reads.

    A setting of Django has a name in capitals, and what is no test's own may be read from outside.
    """
    match at.stmt:
        case ast.Expr(value=value) if value is call:
            return True
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ) if value is call:
            return not _is_read(program, name, at.scope)
    return False


def _is_read(program: Program, name: str, scope: Scope) -> bool:
    module = scope.module
    own = scope.is_function and not _is_outer(scope, name)
    private = name.startswith("_") or module.source.is_test
    if not own and (scope.is_class or name.isupper() or not private):
        return True
    for hit in program.find_names(module, frozenset({name})):
        if not (isinstance(hit.node, ast.Name) and isinstance(hit.node.ctx, ast.Store)):
            return True
    text = module.source.text
    if own or f'"{name}"' in text or f"'{name}'" in text:
        return not own
    stem = module.path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]
    others = {
        *program.files_matching(name, _TAKEN),
        *program.files_matching(stem, _EVERY),
    }
    return bool(others - {module.path})


def _is_outer(scope: Scope, name: str) -> bool:
    """A function declares a name as its module's, or as that of the function around it."""
    return name in scope.global_names or name in scope.nonlocal_names
