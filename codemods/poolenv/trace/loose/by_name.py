"""Modules of constants that a settings object gives by name: ``settings.get_int("PG_POOL_MIN")``.

Who makes the settings object is often not to be seen (a framework hands it in), while the key says
which constant is meant, and the class that loads the module's names says that it is one of these.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from poolenv.catalogue.entry import Sink
from poolenv.catalogue.possibilities import most_of
from poolenv.masking import mask
from poolenv.model import Holder, Origin, Pool, Scalar, Site, Span, Step, Unresolved
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.arguments import parameter_names
from poolenv.syntax.resolving.references import At, ClassReference, External, ModuleReference
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.trace.literals import NotConstantError, constant
from poolenv.trace.loose.listing import listed
from poolenv.trace.loose.settled import is_settled, settled_places

_KEY = r"[\"'](?P<key>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)[\"']"
_DEFAULTED = re.compile(rf"\.(?P<getter>get\w*)\(\s*{_KEY}\s*,\s*(?:\w+\s*=\s*)?\Z")
"""What stands before the default of a look-up."""
_LOOKED_UP = re.compile(rf"(?:\.(?P<getter>get\w*)\(|\[)\s*{_KEY}")
_BEFORE = 160
_LOADS = "isupper"
"""How the constants of a module are told from the rest of its names."""
_NAMES_OF = frozenset({"dir", "vars", "getmembers"})
_REASON = (
    "a pool's argument is looked up by this name in a settings object, and nothing in the code"
    " shows that the object takes it from this module"
)
_Asked = tuple[str, Site]
"""The method by which a key is looked up, and the site of the default beside it."""


@dataclass(frozen=True, slots=True)
class _Loader:
    """The modules whose constants a class (or a function of a module) loads by their names."""

    owner: Scope
    paths: frozenset[str]


def constants_by_name(
    program: Program,
    resolver: Resolver,
    callers: Callers,
    sites: Iterable[Site],
    lost: Iterable[Unresolved],
) -> tuple[list[Site], list[Unresolved]]:
    """The constants that look-ups on the way to a pool name; sites where their module is loaded.

    ``sites`` are what was found so far, the look-ups' defaults among them; ``lost`` are arguments
    without a value, whose way may end at a look-up that has no default.
    """
    known = tuple(sites)
    asked: dict[str, list[_Asked]] = {}
    for site in known:
        hit = _default_of_look_up(program, site)
        if hit is not None:
            asked.setdefault(hit["key"], []).append((hit["getter"], site))
    open_keys = {key: entry for entry in lost for key in _looked_up(entry)}
    if not asked and not open_keys:
        return [], []
    settled = settled_places(known)
    loaders: list[_Loader] | None = None
    found: list[Site] = []
    unplaced: list[Unresolved] = []
    for key in sorted({*asked, *open_keys}):
        for module, value in _constants(program, key):
            span = module.lines.span(value)
            if is_settled(settled, span):
                continue
            if loaders is None:
                loaders = [*_loaders(program, resolver, callers)]
            given = _given(resolver, loaders, module, asked.get(key, ()))
            if given:
                found.extend(_site(one, module, span, value) for one in _one_per_pool(given))
            else:
                sink = asked[key][0][1].sink if key in asked else open_keys[key].sink
                entry = listed(module, (span.line, span.column), key, _REASON, sink=sink)
                unplaced.append(entry)
    return found, unplaced


def _given(
    resolver: Resolver, loaders: Iterable[_Loader], module: Module, asked: Iterable[_Asked]
) -> list[Site]:
    """The sites of look-ups that classes may answer which load the constants of a module."""
    owners = [one.owner for one in loaders if module.path in one.paths]
    return [
        site
        for getter, site in asked
        if any(_may_give(resolver, owner, getter) for owner in owners)
    ]


def with_constants(
    pools: Iterable[Pool], named: Iterable[Site], sinks: Mapping[str, Sink]
) -> tuple[Pool, ...]:
    """The pools, each with what such constants may give its arguments; ``sinks`` by their id."""
    more: dict[object, dict[str, list[Scalar]]] = {}
    for site in named:
        more.setdefault(site.pool, {}).setdefault(site.argument, []).append(site.value)
    return tuple(_with(pool, more.get(pool.key, {}), sinks) for pool in pools)


def _with(pool: Pool, more: Mapping[str, list[Scalar]], sinks: Mapping[str, Sink]) -> Pool:
    if not more or pool.sink not in sinks:
        return pool
    arguments = dict(pool.arguments)
    for name, values in more.items():
        arguments[name] = tuple(dict.fromkeys((*arguments.get(name, ()), *values)))
    known = {name: values for name, values in arguments.items() if name in pool.passed}
    limit = most_of(sinks[pool.sink], known, pool.lost, pool.pool_class)
    return replace(
        pool,
        arguments=MappingProxyType(arguments),
        max_connections=limit.connections,
        limit=limit.kind,
    )


def _default_of_look_up(program: Program, site: Site) -> re.Match[str] | None:
    """``.get_int("PG_POOL_MIN", `` before a site's literal."""
    source = site.source
    if source is None or site.env is not None or site.holder is Holder.SETTINGS_FIELD:
        return None
    file = program.snapshot.python.get(source.path)
    module = program.module(source.path) if file is not None and ".get" in file.text else None
    if module is None:
        return None
    end = module.lines.offset(source.line, source.column)
    return _DEFAULTED.search(module.source.text, max(0, end - _BEFORE), end)


def _looked_up(entry: Unresolved) -> Iterator[str]:
    """The key of the last look-up on an argument's way, where its line has only one."""
    for step in reversed(entry.chain):
        keys = {hit["key"] for hit in _LOOKED_UP.finditer(step.text)}
        if keys:
            if len(keys) == 1 and "environ" not in step.text and "getenv" not in step.text:
                yield from keys
            return


def _constants(program: Program, key: str) -> Iterator[tuple[Module, ast.expr]]:
    """The numbers that modules outside the tests assign to a name."""
    for path in program.files_matching(key, r"^NAME\s*[:=]"):
        module = None if program.snapshot.python[path].is_test else program.module(path)
        for binding in module.scope.bindings.get(key, ()) if module is not None else ():
            value = getattr(binding.stmt, "value", None)
            if module is None or binding.kind != "assign" or not isinstance(value, ast.expr):
                continue
            try:
                worth = constant(value)
            except NotConstantError:
                continue
            if isinstance(worth, int | float):
                yield module, value


def _loaders(program: Program, resolver: Resolver, callers: Callers) -> Iterator[_Loader]:
    """``for key in dir(module): if key.isupper(): …`` wherever it stands."""
    for path in program.files_mentioning(_LOADS):
        module = None if program.snapshot.python[path].is_test else program.module(path)
        if module is None:
            continue
        for hit in program.find_names(module, frozenset({_LOADS})):
            scope = hit.scope
            owner = scope.enclosing_class()
            if owner is None or not scope.is_function:
                continue
            callers.reading.grant()
            paths = {
                path
                for subject in _subjects(scope)
                for path in _modules(program, resolver, callers, subject, scope)
            }
            if paths:
                yield _Loader(owner, frozenset(paths))


def _subjects(scope: Scope) -> Iterator[ast.expr]:
    """What a function goes through the names of: ``dir(x)``, ``vars(x)``, ``x.__dict__``."""
    for node in ast.walk(scope.node):
        match node:
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=[subject, *_]
            ) if name in _NAMES_OF:
                yield subject
            case ast.Attribute(value=subject, attr="__dict__"):
                yield subject


