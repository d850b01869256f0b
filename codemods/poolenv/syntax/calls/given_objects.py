"""Calls of a method on an object that only the callers show: ``self._driver.open(url, 20)``.

``Pools(PostgresDriver())`` says which ``open`` that is, where ``__init__`` keeps its parameter as
``self._driver`` and no annotation names a class.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.calls.call_site import CallSite, wanted_for
from poolenv.syntax.calls.call_text import Wanted
from poolenv.syntax.calls.reading import Reading
from poolenv.syntax.resolving.arguments import parameter_names, receiver_name
from poolenv.syntax.resolving.classes import instance_values
from poolenv.syntax.resolving.references import At, FunctionReference, Instance

_DEPTH = 3

CallersOf = Callable[[Scope, Wanted], tuple[CallSite, ...]]
"""Finds the calls of a function that may pass an argument."""


def calls_on_given(
    reading: Reading, callers_of: CallersOf, module: Module, name: str, target: Scope
) -> Iterator[CallSite]:
    """The calls in a module of a method by this name, on objects that callers make."""
    for hit in reading.program.find_names(module, frozenset({name})):
        call = hit.outer[-1] if hit.outer else None
        if not isinstance(call, ast.Call) or not isinstance(hit.node, ast.Attribute):
            continue
        at = At(hit.scope, hit.stmt)
        if call.func is hit.node and not reading.resolver.refer(hit.node, at):
            given = _made_by_callers(reading, callers_of, hit.node.value, at, _DEPTH)
            if any(_has(reading, one, target) for one in given):
                yield CallSite(call, at, bound=True)


def _has(reading: Reading, one: Instance, method: Scope) -> bool:
    own = reading.resolver.member(one.scope, method.name, one)
    return any(isinstance(r, FunctionReference) and r.scope is method for r in own)


def kept_parameter(node: ast.expr, scope: Scope) -> tuple[Scope, str] | None:
    """The parameter that an expression is: of the function itself, or kept by ``__init__``."""
    match node:
        case ast.Name(id=name):
            return _parameter(scope, name)
        case ast.Attribute(value=ast.Name(id=name), attr=attr):
            pass
        case _:
            return None
    holder = scope.parent
    if holder is None or not holder.is_class or receiver_name(scope) != name:
        return None
    kept = instance_values(holder, attr)
    if len(kept) != 1:
        return None
    match kept[0]:
        case ast.Name(id=given), At(scope=inner) if inner.name == "__init__":
            return _parameter(inner, given)
    return None


def _parameter(scope: Scope, name: str) -> tuple[Scope, str] | None:
    if name in scope.bindings or name not in parameter_names(scope):
        return None
    return scope, name


def _made_by_callers(
    reading: Reading, callers_of: CallersOf, node: ast.expr, at: At, depth: int
) -> Iterator[Instance]:
    """The objects of known classes that the callers pass for a parameter."""
    given = kept_parameter(node, at.scope)
    if given is None or depth == 0:
        return
    function, name = given
    for site in callers_of(function, wanted_for(function, name)):
        passed = site.passed(function, name)
        if passed is None:
            continue
        made = reading.resolver.refer(passed, site.at)
        yield from (r for r in made if isinstance(r, Instance))
        if not made:
            yield from _made_by_callers(reading, callers_of, passed, site.at, depth - 1)
