"""Objects of a class that nothing in the repository hands on: a library's presets.

``Presets.production()`` returns ``Config(pool_size=20)`` and nothing calls it: whoever imports the
library does.
"""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.calls.reached import means
from poolenv.syntax.resolving.classes import decorators

_FILES = 40
_TRANSPARENT = frozenset({"staticmethod", "classmethod", "cache", "lru_cache"})
"""Decorators that leave a function to be called by whoever wants its result."""
_ATTRIBUTE = r"\.NAME\b"
_NAME = r"\bNAME\b"


def presets(callers: Callers, kind: Scope) -> tuple[CallSite, ...]:
    """The constructions of a class that public functions give back which nothing calls.

    In a large repository those in files that are parsed already.
    """
    left, exhausted = callers.reading.left, callers.reading.exhausted
    callers.reading.left = 0 if callers.program.is_large else _FILES
    found = tuple(site for site in callers.constructions(kind) if _is_preset(callers, site))
    callers.reading.left, callers.reading.exhausted = left, exhausted
    return found


def is_public(scope: Scope) -> bool:
    """A function or class that users of the library can name; none of a test."""
    one: Scope | None = scope
    while one is not None and one.parent is not None:
        private = one.name.startswith("_") and not one.name.endswith("__")
        if private or one.parent.is_function:
            return False
        one = one.parent
    return not scope.module.source.is_test


def _is_preset(callers: Callers, site: CallSite) -> bool:
    scope = site.at.scope
    if not scope.is_function or isinstance(scope.node, ast.Lambda) or not is_public(scope):
        return False
    return (
        _is_given_back(site)
        and _TRANSPARENT.issuperset(decorators(scope))
        and not _is_named(callers, scope)
    )


def _is_given_back(site: CallSite) -> bool:
    match site.at.stmt:
        case ast.Return(value=value):
            return value is site.call
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ) if value is site.call:
            returned = [stmt.value for stmt in site.at.scope.returns]
            return any(isinstance(one, ast.Name) and one.id == name for one in returned)
    return False


def _is_named(callers: Callers, scope: Scope) -> bool:
    """An expression outside the tests is the function; True where not every file may be read."""
    owner, program = scope.parent, callers.program
    pattern = _ATTRIBUTE if owner is not None and owner.is_class else _NAME
    importers = program.importers(scope.module.path)
    for path in program.files_matching(scope.name, pattern, importers):
        if program.snapshot.python[path].is_test:
            continue
        if not callers.reading.may_parse(path):
            return True
        module = program.module(path)
        for hit in program.find_names(module, frozenset({scope.name})) if module else ():
            if means(callers.resolver, hit, scope):
                return True
    return False
