"""What imports bind: modules, names of other files, names of libraries."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.resolving.lazy_exports import lazily_imported
from poolenv.syntax.resolving.references import (
    External,
    ModuleReference,
    NamespaceReference,
    Reference,
)

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver

DEPTH = 40


def star_libraries(resolver: Resolver, module: Module) -> list[str]:
    """The libraries whose names ``from library import *`` brings into a module."""
    found = []
    for binding in module.scope.bindings.get("*", ()):
        stmt = binding.stmt
        if not isinstance(stmt, ast.ImportFrom) or stmt.level or not stmt.module:
            continue
        if resolver.program.find_module(module.path, stmt.module) is None:
            found.append(stmt.module)
    return found


def imported_module(resolver: Resolver, alias: ast.alias, module: Module) -> list[Reference]:
    """What ``import a.b`` (the name ``a``) or ``import a.b as c`` binds."""
    if alias.asname is None and "." in alias.name:
        return module_reference(resolver, alias.name.partition(".")[0], module)
    return module_reference(resolver, alias.name, module)


def module_reference(resolver: Resolver, name: str, importer: Module) -> list[Reference]:
    """The module of a dotted name: of the repository, a folder of it, or of a library."""
    path = resolver.program.find_module(importer.path, name)
    if path is not None and path != importer.path:
        module = resolver.program.module(path)
        return [ModuleReference(module)] if module else []
    if resolver.program.namespace(importer.path, name):
        return [NamespaceReference(importer.path, name)]
    return [External(name)]


def imported_name(
    resolver: Resolver, stmt: ast.ImportFrom, name: str, module: Module
) -> list[Reference]:
    """What ``from module import name`` binds."""
    base = stmt.module or ""
    path = resolver.program.find_module(module.path, base, stmt.level)
    if path is None:
        full = f"{base}.{name}" if base else name
        if stmt.level:
            sibling = resolver.program.find_module(module.path, full, stmt.level)
            found = resolver.program.module(sibling) if sibling else None
            return [ModuleReference(found)] if found else []
        below = resolver.program.find_module(module.path, full)
        if below is not None and below != module.path:
            found = resolver.program.module(below)
            return [ModuleReference(found)] if found else []
        return [External(full)]
    found = resolver.program.module(path)
    if found is None:
        return []
    if found is module:
        sub = resolver.program.submodule(path, name)
        inner = resolver.program.module(sub) if sub and sub != path else None
        return [ModuleReference(inner)] if inner else []
    return resolver.attribute(ModuleReference(found), name)


def star_import(resolver: Resolver, name: str, module: Module) -> list[Reference] | None:
    """What ``from other import *`` makes a name of a module; None where it brings none."""
    key = (id(module), name, -1)
    if key in resolver.stack:
        resolver.cuts += 1
        return None
    resolver.stack.add(key)
    try:
        for binding in reversed(module.scope.bindings.get("*", ())):
            assert isinstance(binding.stmt, ast.ImportFrom)
            stmt = binding.stmt
            path = resolver.program.find_module(module.path, stmt.module or "", stmt.level)
            target = resolver.program.module(path) if path else None
            if target is None:
                continue
            if exported(target, name):
                found = resolver.attribute(ModuleReference(target), name)
                if found:
                    return found
    finally:
        resolver.stack.discard(key)
    return None


def module_attribute(resolver: Resolver, module: Module, attr: str) -> list[Reference]:
    """What ``module.attr`` refers to."""
    key = (id(module), attr, -2)
    if resolver.entered(key):
        return []
    resolver.stack.add(key)
    try:
        if attr in module.scope.bindings:
            found = resolver.local(attr, module.scope, None, None)
            if found:
                return found
        sub = resolver.program.submodule(module.path, attr)
        if sub is not None and module.path.endswith("__init__.py"):
            inner = resolver.program.module(sub)
            return [ModuleReference(inner)] if inner else []
        return star_import(resolver, attr, module) or lazily_imported(resolver, module, attr)
    finally:
        resolver.stack.discard(key)


def exported(module: Module, name: str) -> bool:
    """``from module import *`` brings the name."""
    for binding in module.scope.bindings.get("__all__", ()):
        if isinstance(binding.node, ast.List | ast.Tuple):
            names = [e.value for e in binding.node.elts if isinstance(e, ast.Constant)]
            return name in names
    return not name.startswith("_")
