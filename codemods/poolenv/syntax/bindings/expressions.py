"""Parts of expressions: chains of names, the last of them, a call's keywords, texts."""

from __future__ import annotations

import ast


def dotted(node: ast.expr) -> str | None:
    """``a.b.c`` as text, or None where the expression is not a plain chain of names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
        return ".".join(reversed(parts))
    return None


def last_name(node: ast.AST | None) -> str:
    """``c`` of ``a.b.c`` and of a plain ``c``, whatever it is an attribute of; "" of all else."""
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def keyword_of(call: ast.AST | None, *names: str) -> ast.expr | None:
    """The value of the first keyword of a call that has one of the names."""
    keywords = call.keywords if isinstance(call, ast.Call) else ()
    return next((keyword.value for keyword in keywords if keyword.arg in names), None)


def text_of(node: ast.AST | None) -> str | None:
    """The text of a string literal, else None."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
