"""Settings that lead to a pool and that tests put other values in place of.

By name (``monkeypatch.setattr(settings, "PG_POOL_MIN", 1)``, one by one or in a loop over a
mapping), by the keyword of what overrides settings (``override_settings(PG_POOL_MIN=1)``), and in
an object that stands in for the settings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from poolenv.model import Site, Span, Unresolved
from poolenv.syntax.bindings.expressions import dotted, last_name
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.references import At, External, Reference
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.trace.literals import NotConstantError, constant
from poolenv.trace.loose.assigned import (
    fields_among,
    is_global,
    is_set_by,
    sites_from,
    sites_of_fields,
)
from poolenv.trace.loose.listing import listed
from poolenv.trace.loose.opened import Openings
from poolenv.trace.loose.settled import is_settled, settled_places
from poolenv.trace.loose.stand_ins import handed_in_for, stood_in_for
from poolenv.trace.names.framework_settings import is_settings_module

_OVERRIDING = re.compile(r"override_\w*(?:settings|config|options)|(?:modify|with)_settings", re.I)
_CONTEXT_OF_TEST = "self.settings"
_LATE = "a test puts it into a setting after it has opened the pool that reads the setting"
_Lines = tuple[str, int, int]
"""Path, first and last line of a field."""


@dataclass(frozen=True, slots=True)
class _Put:
    """A value that a test gives the settings, with where the settings it may be are bound."""

    value: ast.expr
    fields: tuple[_Lines, ...]
    stands_in: bool = False
    """It is in an object that takes the settings' place, so it counts for what the test opens."""


def overridden_settings(
    program: Program, resolver: Resolver, openings: Openings, sites: Iterable[Site]
) -> tuple[list[Site], list[Unresolved]]:
    """The literals that tests put in place of settings which sites come from.

    Listed where the pool is open before; left alone where no test is seen to open it.
    """
    known = tuple(sites)
    fields = _fields(program, known)
    settled = settled_places(known)
    found: list[Site] = []
    late: list[Unresolved] = []
    paths = sorted({path for name in fields for path in program.files_mentioning(name)})
    for path in paths:
        module = program.module(path) if program.snapshot.python[path].is_test else None
        if module is None:
            continue
        for hit in program.find_settings_and_members(module, frozenset(fields)):
            put = _put(resolver, hit, fields[_name(hit)])
            if put is None or is_settled(settled, module.lines.span(put.value)):
                continue
            opens = openings.after(hit, sites_from(known, put.fields))
            if opens is False:
                place = module.lines.span(put.value)
                late.append(listed(module, (place.line, place.column), _name(hit), _LATE))
            elif opens or not put.stands_in:
                found.extend(sites_of_fields(known, put.fields, hit, put.value))
    return found, late


def _fields(program: Program, sites: Iterable[Site]) -> dict[str, list[_Lines]]:
    """Where the values of sites are bound to names of a class or module outside the tests."""
    fields: dict[str, list[_Lines]] = {}
    for source in {site.source for site in sites if site.source is not None}:
        module = program.module(source.path)
        bound = _bound_at(module, source) if module is not None else None
        if bound is not None:
            name, stmt = bound
            fields.setdefault(name, []).append((source.path, stmt.lineno, stmt.end_lineno or 0))
    return fields


def _bound_at(module: Module, source: Span) -> tuple[str, ast.stmt] | None:
    """The name that the statement of a class or module around a value binds."""
    waiting = [*module.tree.body]
    for stmt in waiting:
        if not stmt.lineno <= source.line <= (stmt.end_lineno or 0):
            continue
        match stmt:
            case ast.ClassDef(body=body):
                waiting.extend(body)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return name, stmt
    return None


