"""Factories that are given to another function, which calls them: ``build(create_engine, …)``."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.call_site import wanted_for
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.calls.receiving import receiving
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.arguments import parameter_names
from poolenv.syntax.resolving.references import At, External, Reference
from poolenv.syntax.resolving.resolve import Resolver

_RUNNERS = {
    "asyncio.to_thread": 1,
    "starlette.concurrency.run_in_threadpool": 1,
    "fastapi.concurrency.run_in_threadpool": 1,
    "anyio.to_thread.run_sync": 1,
    "trio.to_thread.run_sync": 1,
    "twisted.internet.threads.deferToThread": 1,
}
"""Functions of libraries that call what they are given, with what follows it."""
_METHODS = {"run_in_executor": 2, "submit": 1, "run_sync": 1}
"""The same of methods, whatever the object is called."""


def is_argument(hit: Found) -> bool:
    """It is passed to a call as it is, by position or keyword."""
    match hit.outer:
        case (*_, ast.Call(func=function)):
            return function is not hit.node
        case (*_, ast.Call(), ast.keyword()):
            return True
    return False


def runner_shift(resolver: Resolver, call: ast.Call, node: ast.expr, at: At) -> int | None:
    """How many arguments of a library's runner come before the factory's own; None: no runner."""
    references = resolver.refer(call.func, at)
    outside = [r.plain for r in references if isinstance(r, External)]
    if len(outside) < len(references):
        return None
    known = [_RUNNERS[name] for name in outside if name in _RUNNERS]
    if not known and isinstance(call.func, ast.Attribute) and call.func.attr in _METHODS:
        known = [_METHODS[call.func.attr]]
    if known and len(call.args) >= known[0] and call.args[known[0] - 1] is node:
        return known[0]
    return None


@dataclass(frozen=True, slots=True)
class Handed:
    """Finds the calls that functions of the repository make of a factory they are handed."""

    program: Program
    resolver: Resolver
    callers: Callers
    is_factory: Callable[[Reference], bool]

    def calls(self, hit: Found, depth: int = 4) -> Iterator[tuple[ast.Call, At]]:
        """The calls, where nothing else is handed on for the same parameter, save by tests."""
        place = next((n for n in reversed(hit.outer) if isinstance(n, ast.Call)), None)
        if place is None or not isinstance(hit.node, ast.expr) or not is_argument(hit):
            return
        at = At(hit.scope, hit.stmt)
        for scope, name in receiving(self.resolver, place, hit.node, at):
            if name in scope.bindings or depth == 0 or not self._alone(scope, name):
                continue
            for inner in self.program.find_names(scope.module, frozenset({name})):
                outer = inner.outer[-1] if inner.outer else None
                if not _reads(inner.scope, scope, name) or not isinstance(inner.node, ast.Name):
                    continue
                if isinstance(outer, ast.Call) and outer.func is inner.node:
                    yield outer, At(inner.scope, inner.stmt)
                else:
                    yield from self.calls(inner, depth - 1)

    def _alone(self, scope: Scope, name: str) -> bool:
        for site in self.callers.of(scope, wanted_for(scope, name)):
            if site.at.scope.module.source.is_test:
                continue
            passed = site.passed(scope, name)
            if passed is not None and not any(
                map(self.is_factory, self.resolver.refer(passed, site.at))
            ):
                return False
        return True


def _reads(inside: Scope | None, scope: Scope, name: str) -> bool:
    """The name means the parameter of the function, there or in a function inside it."""
    while inside is not None and inside is not scope and name not in inside.bindings:
        if name in parameter_names(inside):
            return False
        inside = inside.parent
    return inside is scope
