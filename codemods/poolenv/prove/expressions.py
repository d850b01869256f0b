"""Which expression of the new text is evaluated as proof, and whether it is harmless.

Only literals, arithmetic on numbers, conversions and reads of the environment are ever run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.model import Scalar
from poolenv.prove.places import full_range, holds
from poolenv.syntax.source.positions import Lines

_CONVERSIONS = ("int", "float", "bool", "str")
_MAPPINGS = ("os.environ", "environ")
_READS = ("os.getenv", "getenv", *(f"{m}.{r}" for m in _MAPPINGS for r in ("get", "setdefault")))
_METHODS = ("lower", "upper", "strip", "casefold")
_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)


def is_harmless(node: ast.AST) -> bool:
    """Whether an expression can do nothing but compute a value from the environment."""
    match node:
        case ast.Constant():
            return isinstance(node.value, int | float | bool | str | None)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _CONVERSIONS:
            return is_harmless(argument)
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=[], keywords=[]):
            return method in _METHODS and is_harmless(value)
        case ast.Call(func=function, args=args, keywords=keywords):
            given = [*args, *(keyword.value for keyword in keywords)]
            return ast.unparse(function) in _READS and all(is_harmless(value) for value in given)
        case ast.Subscript(value=value, slice=ast.Constant(value=str())):
            return ast.unparse(value) in _MAPPINGS
        case ast.BinOp() | ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert()):
            return _is_number(node)
        case ast.UnaryOp(operand=operand):
            return is_harmless(operand)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.Set(elts=values):
            return all(is_harmless(value) for value in values)
        case ast.List(elts=values):
            return all(is_harmless(value) for value in values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return all(is_harmless(part) for part in (test, body, orelse))
        case ast.Compare(left=left, comparators=comparators):
            return all(
                is_harmless(part) or ast.unparse(part) in _MAPPINGS for part in (left, *comparators)
            )
    return False


def _is_number(node: ast.AST) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, int | float)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert(), operand=operand):
            return _is_number(operand)
        case ast.BinOp(left=left, op=op, right=right):
            return isinstance(op, _ARITHMETIC) and _is_number(left) and _is_number(right)
        case ast.Call(func=ast.Name(id="int" | "float")):
            return is_harmless(node)
    return False


def reads_environment(node: ast.AST) -> bool:
    """Whether an expression names the environment."""
    names = ("os", "environ", "getenv")
    return any(isinstance(n, ast.Name) and n.id in names for n in ast.walk(node))


def converts(node: ast.AST) -> bool:
    """Whether an expression turns the environment's text into a number or flag."""
    return any(
        isinstance(n, ast.Compare)
        or (isinstance(n, ast.Call) and ast.unparse(n.func) in ("int", "float", "bool"))
        for n in ast.walk(node)
    )


def with_value(node: ast.expr, old: str, value: Scalar) -> ast.expr | None:
    """An expression with the author's part of it (``CORES * 2``) replaced by its value.

    None where what remains is not harmless either.
    """
    part = _dump(old)

    class Replace(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            if isinstance(node, ast.expr) and ast.dump(node) == part:
                return ast.copy_location(ast.Constant(value), node)
            return self.generic_visit(node)

    replaced = Replace().visit(ast.parse(ast.unparse(node), mode="eval").body)
    return replaced if isinstance(replaced, ast.expr) and is_harmless(replaced) else None


def loses_names(node: ast.expr, old: str) -> bool:
    """Whether the author's part names constants (``CORES * 2``) and is not in an expression.

    False for calls: the plan may write those anew.
    """
    part = _dump(old)
    if part is None or "Name(" not in part or "Call(" in part:
        return False
    return all(ast.dump(inner) != part for inner in ast.walk(node))


def _dump(text: str) -> str | None:
    try:
        return ast.dump(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return None


def new_expression(tree: ast.Module, lines: Lines, at: tuple[int, int]) -> ast.expr | None:
    """The expression that an edit's new text brings, harmless or not; None where there is none."""
    return _inside(_way_to(tree, lines, at)[-1], lines, at)


def expression_at(tree: ast.Module, lines: Lines, at: tuple[int, int]) -> ast.expr | None:
    """The largest harmless expression around the new text of an edit.

    ``"5"`` inside ``int(os.getenv("X", "5"))`` gives the whole of it. None where the new text
    is no expression, or one that must not be run.
    """
    way = _way_to(tree, lines, at)
    start = _inside(way[-1], lines, at)
    if start is None or not is_harmless(start):
        return None
    if reads_environment(start):
        return start if converts(start) else _conversion_of(start, way)
    read: ast.expr | None = None
    for parent in reversed(way):
        if parent is start or isinstance(parent, ast.keyword):
            continue
        if not isinstance(parent, ast.expr) or not is_harmless(parent):
            break
        if isinstance(parent, ast.Tuple | ast.List | ast.Set | ast.BinOp | ast.UnaryOp):
            break
        read = parent if reads_environment(parent) else read
    return read or start


def _conversion_of(read: ast.expr, way: list[ast.AST]) -> ast.expr:
    """The author's ``int(...)`` right around a new read, as for ``int("6")``; else the read."""
    for parent in way:
        match parent:
            case ast.Call(func=ast.Name(id="int" | "float"), args=[argument], keywords=[]):
                if argument is read:
                    return parent
    return read


def _way_to(tree: ast.Module, lines: Lines, at: tuple[int, int]) -> list[ast.AST]:
    """The nodes whose range holds another, outermost first."""
    way: list[ast.AST] = [tree]
    while True:
        for child in _positioned(way[-1]):
            if holds(full_range(lines, child), at):
                way.append(child)
                break
        else:
            return way


def _inside(node: ast.AST, lines: Lines, at: tuple[int, int]) -> ast.expr | None:
    """The expression that an edit brings: the node itself, or the last one inside its range."""
    if isinstance(node, ast.expr) and holds(at, lines.range_of(node)):
        return node
    inside = [child for child in _positioned(node) if holds(at, lines.range_of(child))]
    if not inside:
        return node if isinstance(node, ast.Constant) else None
    last = inside[-1]
    if isinstance(last, ast.keyword):
        return last.value
    return last if isinstance(last, ast.expr) else None


def _positioned(node: ast.AST) -> Iterator[ast.expr | ast.stmt | ast.keyword]:
    if isinstance(node, ast.JoinedStr):
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr | ast.stmt | ast.keyword):
            yield child
        else:
            yield from _positioned(child)
