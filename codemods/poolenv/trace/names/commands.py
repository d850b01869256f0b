"""Options that decorators give a command: ``@click.option("--pool-size", default=5)``.

They may be kept in a variable or list, or put on by a function of the repository.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.variables import variables
from poolenv.syntax.resolving.references import At, External, FunctionReference
from poolenv.trace.names.options import default_of, listed
from poolenv.trace.outcome import Outcome
from poolenv.trace.tracer import Tracer

_DECORATORS = frozenset({"option", "argument"})
_CALLS = tuple(f"{name}(" for name in _DECORATORS)
_DEPTH = 3


def decorated(tracer: Tracer, scope: Scope, name: str) -> tuple[Outcome, ...]:
    """What the options of a command give one of its parameters."""
    at = At(scope.parent or scope.module.scope, None)
    for decorator in getattr(scope.node, "decorator_list", ()):
        for call, place in _put_on(tracer, decorator, at, _DEPTH):
            default = default_of(call, None)
            if default is not None and name in _parameters(call):
                return listed(tracer, default, call, place)
    return ()


def _parameters(call: ast.Call) -> list[str]:
    """The parameters that an option is for, by its own names."""
    texts = [str(a.value) for a in call.args if isinstance(a, ast.Constant)]
    return [text for text in texts if not text.startswith("-")] or [
        text.lstrip("-").partition("/")[0].replace("-", "_").lower()
        for text in texts
        if text.startswith("--")
    ]


def _put_on(
    tracer: Tracer, decorator: ast.expr, at: At, depth: int
) -> Iterator[tuple[ast.Call, At]]:
    """The declarations of options that a decorator stands for."""
    match decorator:
        case ast.Call(func=function, args=several):
            if _declares(tracer, decorator, at):
                yield decorator, at
                return
            for held in several:
                yield from _kept(tracer, held, at)
        case _:
            function = decorator
            yield from _kept(tracer, decorator, at)
    for reference in tracer.refer(function, at) if depth else ():
        if isinstance(reference, FunctionReference):
            yield from _by_function(tracer, reference.scope, depth)


def _kept(tracer: Tracer, node: ast.expr, at: At) -> Iterator[tuple[ast.Call, At]]:
    """Those in a variable: ``size_option = click.option(…)``, ``OPTIONS = [click.option(…)]``."""
    if isinstance(node, ast.List | ast.Tuple):
        yield from _inside(tracer, node, at)
    for scope, name in variables(tracer.callers.reading, node, at):
        for binding in scope.bindings.get(name, ()):
            if binding.kind == "assign":
                yield from _inside(tracer, binding.node, At(scope, None))


def _by_function(tracer: Tracer, function: Scope, depth: int) -> Iterator[tuple[ast.Call, At]]:
    """Those that a function of the repository puts on what it is given."""
    if not any(call in function.module.source.text for call in _CALLS):
        return
    at = At(function, None)
    for node in ast.walk(function.node):
        match node:
            case ast.Call() if _declares(tracer, node, at):
                yield node, at
            case ast.Call(func=ast.Name() as inner, args=[ast.Name()]):
                yield from _put_on(tracer, inner, at, depth - 1)
            case (
                ast.For(iter=ast.Name() as held) | ast.For(iter=ast.Call(args=[ast.Name() as held]))
            ):
                yield from _kept(tracer, held, at)


def _inside(tracer: Tracer, node: ast.AST, at: At) -> Iterator[tuple[ast.Call, At]]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and _declares(tracer, inner, at):
            yield inner, at


def _declares(tracer: Tracer, call: ast.Call, at: At) -> bool:
    if last_name(call.func) not in _DECORATORS:
        return False
    return any(isinstance(r, External) for r in tracer.refer(call.func, at))
