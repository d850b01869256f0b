"""Which modules run without side effects: judged by their syntax, conservatively."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.expressions import last_name

_CALLS = frozenset({"int", "float", "str", "bool", "Path", "frozenset", "tuple", "dict", "list"})
_METHODS = frozenset(
    {"getenv", "get", "replace", "split", "strip", "lower", "upper", "join", "format", "getLogger"}
)
_SILENT = frozenset({"os", "typing", "dataclasses", "enum", "pathlib", "logging", "datetime", "re"})


def runs_alone(tree: ast.Module) -> bool:
    """The module only imports from the standard library and binds constants and definitions."""
    return all(_is_silent(statement) for statement in tree.body)


def _is_silent(statement: ast.stmt) -> bool:
    match statement:
        case ast.Import(names=names):
            return all(alias.name.partition(".")[0] in _SILENT for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            return module.partition(".")[0] in _SILENT | {"__future__", "collections"}
        case ast.Assign(value=value) | ast.Expr(value=value):
            return _is_plain(value)
        case ast.AnnAssign(value=value):
            return value is None or _is_plain(value)
        case ast.FunctionDef(decorator_list=[]) | ast.AsyncFunctionDef(decorator_list=[]):
            return all(_is_plain(default) for default in statement.args.defaults)
    return False


def _is_plain(value: ast.expr) -> bool:
    """Every call in the expression is a conversion or a read of the environment."""
    for node in ast.walk(value):
        if isinstance(node, ast.Call):
            name = last_name(node.func)
            if name not in (_METHODS if isinstance(node.func, ast.Attribute) else _CALLS):
                return False
        elif isinstance(node, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
    return True
