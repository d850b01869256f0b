"""Settings that an application of Pyramid holds: what registers them, and what reads them.

``Configurator(settings=…)``, ``testing.setUp(settings=…)`` and ``config.add_settings(…)`` fill the
one mapping that ``config.get_settings()`` and ``request.registry.settings`` give (Pyramid 2.0).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from poolenv.syntax.bindings.expressions import keyword_of, last_name
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.resolving.references import At
from poolenv.trace.containers import mappings
from poolenv.trace.functions import passing
from poolenv.trace.objects import web_config
from poolenv.trace.outcome import Outcome, Value
from poolenv.trace.tracer import Path, Tracer

_MAKES = frozenset(
    {"pyramid.config.Configurator", "pyramid.testing.setUp", "pyramid.testing.testConfig"}
)
_WORDS = frozenset({"add_settings", *(name.rpartition(".")[2] for name in _MAKES)})
_SETTINGS = (".registry", ".settings")
_MOST_FILES = 40
_FROM_FILE = "the settings of the application come from its configuration file, too"


@dataclass(frozen=True, slots=True)
class _Registration:
    """A call that gives settings to an application, and the call that made this one, if seen."""

    call: ast.Call
    at: At
    makes: CallSite | None


def completed(
    tracer: Tracer, node: ast.Attribute, path: Path, at: At, found: tuple[Outcome, ...]
) -> tuple[Outcome, ...]:
    """What was found at a path into an attribute, or what applications hold in one of that name.

    ``….registry.settings`` are the settings of the application that serves a request.
    """
    of_registry = node.attr == "settings" and last_name(node.value) == "registry"
    if of_registry and isinstance(node.value, ast.Attribute) and not _is_answered(found):
        return any_settings(tracer, node, path, at) or found
    return web_config.completed(tracer, node, path, at, found)


def _is_answered(found: tuple[Outcome, ...]) -> bool:
    """The configurator that settings are read from was found, or something else that has them."""
    return any(isinstance(o, Value) or o.reason == _FROM_FILE for o in found)


def settings_read(
    tracer: Tracer, configurator: ast.expr, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """What ``config.get_settings()`` gives: of the configurator that comes here, else of any."""
    if not path:
        return None
    found = tracer.ask(configurator, (*_SETTINGS, *path), at)
    if _is_answered(found):
        return found
    return any_settings(tracer, configurator, path, at)


def made_settings(
    tracer: Tracer, function: str, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """The settings of the application that a call makes; None where it makes none.

    What is added to a configurator that comes from elsewhere may be added to this one.
    """
    if function not in _MAKES or path[:2] != _SETTINGS or not path[2:]:
        return web_config.of_current(tracer, function, path, at.scope.module) or None
    found: list[Outcome] = []
    for one in _registrations(tracer, path[2][1:], frozenset({at.scope.module.path})):
        if one.makes is None or one.makes.call is node:
            found.extend(_given(tracer, one, path[2:]))
    return (*found, tracer.lost(_FROM_FILE, node, at, mapping=True))


def any_settings(tracer: Tracer, node: ast.expr, path: Path, at: At) -> tuple[Outcome, ...] | None:
    """What the repository registers at a path in whichever application; None without Pyramid."""
    if not path[0].startswith("[") or not tracer.program.files_mentioning("pyramid"):
        return None
    found: list[Outcome] = []
    for one in _registrations(tracer, path[0][1:]):
        values = _given(tracer, one, path)
        found.extend(passing.from_call(tracer, one.makes, values) if one.makes else values)
    return (*found, tracer.lost(_FROM_FILE, node, at, mapping=True))


def _given(tracer: Tracer, one: _Registration, path: Path) -> list[Value]:
    """What one call registers: unsure, as another one may replace it, or the file may."""
    call = one.call
    if one.makes is not None and call is one.makes.call:
        given = keyword_of(call, "settings")
        found = tracer.ask(given, path, one.at) if given is not None else ()
    else:
        found = mappings.call_mapping_values(tracer, call, path, one.at)
    return [replace(o, sure=False) for o in found if isinstance(o, Value)]


def _registrations(
    tracer: Tracer, key: str, besides: frozenset[str] = frozenset()
) -> Iterator[_Registration]:
    """The calls in the modules of ``besides``, and in all others, or in those that name a setting.

    A large application configures itself in hundreds of tests, of which a few have the setting.
    """
    program = tracer.program
    naming = {path for word in sorted(_WORDS) for path in program.files_mentioning(word)}
    naming &= frozenset(program.files_mentioning("pyramid"))
    if len(naming) > _MOST_FILES:
        naming &= besides | frozenset(program.files_mentioning(key))
    for path in sorted(naming)[:_MOST_FILES]:
        module = program.module(path)
        if module is not None:
            yield from _in_module(tracer, module)


def _in_module(tracer: Tracer, module: Module) -> Iterator[_Registration]:
    for hit in tracer.program.find_names(module, _WORDS):
        call = hit.outer[-1] if hit.outer else None
        if not isinstance(call, ast.Call) or call.func is not hit.node:
            continue
        at = At(hit.scope, hit.stmt)
        if _makes(tracer, call, at):
            yield _Registration(call, at, CallSite(call, at))
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "add_settings":
            yield _Registration(call, at, _maker(tracer, call.func.value, at))


def _makes(tracer: Tracer, call: ast.Call, at: At) -> bool:
    return not _MAKES.isdisjoint(tracer.externals(call.func, at))


def _maker(tracer: Tracer, configurator: ast.expr, at: At) -> CallSite | None:
    """The call that made the configurator, where the same scope makes it."""
    if not isinstance(configurator, ast.Name):
        return None
    for binding in at.scope.bindings.get(configurator.id, ()):
        there = At(at.scope, binding.stmt)
        if isinstance(binding.node, ast.Call) and _makes(tracer, binding.node, there):
            return CallSite(binding.node, there)
    return None