def _put(resolver: Resolver, hit: Found, fields: list[_Lines]) -> _Put | None:
    """What a test puts where the name stands; None where it is something else."""
    match hit.node, hit.outer[-1:]:
        case ast.Attribute(value=base), _ if isinstance(hit.stmt, ast.Assign):
            value = hit.stmt.value if hit.node in hit.stmt.targets else None
            return _into(resolver, base, value, hit, fields)
        case ast.Constant(), (ast.Call(args=[base, name, value]) as call,) if name is hit.node:
            return _into(resolver, base, value, hit, fields) if is_set_by(call) else None
        case ast.Constant(), (ast.Dict() as mapping,):
            value = _at_key(mapping, hit.node)
            base2 = _set_in_loop(hit.stmt, mapping)
            if base2 is not None:
                return _into(resolver, base2, value, hit, fields)
            return _in_stand_in(resolver, value, hit, fields)
        case ast.keyword(arg=str() as name, value=value), (ast.Call() as call,):
            if name.isupper() and _overrides(call):
                return _given(value, _of_modules(fields))
            return _in_stand_in(resolver, value, hit, fields)
    return None


def _into(
    resolver: Resolver, base: ast.expr, value: ast.expr | None, hit: Found, fields: list[_Lines]
) -> _Put | None:
    """What is put into an attribute of ``base``: of the settings, or of what stands in for them."""
    at = At(hit.scope, hit.stmt)
    if is_global(base, hit.scope):
        references = resolver.refer(base, at)
        if any(isinstance(r, External) and r.name.endswith(".settings") for r in references):
            return _given(value, _of_modules(fields))
        return _given(value, fields_among(resolver, references, _name(hit)))
    if isinstance(base, ast.Name) and base.id == "settings" and not resolver.refer(base, at):
        return _given(value, _of_modules(fields))
    stood_for = stood_in_for(resolver, base, hit.scope)
    return _given(value, fields_among(resolver, stood_for, _name(hit)), stands_in=True)


def _in_stand_in(
    resolver: Resolver, value: ast.expr | None, hit: Found, fields: list[_Lines]
) -> _Put | None:
    """What is passed to a call that makes a stand-in: ``Mock(PG_POOL=5)``, a changed copy."""
    made = next((node for node in reversed(hit.outer) if isinstance(node, ast.Call)), None)
    if made is None:
        return None
    found: list[Reference] = handed_in_for(resolver, made, hit.stmt, hit.scope)
    return _given(value, fields_among(resolver, found, _name(hit)), stands_in=True)


def _given(
    value: ast.expr | None, fields: Iterable[_Lines], *, stands_in: bool = False
) -> _Put | None:
    bound = tuple(fields)
    if value is None or not bound:
        return None
    try:
        constant(value)
    except NotConstantError:
        return None
    return _Put(value, bound, stands_in)


def _of_modules(fields: Iterable[_Lines]) -> Iterator[_Lines]:
    """The fields that are constants of a framework's settings."""
    return (field for field in fields if is_settings_module(field[0]))


def _overrides(call: ast.Call) -> bool:
    """``override_settings(…)``, and ``self.settings(…)`` of Django's own test classes."""
    return (
        _OVERRIDING.fullmatch(last_name(call.func)) is not None
        or dotted(call.func) == _CONTEXT_OF_TEST
    )


def _at_key(mapping: ast.Dict, key: ast.expr) -> ast.expr | None:
    pairs = zip(mapping.keys, mapping.values, strict=True)
    return next((value for one, value in pairs if one is key), None)


def _set_in_loop(stmt: ast.stmt, mapping: ast.Dict) -> ast.expr | None:
    """The object that ``for name, value in {…}.items(): setattr(base, name, value)`` changes."""
    match stmt:
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=worth)]),
            iter=ast.Call(func=ast.Attribute(value=iterated, attr="items")),
            body=body,
        ) if iterated is mapping:
            for node in (n for one in body for n in ast.walk(one)):
                match node:
                    case ast.Call(args=[base, ast.Name(id=first), ast.Name(id=second)]) if (
                        is_set_by(node) and (first, second) == (key, worth)
                    ):
                        return base
    return None


def _name(hit: Found) -> str:
    match hit.node:
        case ast.keyword(arg=str() as name) | ast.Constant(value=str() as name):
            return name
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""