def _modules(
    program: Program, resolver: Resolver, callers: Callers, subject: ast.expr, scope: Scope
) -> Iterator[str]:
    """The paths of the modules that an expression of a function may be."""
    for reference in resolver.refer(subject, At(scope, None)):
        if isinstance(reference, ModuleReference):
            yield reference.module.path
    if not isinstance(subject, ast.Name) or subject.id not in parameter_names(scope):
        return
    for site in callers.of(scope):
        passed = site.passed(scope, subject.id)
        importer = site.at.scope.module
        match passed:
            case None:
                continue
            case ast.Constant(value=str() as dotted):
                named = program.find_module(importer.path, dotted)
                if named is not None and not importer.source.is_test:
                    yield named
            case _ if not importer.source.is_test:
                for reference in resolver.refer(passed, site.at):
                    if isinstance(reference, ModuleReference):
                        yield reference.module.path


def _may_give(resolver: Resolver, owner: Scope, getter: str, depth: int = 20) -> bool:
    """A class has a method of the look-up's name; a library's mapping has ``get``."""
    if getter in owner.bindings:
        return True
    return any(
        _may_give(resolver, base.scope, getter, depth - 1)
        if isinstance(base, ClassReference) and depth > 0
        else isinstance(base, External) and getter == "get"
        for base in resolver.bases(owner)
    )


def _one_per_pool(sites: Iterable[Site]) -> Iterator[Site]:
    seen: set[tuple[object, ...]] = set()
    for site in sites:
        key = (site.pool, site.argument)
        if key not in seen:
            seen.add(key)
            yield site


def _site(known: Site, module: Module, span: Span, value: ast.expr) -> Site:
    text = mask(module.lines.line_text(span.line).strip())
    return replace(
        known,
        value=constant(value),
        source_text=mask(module.lines.source(value)),
        origin=Origin.SETTINGS,
        source=span,
        chain=(*known.chain, Step(span.path, span.line, text)),
        holder=Holder.EXPRESSION,
        obstacle=None,
        untyped_env=False,
        whole_source=None,
    )
