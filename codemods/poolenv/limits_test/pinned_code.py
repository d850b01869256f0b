"""The functions of the generated test; the generator counts with the very same ones.

What a test file needs of the blocks below the imports is copied into it, so they keep to the
standard library, to syntax that Python 3.8 reads, and to lines of 88 characters.
"""

from __future__ import annotations

import ast
import os
import sys
import unittest
import unittest.mock
from pathlib import Path
from typing import Any

ROOT = Path()

CONVERTERS = {kind.__name__: kind for kind in (int, float, str, bool, min, max)}

READERS = {"getenv", "get", "setdefault", "strip", "lower", "upper"}

NEWER: frozenset[str] = frozenset()

INSIDE = (
    ast.Attribute,
    ast.BoolOp,
    ast.Call,
    ast.Compare,
    ast.IfExp,
    ast.Subscript,
    ast.keyword,
)


def parse(module: str) -> ast.Module:
    """Parse a module from its bytes, so that its own encoding counts."""
    return ast.parse((ROOT / module).read_bytes(), module)


def parse_newer(module: str) -> ast.Module:
    """Parse a module; skip where this Python does not know its syntax yet."""
    try:
        return ast.parse((ROOT / module).read_bytes(), module)
    except SyntaxError as error:
        if module not in NEWER:
            raise
        version = ".".join(map(str, sys.version_info[:2]))
        reason = f"{module}:{error.lineno} is no syntax of Python {version}"
        raise unittest.SkipTest(reason) from None


def names_of(tree: ast.AST) -> dict[str, Any]:
    """Names that an expression may use: os, and the module's plain numbers."""
    names: dict[str, Any] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "os" or (alias.name == "os.path" and not alias.asname):
                    names[alias.asname or "os"] = os
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            for alias in node.names:
                if alias.name in ("environ", "getenv"):
                    names[alias.asname or alias.name] = getattr(os, alias.name)
        elif isinstance(node, ast.Assign) and is_number(node.value):
            for target in targets(node):
                names.setdefault(str(target), evaluate(node.value, {}))
    return names


def is_number(node: ast.AST | None) -> bool:
    """Say whether it is a bare number, or arithmetic such as 60 * 60."""
    if isinstance(node, ast.BinOp):
        is_small = isinstance(node.op, (ast.Add, ast.Sub, ast.Mult))
        return is_small and is_number(node.left) and is_number(node.right)
    if isinstance(node, ast.UnaryOp):
        return is_number(node.operand)
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def evaluate(node: ast.expr, names: dict[str, Any]) -> Any:
    """Evaluate one expression of a module, with these names and nothing else."""
    code = compile(ast.Expression(node), "<limit>", "eval")
    return eval(code, {"__builtins__": {}, **CONVERTERS, **names})


def is_plain(node: ast.AST, names: dict[str, Any]) -> bool:
    """Say whether it only reads the environment and converts, so it can be evaluated."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id not in {*names, *CONVERTERS}:
            return False
        called = inner.func if isinstance(inner, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr not in READERS:
            return False
    return True


def reads(tree: ast.AST, variable: str) -> list[ast.expr]:
    """Find every expression that reads the variable, conversion included."""
    names = names_of(tree)
    parents: dict[ast.AST, ast.AST] = {}
    for node in ast.walk(tree):
        parents.update(dict.fromkeys(ast.iter_child_nodes(node), node))
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or node.value != variable:
            continue
        read, above = None, parents.get(node)
        while isinstance(above, INSIDE):
            if not is_plain(above, names):
                break
            used = {n.id for n in ast.walk(above) if isinstance(n, ast.Name)}
            if isinstance(above, ast.expr) and used & set(names):
                read = above
            above = parents.get(above)
        if read is not None:
            found[id(read)] = read
    return list(found.values())


def limited(tree: ast.AST, variable: str, default: Any) -> list[ast.expr]:
    """Find the reads of a variable that fall back to this very default."""
    found = []
    with environment(variable):
        for node in reads(tree, variable):
            try:
                value = evaluate(node, names_of(tree))
            except (KeyError, TypeError, ValueError):
                continue  # It has no default.
            if value == default and type(value) is type(default):
                found.append(node)
    return found


def defaults(tree: ast.AST, name: str) -> list[Any]:
    """Find defaults beside a name: config("X", default=5), x: int = Field(5)."""
    found = []
    for node in ast.walk(tree):
        values: list[Any] = []
        if isinstance(node, ast.Call) and node.args and constant(node.args[0]) == name:
            values = [default_of(node, 1)]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and name in targets(node):
            values = [node.value]
        elif isinstance(node, ast.arguments):
            values = [value for given, value in parameters(node) if given == name]
        for value in values:
            if isinstance(value, ast.Call):
                value = default_of(value, 0)
            found.append(evaluate(value, {}) if is_number(value) else constant(value))
    return found


def default_of(call: ast.Call, position: int) -> ast.expr | None:
    """Return the default that is handed to a call, by name or by position."""
    for keyword in call.keywords:
        if keyword.arg in ("default", "fallback"):
            return keyword.value
    return call.args[position] if len(call.args) > position else None


def constant(node: ast.AST | None) -> Any:
    """Return the value of a constant, else None."""
    return node.value if isinstance(node, ast.Constant) else None


def targets(node: ast.Assign | ast.AnnAssign) -> list[Any]:
    """Return the names that an assignment binds: variables, attributes, keys."""
    found = []
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Subscript):
            found.append(constant(target.slice))
        else:
            found.append(getattr(target, "id", getattr(target, "attr", None)))
    return found


def pair(name: ast.AST | None, value: ast.expr | None) -> tuple[Any, ast.expr | None]:
    """Return a parameter's or key's name with its value."""
    return (name.arg if isinstance(name, ast.arg) else constant(name)), value


def parameters(node: ast.arguments) -> list[Any]:
    """Return the parameters that have defaults, with the defaults."""
    positional = [*node.posonlyargs, *node.args]
    pairs = [*map(pair, reversed(positional), reversed(node.defaults))]
    pairs.extend(map(pair, node.kwonlyargs, node.kw_defaults))
    return pairs


def literals(tree: ast.AST, name: str) -> list[int]:
    """Find lines that give a bare number to a keyword, key, variable or parameter."""
    found = []
    for node in ast.walk(tree):
        pairs: list[Any] = []
        if isinstance(node, ast.keyword):
            pairs = [(node.arg, node.value)]
        elif isinstance(node, ast.Dict):
            pairs = [*map(pair, node.keys, node.values)]
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            pairs = [(target, node.value) for target in targets(node)]
        elif isinstance(node, ast.arguments):
            pairs = parameters(node)
        for given, value in pairs:
            if given == name and is_number(value):
                found.append(value.lineno)
    return sorted(found)


def environment(variable: str, value: str | None = None) -> Any:
    """Patch the process's environment: one variable set, or taken away."""
    kept = {name: text for name, text in os.environ.items() if name != variable}
    if value is not None:
        kept[variable] = value
    return unittest.mock.patch.dict(os.environ, kept, clear=True)


def other_than(default: Any) -> Any:
    """Return another value of the default's type."""
    return not default if isinstance(default, bool) else type(default)(default + 7)
