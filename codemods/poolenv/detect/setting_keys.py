"""Settings whose name a constant holds: ``app.config[Key.ENGINE_OPTIONS] = options``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.search import Found
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.references import At, ClassReference, ModuleReference
from poolenv.syntax.resolving.resolve import Resolver

_AS_KEY = r"\bNAME\s*[\],:]"


def names_a_setting(hit: Found, name: str) -> bool:
    """``NAME = "NAME"``: what is assigned is a setting's name, not a setting."""
    value = getattr(hit.stmt, "value", None)
    return isinstance(value, ast.Constant) and value.value == name


def key_uses(program: Program, resolver: Resolver, hit: Found) -> Iterator[Found]:
    """Where the constant that a text is assigned to is a key; nothing for any other text."""
    match hit.stmt:
        case (
            ast.Assign(targets=[ast.Name(id=constant)], value=value)
            | ast.AnnAssign(target=ast.Name(id=constant), value=value)
        ) if value is hit.node and not hit.scope.is_function:
            pass
        case _:
            return
    importers = program.importers(hit.scope.module.path)
    for path in program.files_matching(constant, _AS_KEY, importers):
        module = program.module(path)
        if module is None:
            continue
        for use in program.find_names(module, frozenset({constant})):
            parent = use.outer[-1] if use.outer else None
            if isinstance(parent, ast.Subscript | ast.Dict | ast.Call) and _is_it(
                program, resolver, use, hit
            ):
                yield use


def _is_it(program: Program, resolver: Resolver, use: Found, constant: Found) -> bool:
    """A name or attribute is the constant of that class or module."""
    scope = constant.scope
    at = At(use.scope, use.stmt)
    match use.node:
        case ast.Attribute(value=owner):
            for reference in resolver.refer(owner, at):
                match reference:
                    case ClassReference(scope=held) if held is scope:
                        return True
                    case ModuleReference(module=module) if module.scope is scope:
                        return True
        case ast.Name(id=name) if scope.parent is None:
            if use.scope.module is scope.module:
                return True
            for binding in use.scope.module.scope.bindings.get(name, ()):
                if binding.kind == "from" and isinstance(binding.stmt, ast.ImportFrom):
                    stmt = binding.stmt
                    here = use.scope.module.path
                    found = program.find_module(here, stmt.module or "", stmt.level)
                    if found == scope.module.path:
                        return True
    return False
