"""Calls of a test file's own helper functions."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.scopes import Scope
from poolenv.update_tests.tables import FunctionDef

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Place = tuple[ast.Call, tuple[Scope, ...]]
"""A call, and the scopes it stands in."""


def calls_of(function: FunctionNode, scopes: tuple[Scope, ...]) -> Iterator[Place]:
    """Every call of a function in its own file, with the scopes it stands in."""
    module = scopes[-1].module

    def walk(node: ast.AST, around: tuple[Scope, ...]) -> Iterator[Place]:
        for child in ast.iter_child_nodes(node):
            inner = around
            if isinstance(child, FunctionDef | ast.ClassDef):
                inner = (around[0].child(child), *around)
            if isinstance(child, ast.Call):
                called = child.func
                name = called.attr if isinstance(called, ast.Attribute) else None
                name = called.id if isinstance(called, ast.Name) else name
                if name == function.name:
                    yield child, around
            yield from walk(child, inner)

    yield from walk(module.tree, (module.scope,))
