"""Functions that get a class when it is defined: its decorators, ``__init_subclass__``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.table_keys import Known, passed_texts
from poolenv.syntax.resolving.references import At, ClassReference, FunctionReference
from poolenv.syntax.resolving.resolve import Resolver

Entered = tuple[Scope, str, Known]
"""A function, its parameter that is the class, and what others are known to hold."""


def entered(resolver: Resolver, target: Scope) -> Iterator[Entered]:
    """The functions that get a class, each with the parameter that it is."""
    node, scope = target.node, target.parent
    if not isinstance(node, ast.ClassDef) or scope is None:
        return
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        for reference in resolver.refer(called, At(scope, node)):
            if not isinstance(reference, FunctionReference):
                continue
            function, bound = reference.scope, reference.receiver is not None
            if isinstance(decorator, ast.Call):
                known = passed_texts(function, decorator, bound=bound)
                for inner in _returned(function):
                    yield from _given(inner, 0, known)
            else:
                yield from _given(function, int(bound), ())
    for base in resolver.bases(target):
        if isinstance(base, ClassReference):
            yield from _told(base.scope, node)


def _told(base: Scope, node: ast.ClassDef) -> Iterator[Entered]:
    """The ``__init_subclass__`` of a base, with the keywords in the head of the class."""
    for binding in base.bindings.get("__init_subclass__", ()):
        if isinstance(binding.node, ast.FunctionDef):
            method = base.child(binding.node)
            known = tuple(
                (method, k.arg, str(k.value.value))
                for k in node.keywords
                if k.arg is not None and isinstance(k.value, ast.Constant)
            )
            yield from _given(method, 0, known)


def _given(function: Scope, index: int, known: Known) -> Iterator[Entered]:
    arguments = function.parameters()
    if arguments is not None and len(arguments.args) > index:
        yield function, arguments.args[index].arg, known


def _returned(function: Scope) -> Iterator[Scope]:
    """The functions that a function makes and returns: the decorator itself."""
    for stmt in function.returns:
        if isinstance(stmt.value, ast.Name):
            for binding in function.bindings.get(stmt.value.id, ()):
                if isinstance(binding.node, ast.FunctionDef):
                    yield function.child(binding.node)
