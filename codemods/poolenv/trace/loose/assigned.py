"""Settings that other code puts into a field which leads to a pool: ``settings.pool_size = 5``."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from poolenv.masking import mask
from poolenv.model import Holder, Origin, Role, Site, Step
from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.variables import bound_in
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    Instance,
    ModuleReference,
    Reference,
)
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.trace.literals import NotConstantError, constant

_OBSTACLE = "other code puts it into a setting, maybe only after the pool is made"


def is_set_by(call: ast.Call) -> bool:
    """``monkeypatch.setattr(settings, "pool_size", 5)``, ``patch.object`` with the same."""
    match call.func:
        case ast.Attribute(attr="setattr") | ast.Name(id="setattr"):
            return True
        case ast.Attribute(attr="object", value=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name == "patch"
    return False


def assigned_to_fields(
    resolver: Resolver, sites: Iterable[Site], hit: Found, value: ast.expr
) -> Iterator[Site]:
    """The sites of a literal that is put into a module's own object; none where no site reads it.

    What a function makes for itself is none: it may never reach a pool.
    """
    match hit.node, hit.outer[-1:]:
        case ast.Attribute(value=base, attr=attr), _:
            pass
        case ast.Constant(value=str() as attr), (ast.Call(args=[base, _, _]),):
            pass
        case _:
            return
    if not is_global(base, hit.scope):
        return
    fields = fields_of(resolver, base, attr, At(hit.scope, hit.stmt))
    yield from sites_of_fields(sites, fields, hit, value)


def fields_of(resolver: Resolver, base: ast.expr, attr: str, at: At) -> list[tuple[str, int, int]]:
    """Where what an expression refers to has an attribute of a name: path, first and last line."""
    return fields_among(resolver, resolver.refer(base, at), attr)


def fields_among(
    resolver: Resolver, references: Iterable[Reference], attr: str
) -> list[tuple[str, int, int]]:
    """The same of what is referred to."""
    return [
        (scope.module.path, binding.stmt.lineno, binding.stmt.end_lineno or 0)
        for reference in references
        for scope, binding in _bound(resolver, reference, attr)
    ]


def sites_of_fields(
    sites: Iterable[Site], fields: Collection[tuple[str, int, int]], hit: Found, value: ast.expr
) -> Iterator[Site]:
    """The sites of a literal that is put into fields: one for each role that these have."""
    roles: set[tuple[str, Role]] = set()
    for site in sites_from(sites, fields):
        if (site.argument, site.role) not in roles:
            roles.add((site.argument, site.role))
            yield _site(site, hit, value)


def sites_from(sites: Iterable[Site], fields: Collection[tuple[str, int, int]]) -> Iterator[Site]:
    """The sites whose value is written in one of some fields."""
    for site in sites if fields else ():
        source = site.source
        if source is not None and any(
            source.path == p and first <= source.line <= last for p, first, last in fields
        ):
            yield site


def is_global(base: ast.expr, scope: Scope) -> bool:
    """The chain of names begins with one that no function binds."""
    while isinstance(base, ast.Attribute):
        base = base.value
    holder = bound_in(scope, base.id) if isinstance(base, ast.Name) else scope
    return isinstance(base, ast.Name) and (holder is None or holder.parent is None)


def _bound(
    resolver: Resolver, reference: Reference, attr: str, depth: int = 20
) -> Iterator[tuple[Scope, Binding]]:
    """What binds an attribute in a module, or in the first class of a hierarchy that has it."""
    match reference:
        case ModuleReference(module=module):
            scope = module.scope
        case ClassReference(scope=scope) | Instance(scope=scope):
            pass
        case _:
            return
    own = scope.bindings.get(attr, ())
    for binding in own:
        yield scope, binding
    if not own and scope.is_class and depth > 0:
        for base in resolver.bases(scope):
            yield from _bound(resolver, base, attr, depth - 1)


def _site(known: Site, hit: Found, value: ast.expr) -> Site:
    module = hit.scope.module
    span = module.lines.span(value)
    try:
        worth = constant(value)
    except NotConstantError:
        worth = None
    text = mask(module.lines.line_text(span.line).strip())
    return replace(
        known,
        path=span.path,
        line=span.line,
        column=span.column,
        value=worth,
        source_text=mask(module.lines.source(value)),
        origin=Origin.SETTINGS,
        source=span,
        env=None,
        chain=(*known.chain, Step(span.path, span.line, text)),
        in_test=module.source.is_test,
        holder=Holder.FIXED,
        obstacle=_OBSTACLE,
        untyped_env=False,
        whole_source=None,
    )
