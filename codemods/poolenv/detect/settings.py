"""Settings that configure pools by their name: ``DATABASES``, ``SQLALCHEMY_ENGINE_OPTIONS``."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from poolenv.catalogue.entry import Argument, Catalogue, Sink
from poolenv.detect.setting_keys import key_uses, names_a_setting
from poolenv.syntax.bindings.expressions import dotted
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.bindings.second_names import EVERY
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.references import At
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.syntax.use import Question, Use

_Named = tuple[str, ast.expr, tuple[str, ...]]
"""A setting's name, the expression that holds it, and the path from there to it."""


def setting_uses(
    program: Program,
    resolver: Resolver,
    catalogue: Catalogue,
    module: Module,
    present: frozenset[str],
) -> Iterator[Use]:
    """The uses of setting sinks in one module, whose text holds the settings ``present``."""
    if not present:
        return
    heads: dict[str, list[tuple[Sink, tuple[str, ...], Argument | None]]] = {}
    for sink in catalogue.settings:
        if sink.setting:
            heads.setdefault(sink.setting[0], []).append((sink, sink.setting[1:], None))
        else:
            for flat in sink.arguments:
                heads.setdefault(flat.name, []).append((sink, (), flat))
    seen: set[tuple[int, str, str]] = set()
    for name in present:
        for sink, steps, argument in heads[name]:
            yield from _changed(module, name, sink, steps, argument)
    for hit, named in _hits(program, resolver, module, present):
        name, node, path = named
        key = (id(hit.scope), ast.dump(node), name)
        if path and key in seen:
            continue
        seen.add(key)
        at = At(hit.scope, None if path or isinstance(node, ast.Name) else hit.stmt)
        entries = _entries(hit, name)
        for sink, steps, argument in heads[name]:
            if steps[:1] == ("*",) and entries:
                for entry, place in entries.items():
                    held = _Held(node, path, at, place, entry)
                    yield _use(sink, (entry, *steps[1:]), argument, held)
            else:
                yield _use(sink, steps, argument, _Held(node, path, at, hit.node))


def _hits(
    program: Program, resolver: Resolver, module: Module, present: frozenset[str]
) -> Iterator[tuple[Found, _Named]]:
    """Where settings are set by their name, or by a constant that holds it."""
    for hit in program.find_settings(module, present):
        named = _named(hit)
        if named is not None:
            yield hit, named
        elif isinstance(hit.node, ast.Constant) and not hit.outer:
            for use in key_uses(program, resolver, hit):
                assert isinstance(use.node, ast.expr)
                keyed = _keyed(str(hit.node.value), use.node, use.outer[-1])
                if keyed is not None:
                    yield use, keyed


def _changed(
    module: Module, name: str, sink: Sink, steps: tuple[str, ...], argument: Argument | None
) -> Iterator[Use]:
    """``DATABASES["default"]["CONN_MAX_AGE"] = 0`` in a module that has the setting from a star."""
    scope = module.scope
    if name in scope.bindings or "*" not in scope.bindings or steps[:1] != ("*",):
        return
    for mutation in scope.mutations.get(name, ()):
        keys = [key.value for key in mutation.steps if isinstance(key, ast.Constant)]
        if len(keys) != len(mutation.steps) or not keys or not isinstance(keys[0], str):
            continue
        base = next(
            node
            for node in ast.walk(mutation.stmt)
            if isinstance(node, ast.Name) and node.id == name
        )
        use = _use(
            sink, (keys[0], *steps[1:]), argument, _Held(base, (), At(scope, None), base, keys[0])
        )
        changed = tuple(q for q in use.questions if _concerns(keys, q.path))
        if changed:
            yield replace(use, questions=changed)


def _concerns(keys: Sequence[object], path: tuple[str, ...]) -> bool:
    """A change at some keys says something of what stands at a path."""
    return all(part == f"[{key}" for key, part in zip(keys, path, strict=False)) and len(
        keys
    ) <= len(path)


