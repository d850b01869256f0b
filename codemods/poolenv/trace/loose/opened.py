"""Where tests make the functions run that open a pool: before or after they change a setting."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from poolenv.model import Site
from poolenv.syntax.bindings.expressions import keyword_of, text_of
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.expected_errors import is_expected_to_raise
from poolenv.syntax.resolving.fixtures import fixture_decorator

_MOST_FUNCTIONS = 60
_SET_UP = frozenset({"setUp", "asyncSetUp", "setup_method", "setup", "setUpClass", "setup_class"})


class Openings:
    """The calls that lead to a pool, found on demand and remembered by the pool's function."""

    def __init__(self, program: Program, callers: Callers) -> None:
        self._program = program
        self._callers = callers
        self._known: dict[int, tuple[CallSite, ...]] = {}

    def after(self, hit: Found, sites: Iterable[Site]) -> bool | None:
        """Whether a test opens one of the sites' pools after a statement; None: not to be seen."""
        calls = [call for site in sites for call in self._leading_to(site)]
        own = [call.at for call in calls if _is_in(call.at.scope, hit.scope)]
        later = [at for at in own if at.stmt is None or _runs_after(at.stmt, hit)]
        if any(at.stmt is None or not is_expected_to_raise(at.scope, at.stmt) for at in later):
            return True
        if own:
            return None if later else False
        prepared = any(_is_prepared_by(hit.scope, call.at.scope) for call in calls)
        return True if prepared else None

    def _leading_to(self, site: Site) -> tuple[CallSite, ...]:
        module = self._program.module(site.path)
        scope = _scope_at(module, site.line) if module is not None else None
        if scope is None:
            return ()
        if id(scope.node) not in self._known:
            self._known[id(scope.node)] = tuple(self._found(scope))
        return self._known[id(scope.node)]

    def _found(self, opening: Scope) -> Iterator[CallSite]:
        waiting, seen = [opening], {id(opening.node)}
        for scope in waiting:
            self._callers.reading.grant()
            for call in self._callers.of(scope):
                yield call
                inside = call.at.scope
                is_new = inside.is_function and id(inside.node) not in seen
                if is_new and len(waiting) < _MOST_FUNCTIONS:
                    seen.add(id(inside.node))
                    waiting.append(inside)


def _scope_at(module: Module, line: int) -> Scope | None:
    """The function around a line, the outermost one; None at the level of a module or class."""
    scope, body = module.scope, module.tree.body
    while True:
        inner = next(
            (
                stmt
                for stmt in body
                if isinstance(stmt, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
                and stmt.lineno <= line <= (stmt.end_lineno or 0)
            ),
            None,
        )
        if inner is None:
            return None
        scope, body = scope.child(inner), inner.body
        if scope.is_function:
            return scope


def _is_in(inside: Scope | None, scope: Scope) -> bool:
    """A scope is another one, or stands in it."""
    while inside is not None and inside is not scope:
        inside = inside.parent
    return inside is not None


def _runs_after(stmt: ast.stmt, hit: Found) -> bool:
    """A statement stands behind the change, or around it in a loop."""
    return stmt.lineno > hit.stmt.lineno or _has_loop(hit.scope, stmt, hit.stmt)


def _has_loop(scope: Scope, first: ast.stmt, second: ast.stmt) -> bool:
    return any(
        isinstance(loop, ast.For | ast.AsyncFor | ast.While)
        and all(loop.lineno <= s.lineno <= (loop.end_lineno or 0) for s in (first, second))
        for loop in ast.walk(scope.node)
    )


def _is_prepared_by(preparing: Scope, test: Scope) -> bool:
    """A test asks for a fixture, or stands in the class whose ``setUp`` that is."""
    node = preparing.node
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    if node.name in _SET_UP:
        return preparing.parent is not None and _is_in(test, preparing.parent)
    decorator = fixture_decorator(node)
    if decorator is None:
        return False
    around = preparing.parent or preparing.module.scope
    near = _is_in(test, around) or preparing.module.path.endswith("conftest.py")
    if keyword_of(decorator, "autouse") is not None and near:
        return True
    name = text_of(keyword_of(decorator, "name")) or node.name
    given = test.parameters()
    return given is not None and any(a.arg == name for a in (*given.args, *given.kwonlyargs))
