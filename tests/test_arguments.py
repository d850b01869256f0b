"""Which argument of a call a parameter gets, and which parameter an argument goes to."""

from __future__ import annotations

import ast

import pytest
from in_memory import snapshot

from poolenv.syntax.bindings.inner_scopes import scopes_in
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.arguments import passed_argument, receiving_parameter

MAKE = "def make(url, size=1, *others, driver=None, **more): ..."
PASSED = {
    "by position": ("make(url, FIVE)", "size"),
    "by name": ("make(url, size=FIVE)", "size"),
    "by name alone": ("make(url, 1, driver=FIVE)", "driver"),
    "before what is spread out": ("make(url, FIVE, *rest)", "size"),
}
LEFT = {
    "a default": ("make(url)", "size"),
    "behind what is spread out": ("make(*rest, FIVE)", "size"),
    "in a mapping": ("make(url, **FIVE)", "size"),
    "what is passed by name alone has no position": ("make(url, 1, FIVE)", "driver"),
}


def _function(definition: str) -> Scope:
    module = Program(snapshot({"app.py": definition})).module("app.py")
    assert module is not None
    *_, function = scopes_in(module.scope)
    return function


def _call(text: str) -> ast.Call:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    return call


def _passed(text: str, name: str, definition: str = MAKE, *, bound: bool = False) -> str | None:
    call, function = _call(text), _function(definition)
    found = passed_argument(call, function, name, bound=bound)
    if found is None:
        return None
    assert receiving_parameter(call, found, function, bound=bound) == name
    return ast.unparse(found)


@pytest.mark.parametrize("how", PASSED)
def test_passed(how: str) -> None:
    """The argument is found, and leads back to its parameter."""
    assert _passed(*PASSED[how]) == "FIVE"


@pytest.mark.parametrize("how", LEFT)
def test_left(how: str) -> None:
    """The call does not show what the parameter gets."""
    assert _passed(*LEFT[how]) is None


def test_methods() -> None:
    """The receiver is not among the arguments of a bound call; a static method has none."""
    method = "class Maker:\n    def make(self, size): ..."
    assert _passed("maker.make(FIVE)", "size", method, bound=True) == "FIVE"
    assert _passed("Maker.make(maker, FIVE)", "size", method) == "FIVE"
    static = "class Maker:\n    @staticmethod\n    def make(size): ..."
    assert _passed("maker.make(FIVE)", "size", static) == "FIVE"


@pytest.mark.parametrize("call", ["make(*rest, GIVEN)", "make(url, 1, GIVEN)", "make(**GIVEN)"])
def test_an_argument_without_a_parameter(call: str) -> None:
    """It is spread out, stands behind what is, or goes to ``*others``."""
    made = _call(call)
    (given,) = [n for n in ast.walk(made) if isinstance(n, ast.Name) and n.id == "GIVEN"]
    assert receiving_parameter(made, given, _function(MAKE), bound=False) is None
