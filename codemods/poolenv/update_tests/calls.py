"""Calls of a test file's own helper functions."""

from __future__ import annotations

import ast

from poolenv.syntax.scopes import Module, Scope
from poolenv.update_tests.tables import FunctionDef

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple[ast.Call, tuple[Scope, ...]]
"""A call, and the scopes it stands in."""


def calls_by_name(module: Module) -> dict[str, list[Place]]:
    """Every call of a file by the last part of the called name, with the scopes it stands in."""
    found: dict[str, list[Place]] = {}

    def walk(node: ast.AST, around: tuple[Scope, ...]) -> None:
        for child in ast.iter_child_nodes(node):
            inner = around
            if isinstance(child, FunctionDef | ast.ClassDef):
                inner = (around[0].child(child), *around)
            elif isinstance(child, ast.Call):
                called = child.func
                name = called.attr if isinstance(called, ast.Attribute) else None
                name = called.id if isinstance(called, ast.Name) else name
                if name is not None:
                    found.setdefault(name, []).append((child, around))
            walk(child, inner)

    walk(module.tree, (module.scope,))
    return found
