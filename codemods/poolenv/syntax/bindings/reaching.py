"""Which bindings of a name can reach a statement of the same scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.bindings.statements import inner_blocks


def reaching(scope: Scope, name: str, stmt: ast.stmt | None) -> tuple[list[Binding], bool]:
    """The bindings of ``name`` that may hold where ``stmt`` starts (None: at the scope's end).

    The second value says whether one of them holds in any case; else the name may also be what
    it was before the scope's body (a parameter, or unbound).
    """
    if name not in scope.bindings:
        return [], False
    key = (name, id(stmt))
    if key not in scope.reached:
        scope.reached[key] = _reaching(scope, name, stmt)
    return scope.reached[key]


def _reaching(scope: Scope, name: str, stmt: ast.stmt | None) -> tuple[list[Binding], bool]:
    bindings = [b for b in scope.bindings.get(name, ()) if b.kind != "declare"]
    if not bindings:
        return [], False
    body = scope.node.body
    if not isinstance(body, list):
        return bindings, False
    if stmt is None:
        return _in_block(scope, body, len(body), name, bindings)
    found: list[Binding] = []
    for where in scope.around(stmt):
        defs, definite = _in_block(scope, where.block, where.place, name, bindings)
        found = [b for b in defs if b not in found] + found
        if definite:
            return found, True
        if where.parent is None:
            break
        extra, definite = _around(scope, where.parent, where.block, name, bindings)
        found = [b for b in extra if b not in found] + found
        if definite:
            return found, True
    if not found and len(bindings) == 1 and scope.parent is None:
        return bindings, False
    return found, False


def _around(
    scope: Scope, parent: ast.stmt, block: list[ast.stmt], name: str, bindings: list[Binding]
) -> tuple[list[Binding], bool]:
    """What reaches a block's start from its own compound statement."""
    match parent:
        case ast.For() | ast.AsyncFor() | ast.While():
            own = [b for b in bindings if b.stmt is parent]
            if own and block is parent.body:
                return own, True
            return own + _below(parent.body, bindings), False
        case ast.With() | ast.AsyncWith():
            own = [b for b in bindings if b.stmt is parent]
            return own, bool(own)
        case ast.Try() | ast.TryStar():
            if block is parent.body:
                return [], False
            if block is parent.orelse:
                return _in_block(scope, parent.body, len(parent.body), name, bindings)
            if block is parent.finalbody:
                return _below(parent.body, bindings), False
            own = [b for b in bindings if b.stmt is parent and b.kind == "other"]
            return own + _below(parent.body, bindings), False
        case ast.If(test=test, body=body):
            own = [b for b in bindings if b.stmt is parent]
            return own, any(_surely(test, b.node, holds=block is body) for b in own)
        case _:
            return [b for b in bindings if b.stmt is parent], False


def _below(block: list[ast.stmt], bindings: list[Binding]) -> list[Binding]:
    if not block:
        return []
    first, last = block[0].lineno, block[-1].end_lineno or block[-1].lineno
    return [b for b in bindings if first <= b.stmt.lineno <= last]


def _in_block(
    scope: Scope, block: list[ast.stmt], end: int, name: str, bindings: list[Binding]
) -> tuple[list[Binding], bool]:
    """The bindings that hold after ``block[:end]``, nearest last, and whether one surely does."""
    found: list[Binding] = []
    places = {_index_in(scope, binding.stmt, block) for binding in bindings}
    for index in sorted(places, reverse=True):
        if not 0 <= index < end:
            continue
        defs, definite = _of_statement(scope, block[index], name, bindings)
        found = [b for b in defs if b not in found] + found
        if definite:
            return found, True
    return found, False


def _index_in(scope: Scope, stmt: ast.stmt, block: list[ast.stmt]) -> int:
    """Where in a block a statement stands, itself or inside another one; -1 for nowhere."""
    return next((w.place for w in scope.around(stmt) if w.block is block), -1)


def _of_statement(
    scope: Scope, stmt: ast.stmt, name: str, bindings: list[Binding]
) -> tuple[list[Binding], bool]:
    own = [b for b in bindings if b.stmt is stmt]
    match stmt:
        case ast.If(test=test, body=body, orelse=orelse):
            found, definite = _branches(scope, [body, orelse], name, bindings, own)
            return found, definite or any(_surely(test, b.node) for b in own)
        case ast.Match(cases=cases):
            blocks = [case.body for case in cases]
            last = cases[-1]
            if not (isinstance(last.pattern, ast.MatchAs) and last.pattern.pattern is None):
                blocks.append([])
            return _branches(scope, blocks, name, bindings, own)
        case ast.Try() | ast.TryStar():
            found, definite = _tried(scope, stmt, name, bindings, own)
            last_word, sure = _in_block(scope, stmt.finalbody, len(stmt.finalbody), name, bindings)
            return (last_word, True) if sure else (found + last_word, definite)
        case ast.With() | ast.AsyncWith():
            found, definite = _in_block(scope, stmt.body, len(stmt.body), name, bindings)
            if definite and not any(_goes_on(item.context_expr) for item in stmt.items):
                return found, True
            return own + found, bool(own)
        case ast.For() | ast.AsyncFor() | ast.While():
            found = own
            for block in inner_blocks(stmt):
                found = found + _in_block(scope, block, len(block), name, bindings)[0]
            for block in _going_on(stmt.body):
                found = found + _in_block(scope, block, len(block), name, bindings)[0]
            return found, False
        case _:
            return own, any(b.kind != "walrus" and not _extends(b) for b in own)


def _surely(test: ast.expr, value: ast.AST, *, holds: bool = False) -> bool:
    """A condition carries ``:=`` out in any case, or (``holds``) wherever it is true."""
    match test:
        case ast.NamedExpr(value=inner):
            return inner is value or _surely(inner, value)
        case ast.BoolOp(op=ast.And(), values=values) if holds:
            return any(_surely(operand, value, holds=True) for operand in values)
        case ast.BoolOp(values=[first, *_]):
            return _surely(first, value)
        case ast.Compare(left=left, comparators=[right, *_]):
            return _surely(left, value) or _surely(right, value)
        case ast.UnaryOp(operand=operand):
            return _surely(operand, value)
        case ast.Call(args=args):
            return any(_surely(argument, value) for argument in args)
    return False


def _extends(binding: Binding) -> bool:
    """``@name.register`` adds to what the name is already: overloads, dispatchers, setters."""
    for decorator in getattr(binding.node, "decorator_list", ()):
        inner = decorator.func if isinstance(decorator, ast.Call) else decorator
        match inner:
            case ast.Attribute(value=ast.Name(id=name)) if name == binding.name:
                return True
    return False


def _branches(
    scope: Scope,
    blocks: list[list[ast.stmt]],
    name: str,
    bindings: list[Binding],
    own: list[Binding],
) -> tuple[list[Binding], bool]:
    """Join alternatives; one that leaves (return, raise, …) contributes nothing."""
    found = list(own)
    definite = True
    for block in blocks:
        if block and leaves(block):
            continue
        defs, sure = _in_block(scope, block, len(block), name, bindings)
        found.extend(b for b in defs if b not in found)
        definite = definite and sure
    return found, definite


def _tried(
    scope: Scope,
    stmt: ast.Try | ast.TryStar,
    name: str,
    bindings: list[Binding],
    own: list[Binding],
) -> tuple[list[Binding], bool]:
    """What holds after ``try``, ``except`` and ``else``, before ``finally``.

    Where ``else`` surely binds the name, what the body bound counts for a handler alone.
    """
    handlers = [handler.body for handler in stmt.handlers]
    after, surely = _in_block(scope, stmt.orelse, len(stmt.orelse), name, bindings)
    if not surely:
        found, definite = _branches(scope, [stmt.body, *handlers], name, bindings, own)
        return found + after, definite
    found, definite = _branches(scope, handlers, name, bindings, own)
    before = [] if definite else _below(stmt.body, bindings)
    return [*before, *found, *after], definite


def _goes_on(context: ast.expr) -> bool:
    """``with suppress(ImportError):`` may leave its body anywhere, and what follows it runs."""
    match context:
        case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress")):
            return True
    return False


def _going_on(block: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """The branches in a loop's body that end by leaving it or this round of it."""
    for stmt in block:
        if isinstance(stmt, ast.For | ast.AsyncFor | ast.While):
            continue
        for inner in inner_blocks(stmt):
            if inner and isinstance(inner[-1], ast.Break | ast.Continue):
                yield inner
            yield from _going_on(inner)


def leaves(block: list[ast.stmt]) -> bool:
    """The block always ends by leaving the statements that follow it."""
    last = block[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and leaves(last.body) and leaves(last.orelse)
    return isinstance(last, ast.Return | ast.Raise | ast.Continue | ast.Break)
