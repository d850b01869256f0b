"""Fields whose value other code puts into a field which leads to a pool.

``settings.database.pool_size = given.pool_size``: the class of ``given`` has the default.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from poolenv.model import Site
from poolenv.syntax.program import Program
from poolenv.syntax.references import At, ClassReference, Instance, Reference
from poolenv.syntax.resolve import Resolver
from poolenv.syntax.scopes import Scope
from poolenv.syntax.search import Found
from poolenv.trace.assigned import fields_of, sites_of_fields

_DEEPEST = 20


def put_into_fields(
    program: Program, resolver: Resolver, sites: Iterable[Site], hit: Found, value: ast.expr
) -> Iterator[Site]:
    """The sites of a class's own field that is assigned to such a field; none where it is not."""
    if not (isinstance(hit.node, ast.Name) and hit.scope.is_class):
        return
    name, known = hit.node.id, tuple(sites)
    for path in program.files_matching(name, r"\.NAME\s*="):
        module = program.module(path)
        if module is None or module.source.is_test:
            continue
        for put in program.find_settings_and_members(module, frozenset({name})):
            match put.node, put.stmt:
                case (
                    ast.Attribute(value=base),
                    ast.Assign(targets=[target], value=ast.Attribute(value=given, attr=attr)),
                ) if target is put.node and attr == name:
                    at = At(put.scope, put.stmt)
                    if any(_has(resolver, r, hit.scope) for r in resolver.refer(given, at)):
                        fields = fields_of(resolver, base, name, at)
                        yield from sites_of_fields(known, fields, hit, value)


def _has(resolver: Resolver, reference: Reference, owner: Scope, depth: int = _DEEPEST) -> bool:
    """It is an instance of a class, or of one that may have the field from it."""
    if not isinstance(reference, Instance | ClassReference):
        return False
    if reference.scope.node is owner.node:
        return isinstance(reference, Instance) or depth < _DEEPEST
    bases = resolver.bases(reference.scope) if depth else ()
    return any(_has(resolver, base, owner, depth - 1) for base in bases)
