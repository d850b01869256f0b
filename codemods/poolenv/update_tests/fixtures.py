"""Which fixtures and set-up methods run unasked: those of the class, the file, conftest.py."""

from __future__ import annotations

from poolenv.syntax.bindings.expressions import keyword_of
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.fixtures import FunctionDef, conftests, fixture_decorator


def autouse(program: Program, scopes: tuple[Scope, ...]) -> list[list[Scope]]:
    """The scopes of every fixture that runs unasked for a function with these scopes."""
    found: list[list[Scope]] = []
    places = [scopes[n:] for n in range(len(scopes)) if not scopes[n].is_function]
    for conftest in conftests(program, scopes[-1].module.path):
        module = program.module(conftest)
        if module is not None:
            places.append((module.scope,))
    for place in places:
        for bindings in place[0].bindings.values():
            for binding in bindings:
                if isinstance(binding.node, FunctionDef) and _runs_unasked(binding.node, place[0]):
                    found.append([place[0].child(binding.node), *place])
    return found


_SET_UP = frozenset({"setUp", "setUpClass", "asyncSetUp", "setup_method", "setup_class"})


def _runs_unasked(function: FunctionDef, scope: Scope) -> bool:
    if scope.is_class and function.name in _SET_UP:
        return True
    if not scope.is_class and function.name in ("setUpModule", "setup_module", "setup_function"):
        return True
    wanted = keyword_of(fixture_decorator(function), "autouse")
    return wanted is not None and getattr(wanted, "value", False) is True
