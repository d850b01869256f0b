"""Which errors a function raises where it checks what it is given."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.arguments import receiving_parameter
from poolenv.syntax.resolving.references import At, ClassReference, External, FunctionReference

if TYPE_CHECKING:
    from poolenv.syntax.resolving.resolve import Resolver

_TOO_WIDE = frozenset({"Exception", "BaseException", "object"})
_HELPERS = 2
"""Functions that a check may be moved out to, one from the other."""


def raised_for(
    resolver: Resolver, function: Scope, parameter: str, use: ast.stmt | None
) -> Iterator[str]:
    """The names of the errors raised where a function checks a parameter, and of their bases.

    ``if size <= 0: raise E(size)`` is such a check wherever it stands. A check of what is made of
    the parameter, and one in a function that is called with it, has to stand before its ``use``.
    """
    for error, scope, stmt in _raised(resolver, function, parameter, use, _HELPERS):
        name = last_name(error)
        if name:
            yield name
            yield from _above(resolver, error, At(scope, stmt))


def _raised(
    resolver: Resolver, function: Scope, parameter: str, use: ast.stmt | None, helpers: int
) -> Iterator[tuple[ast.expr, Scope, ast.stmt]]:
    """What is raised, with the scope and the statement that does so."""
    made: set[str] = set()
    inside = (node for node in ast.walk(function.node) if isinstance(node, ast.stmt))
    for stmt in sorted(inside, key=lambda one: one.lineno):
        early = use is not None and (stmt.lineno < use.lineno or _only_keeps(use, parameter))
        names = {parameter, *made} if early else {parameter}
        if isinstance(stmt, ast.If) and _mentions(stmt.test, names):
            for branch in (stmt.body, stmt.orelse):
                error = branch[-1].exc if branch and isinstance(branch[-1], ast.Raise) else None
                error = error.func if isinstance(error, ast.Call) else error
                if error is not None:
                    yield error, function, branch[-1]
        if not early or stmt is use:
            continue
        match stmt:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ) if _mentions(value, names):
                made.add(name)
        if helpers:
            yield from _raised_by_helper(resolver, function, stmt, names, helpers)


def _raised_by_helper(
    resolver: Resolver, function: Scope, stmt: ast.stmt, names: set[str], helpers: int
) -> Iterator[tuple[ast.expr, Scope, ast.stmt]]:
    """What a function of the repository raises that is called with one of some names."""
    match stmt:
        case ast.Expr(value=value) | ast.Assign(value=value):
            call = value.value if isinstance(value, ast.Await) else value
        case _:
            return
    if not isinstance(call, ast.Call):
        return
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    checked = [argument for argument in given if _mentions(argument, names)]
    for reference in resolver.refer(call.func, At(function, stmt)) if checked else ():
        if isinstance(reference, FunctionReference):
            bound = reference.receiver is not None
            for argument in checked:
                inner = receiving_parameter(call, argument, reference.scope, bound=bound)
                if inner is not None:
                    yield from _raised(resolver, reference.scope, inner, None, helpers - 1)


def _only_keeps(stmt: ast.stmt, parameter: str) -> bool:
    """A constructor keeps a parameter in its object: ``self.config = config``."""
    match stmt:
        case (
            ast.Assign(targets=[ast.Attribute()], value=ast.Name(id=name))
            | ast.AnnAssign(target=ast.Attribute(), value=ast.Name(id=name))
        ):
            return name == parameter
    return False


def _mentions(node: ast.expr, names: set[str]) -> bool:
    return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))


def _above(resolver: Resolver, error: ast.expr, at: At) -> Iterator[str]:
    """The classes above an error of the repository, save those that are above all errors."""
    waiting = [r.scope for r in resolver.refer(error, at) if isinstance(r, ClassReference)]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one.node) in seen:
            continue
        seen.add(id(one.node))
        for base in resolver.bases(one):
            match base:
                case ClassReference(scope=above):
                    waiting.append(above)
                    yield above.name
                case External(name=name) if name.rpartition(".")[2] not in _TOO_WIDE:
                    yield name.rpartition(".")[2]
