"""The keys under which something stands in a table, and what it is looked up with."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.variables import bound_in
from poolenv.syntax.resolving.arguments import is_method

Known = tuple[tuple[Scope, str, str], ...]
"""Parameters that hold a known text: the function, the parameter and the text."""
Supposed = tuple[tuple[str, str], ...]
"""Variables that are taken to hold a text."""
_MOST = 4
_OR = "\x1f"


def alternatives(text: str) -> list[str]:
    """The texts that something supposed may be."""
    return text.split(_OR)


def either(one: Supposed, other: Supposed) -> Supposed:
    """What is supposed where one or the other holds: of what only one tells, nothing."""
    others = dict(other)
    return tuple(
        (name, text if text == others[name] else f"{text}{_OR}{others[name]}")
        for name, text in one
        if name in others
    )


def text_of(key: ast.expr, scope: Scope, known: Known) -> str | None:
    """What a key is, where that stands in the code."""
    match key:
        case ast.Constant(value=str() | int() as value):
            return str(value)
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if name[:1].isupper():
            return f"{name}.{attr}"
        case ast.Name(id=name):
            owner = bound_in(scope, name)
            return next((t for s, n, t in known if s is owner and n == name), None)
    return None


def text_of_class(key: ast.expr, node: ast.AST, target: Scope) -> str | None:
    """``table[cls.kind] = cls``: what the class that is put there itself says."""
    match key, node:
        case ast.Attribute(value=ast.Name(id=base), attr=attr), ast.Name(id=name) if base == name:
            if attr == "__name__":
                return target.name
            said = [binding.node for binding in target.bindings.get(attr, ())]
            if len(said) == 1 and isinstance(said[0], ast.Constant):
                return str(said[0].value)
    return None


def may_be_same(one: str, other: str) -> bool:
    """Both may be one key; the member of an enum may be anything beside a text."""
    return one.lower() == other.lower() or ("." in one) is not ("." in other)


def assumed(by: ast.expr | None, text: str | None, scope: Scope) -> Supposed:
    """What variables of a function hold where the key that is looked up is a text.

    ``options["kind"]`` is the variable ``options[kind``, ``url.scheme`` is ``url.scheme``.
    """
    if text is None or by is None or "." in text:
        return ()
    found: list[tuple[str, str]] = []
    waiting = [by]
    while waiting and len(found) < _MOST:
        match waiting.pop():
            case ast.Name(id=name):
                found.append((name, text))
                said = scope.bindings.get(name, ())
                if len(said) == 1 and said[0].kind == "assign":
                    assert isinstance(said[0].node, ast.expr)
                    waiting.append(said[0].node)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key)):
                found.append((f"{name}[{key}", text))
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="get" | "pop"),
                args=[ast.Constant(value=str() as key), *_],
            ):
                found.append((f"{name}[{key}", text))
            case ast.Attribute(value=ast.Call(args=[ast.Name(id=name)]), attr="scheme"):
                found.append((f"{name}.scheme", text))
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                found.append((f"{name}.{attr}", text))
                waiting.extend(
                    ast.Attribute(value=b.node, attr=attr)
                    for b in scope.bindings.get(name, ())
                    if isinstance(b.node, ast.Call)
                )
            case ast.Call(func=ast.Attribute(value=ast.Name() as inner, attr="lower"), args=[]):
                waiting.append(inner)
    return tuple(found)


def passed_texts(function: Scope, call: ast.Call, *, bound: bool | None = None) -> Known:
    """The parameters for which a call passes a text that stands there."""
    arguments = function.parameters()
    if arguments is None:
        return ()
    if bound is None:
        bound = is_method(function)
    positional = [*arguments.posonlyargs, *arguments.args][int(bound) :]
    pairs = [(p.arg, a) for p, a in zip(positional, call.args, strict=False)]
    pairs += [(k.arg, k.value) for k in call.keywords if k.arg is not None]
    return tuple(
        (function, name, str(value.value))
        for name, value in pairs
        if isinstance(value, ast.Constant) and isinstance(value.value, str | int)
    )
