"""Which pytest fixture a name means: one of the class, the file, or the nearest conftest.py."""

from __future__ import annotations

from poolenv.syntax.program import Program
from poolenv.syntax.scopes import Scope
from poolenv.update_tests.tables import FunctionDef, fixture_decorator, keyword_of, text_of


def fixture_scope(program: Program, name: str, scopes: tuple[Scope, ...]) -> list[Scope] | None:
    """The scopes of the fixture function that ``name`` asks for, innermost first."""
    here = scopes[0].node
    for position, scope in enumerate(scopes):
        if scope.is_function:
            continue
        found = _in(scope, name, here)
        if found is not None:
            return [found, *scopes[position:]]
    path = scopes[-1].module.path
    for conftest in conftests(program, path):
        module = program.module(conftest)
        found = _in(module.scope, name, here) if module is not None else None
        if module is not None and found is not None:
            return [found, module.scope]
    return None


def conftests(program: Program, path: str) -> list[str]:
    """The conftest.py files that a test file sees, nearest first."""
    folders = path.split("/")[:-1]
    names = ["/".join([*folders[:n], "conftest.py"]) for n in range(len(folders), -1, -1)]
    return [name for name in names if name in program.snapshot.python]


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


def _in(scope: Scope, name: str, asking: object) -> Scope | None:
    for bindings in scope.bindings.values():
        for binding in bindings:
            node = binding.node
            if not isinstance(node, FunctionDef) or node is asking:
                continue
            decorator = fixture_decorator(node)
            if decorator is None:
                continue
            if (text_of(keyword_of(decorator, "name")) or node.name) == name:
                return scope.child(node)
    return None
