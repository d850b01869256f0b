"""Calls of a test file's own helper functions."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.resolving.fixtures import FunctionDef

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple[ast.Call, tuple[Scope, ...]]
"""A call, and the scopes it stands in."""


def calls_by_name(module: Module) -> dict[str, list[Place]]:
    """Every call of a file by the last part of the called name, with the scopes it stands in."""
    found: dict[str, list[Place]] = {}
    waiting: list[tuple[ast.AST, tuple[Scope, ...]]] = [(module.tree, (module.scope,))]
    while waiting:
        node, around = waiting.pop()
        for child in reversed(list(ast.iter_child_nodes(node))):
            inner = around
            if isinstance(child, FunctionDef | ast.ClassDef):
                inner = (around[0].child(child), *around)
            waiting.append((child, inner))
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else None
            name = called.id if isinstance(called, ast.Name) else name
            if name is not None:
                found.setdefault(name, []).append((node, around))
    return found
