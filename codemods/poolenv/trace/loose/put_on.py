"""Fields whose value other code puts into what leads to a pool.

``settings.database.pool_size = given.pool_size``: the class of ``given`` has the default.
``options["orders_pool_size"] = self.orders_pool_size``: a function which leads to a pool has a
parameter of that name, and that is none of the library's own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from poolenv.model import Origin, Site
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.references import At, ClassReference, Instance, Reference
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.trace.loose.assigned import fields_of, sites_of_fields

_DEEPEST = 20
_PUT = r"(?:\.NAME|\[[\"']NAME[\"']\])\s*=(?!=)"
_OBSTACLE = "it reaches the pool by a construction that the code does not show"


def put_into_fields(
    program: Program, resolver: Resolver, sites: Iterable[Site], hit: Found, value: ast.expr
) -> Iterator[Site]:
    """The sites of a class's own field that is put into something such; none where it is not."""
    if not (isinstance(hit.node, ast.Name) and hit.scope.is_class):
        return
    name, known = hit.node.id, tuple(sites)
    for path in program.files_matching(name, _PUT):
        module = program.module(path)
        if module is None or module.source.is_test:
            continue
        for put in program.find_settings_and_members(module, frozenset({name})):
            at = At(put.scope, put.stmt)
            match put.node, put.stmt:
                case (
                    ast.Attribute(value=base),
                    ast.Assign(targets=[target], value=ast.Attribute() as taken),
                ) if target is put.node and _is_of(resolver, taken, hit, at):
                    fields = fields_of(resolver, base, name, at)
                    yield from sites_of_fields(known, fields, hit, value)
                case (
                    ast.Constant() as key,
                    ast.Assign(targets=[ast.Subscript(slice=entry)], value=put_there),
                ) if key is entry and any(
                    _is_of(resolver, node, hit, at) for node in ast.walk(put_there)
                ):
                    parameters = [*_parameters_of(program, known, name)]
                    for site in sites_of_fields(known, parameters, hit, value):
                        yield replace(site, obstacle=_OBSTACLE)


def _parameters_of(
    program: Program, sites: Iterable[Site], name: str
) -> Iterator[tuple[str, int, int]]:
    """The lines of the defaults that parameters of a name have on their way to a pool."""
    written = re.compile(rf"\b{re.escape(name)}\s*(?::[^=]*)?=\s*\Z")
    for site in sites:
        source = site.source
        if source is None or site.origin is not Origin.FUNCTION_DEFAULT or name == site.argument:
            continue
        module = program.module(source.path)
        if module is None:
            continue
        line = module.lines.line_text(source.line)
        if written.search(line[: source.column - 1]):
            yield source.path, source.line, source.line


def _is_of(resolver: Resolver, node: ast.AST, hit: Found, at: At) -> bool:
    """``given.pool_size`` where ``given`` has the field of a class that was come upon."""
    match node, hit.node:
        case ast.Attribute(value=given, attr=attr), ast.Name(id=name) if attr == name:
            return any(_has(resolver, r, hit.scope) for r in resolver.refer(given, at))
    return False


def _has(resolver: Resolver, reference: Reference, owner: Scope, depth: int = _DEEPEST) -> bool:
    """It is an instance of a class, or of one that may have the field from it."""
    if not isinstance(reference, Instance | ClassReference):
        return False
    if reference.scope.node is owner.node:
        return isinstance(reference, Instance) or depth < _DEEPEST
    bases = resolver.bases(reference.scope) if depth else ()
    return any(_has(resolver, base, owner, depth - 1) for base in bases)
