"""Settings that a framework's own object gives by the names of a module's constants.

``from django.conf import settings`` and ``settings.PG_POOL_SIZE``: which modules the object reads
is said outside the code, but by their contract they are modules of settings whose constants have
that very name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from poolenv.model import Holder
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.resolving.references import At
from poolenv.trace.outcome import Outcome, Value, led_by, step
from poolenv.trace.tracer import Path, Tracer

_READ = re.compile(r"(?P<object>[\w.]+\.settings)\.(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)")
_MODULE = re.compile(r"(?:(?:^|/)(?:\w+_)?settings(?:_\w+)?\.py|(?:^|/)settings/\w+\.py)$")
_BOUND = r"^NAME\s*[:=]"
_CERTAIN = "django.conf.settings"
_MOST_FILES = 20
_OBSTACLE = "the settings object of a library gives it by its name, maybe from elsewhere"


def constant_of_settings(
    tracer: Tracer, library: str, path: Path, reader: Module
) -> tuple[Outcome, ...]:
    """The values of the constants that a library's ``settings`` gives; none for anything else.

    What is read is the library's object ``library`` followed by ``path``, in the module ``reader``.
    """
    attributes = [part for part in path if part.startswith(".")]
    read = _READ.match(library + "".join(attributes))
    if read is None:
        return ()
    name = read["name"]
    place = next((i for i, part in enumerate(path) if part == f".{name}"), None)
    if place is None:
        return ()
    found: list[Outcome] = []
    for other in _modules(tracer, name, reader):
        for binding in other.scope.bindings.get(name, ())[:1]:
            if isinstance(binding.node, ast.expr):
                read_last = ast.copy_location(ast.Name(id=name, ctx=ast.Load()), binding.stmt)
                made = tracer.keep(binding.node, read_last)
                values = tracer.ask(made, path[place + 1 :], At(other.scope, None))
                found.extend(led_by(values, step(other, binding.stmt)))
    if not any(isinstance(o, Value) for o in found):
        return ()
    return tuple(found if read["object"] == _CERTAIN else map(_listed, found))


def is_settings_module(path: str) -> bool:
    """A module that such an object may read, by what it is called."""
    return _MODULE.search(path) is not None


def _listed(outcome: Outcome) -> Outcome:
    """Found, never rewritten: how the object is filled is the library's own affair."""
    if not isinstance(outcome, Value):
        return outcome
    return replace(outcome, holder=Holder.FIXED, obstacle=outcome.obstacle or _OBSTACLE)


def _modules(tracer: Tracer, name: str, reader: Module) -> Iterator[Module]:
    """The modules of settings that bind a name; those of the reader's own project, if any do."""
    paths = [p for p in tracer.program.files_matching(name, _BOUND) if is_settings_module(p)]
    top = reader.path.partition("/")[0]
    beside = [path for path in paths if path.partition("/")[0] == top]
    for path in (beside or paths)[:_MOST_FILES]:
        module = tracer.program.module(path)
        if module is not None:
            yield module
