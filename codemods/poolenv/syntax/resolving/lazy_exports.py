"""Names that a package imports when they are first asked for (PEP 562)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.resolving.references import ModuleReference, Reference

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver

_IMPORTERS = frozenset({"import_module", "__import__"})


def lazily_imported(resolver: Resolver, module: Module, attr: str) -> list[Reference]:
    """What a module's own ``__getattr__`` imports by the name that it is asked for.

    By a statement of that name, or by the module that a table of the file gives for it.
    """
    found: list[Reference] = []
    for binding in module.scope.bindings.get("__getattr__", ()):
        if not isinstance(binding.node, ast.FunctionDef):
            continue
        function = module.scope.child(binding.node)
        for inner in function.bindings.get(attr, ()):
            if inner.kind == "from":
                found.extend(resolver.binding(inner, function, None))
        if not found and any(name in module.source.text for name in _IMPORTERS):
            for where, name in _from_tables(function, attr):
                found.extend(_named(resolver, module, where, name))
    return found


def _from_tables(function: Scope, attr: str) -> Iterator[tuple[str, str]]:
    """The module and the name there that each table which ``__getattr__`` reads has for a name."""
    module = function.module
    read = {node.id for node in ast.walk(function.node) if isinstance(node, ast.Name)}
    for scope in (function, module.scope):
        for name in read & scope.bindings.keys():
            for binding in scope.bindings[name]:
                if isinstance(binding.node, ast.Dict):
                    yield from _entry(binding.node, attr)


def _entry(table: ast.Dict, attr: str) -> Iterator[tuple[str, str]]:
    for key, value in zip(table.keys, table.values, strict=True):
        match key, value:
            case ast.Constant(value=str() as name), ast.Constant(value=str() as text):
                if name == attr:
                    where, _, there = text.partition(":")
                    yield where, there or attr
            case ast.Constant(value=str() as name), ast.Tuple(
                elts=[ast.Constant(value=str() as where), ast.Constant(value=str() as there)]
            ) if name == attr:
                yield where, there
            case ast.Constant(value=str() as where), ast.List(elts=names) | ast.Tuple(elts=names):
                if any(isinstance(n, ast.Constant) and n.value == attr for n in names):
                    yield where, attr


def _named(resolver: Resolver, module: Module, where: str, name: str) -> list[Reference]:
    """A name of the module that a text names: from the top, or from the package that asks."""
    level = len(where) - len(where.lstrip("."))
    dotted = where[level:]
    program = resolver.program
    path = program.find_module(module.path, dotted, level) if dotted else None
    if path is None and not level:
        path = program.find_module(module.path, dotted, 1)
    if path is None:
        head, _, last = where.rpartition(".")
        path = program.find_module(module.path, head) if last == name and head else None
    found = program.module(path) if path is not None and path != module.path else None
    return resolver.attribute(ModuleReference(found), name) if found is not None else []