@dataclass(frozen=True, slots=True)
class _Held:
    """The expression that holds a setting, and the path from there to it."""

    node: ast.expr
    path: tuple[str, ...]
    at: At
    place: ast.expr | ast.keyword
    entry: str | None = None
    """Its key in a setting that holds several: ``DATABASES["replica"]``."""


def _entries(hit: Found, name: str) -> dict[str, ast.expr]:
    """The keys of a setting that holds several databases, each with where it stands."""
    found: dict[str, ast.expr] = {}
    value = getattr(hit.stmt, "value", None)
    if not isinstance(hit.node, ast.Name) or not isinstance(value, ast.Dict):
        return found
    for key in value.keys:
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            return {}
        found[key.value] = key
    for mutation in hit.scope.mutations.get(name, ()):
        match mutation.steps:
            case (ast.Constant(value=str() as text) as key, *_):
                found.setdefault(text, key)
            case (every, *_) if every is EVERY:
                pass
            case _:
                return {}
    return found


def _named(hit: Found) -> _Named | None:
    """The setting's name, the expression that holds it, and the path from there to it."""
    node = hit.node
    parent = hit.outer[-1] if hit.outer else None
    match node:
        case ast.Name(id=name) if not hit.scope.is_function and not names_a_setting(hit, name):
            return name, ast.copy_location(ast.Name(id=name, ctx=ast.Load()), node), ()
        case ast.keyword(arg=str() as name, value=value) if isinstance(parent, ast.Call):
            if isinstance(parent.func, ast.Attribute) and parent.func.attr in (
                "update",
                "from_mapping",
            ):
                return name, value, ()
        case ast.Constant(value=str() as name):
            return _keyed(name, node, parent)
    return None


def _keyed(name: str, node: ast.expr, parent: ast.AST | None) -> _Named | None:
    match parent:
        case ast.Subscript(value=base, slice=key, ctx=context) if key is node:
            stores = isinstance(context, ast.Store) or dotted(base) is not None
            return (name, base, (f"[{name}",)) if stores else None
        case ast.Dict(keys=keys, values=values):
            for entry, held in zip(keys, values, strict=True):
                if entry is node:
                    return name, held, ()
        case ast.Call(func=ast.Attribute(attr="setdefault"), args=[first, value]) if first is node:
            return name, value, ()
    return None


def _inherited(sink: Sink, held: _Held) -> Iterator[Question]:
    """The flat settings that a configuration class does not set itself but has from a base."""
    scope = held.at.scope
    parent = scope.parent or scope.module.scope
    for argument in sink.arguments:
        if argument.name in scope.bindings:
            continue
        owner = ast.copy_location(ast.Name(id=scope.name, ctx=ast.Load()), held.place)
        node = ast.copy_location(
            ast.Attribute(value=owner, attr=argument.name, ctx=ast.Load()), held.place
        )
        yield Question(argument, node, (), At(parent, None), held.place, splat=True)


def _use(sink: Sink, steps: tuple[str, ...], argument: Argument | None, held: _Held) -> Use:
    below = (*held.path, *(f"[{step}" for step in steps))
    arguments = sink.arguments if argument is None else (argument,)
    questions = tuple(
        Question(
            one,
            held.node,
            (*below, f"[{one.name}") if argument is None else below,
            held.at,
            held.place,
            splat=True,
        )
        for one in arguments
    )
    depth = (*below, "[*").index("[*") + 1 if held.entry is None else len(held.path) + 1
    if argument is not None and held.at.scope.is_class:
        questions = (*questions, *_inherited(sink, held))
    evidence = tuple(
        Question(arguments[0], held.node, (*below[:depth], f"[{key}"), held.at, held.place)
        for key in (sink.setting_evidence or {})
    )
    name = sink.setting[0] if sink.setting else arguments[0].name
    if held.entry is not None:
        name = f"{name}[{held.entry!r}]"
    return Use(sink, held.at, held.place, None, 0, questions, name, evidence)
