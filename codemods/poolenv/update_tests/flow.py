"""Where the names of a test file get their values: assignments, loops, tables, fixtures."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.expressions import keyword_of
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.fixtures import (
    FunctionDef,
    fixture_decorator,
    fixture_scope,
    parametrized,
)
from poolenv.update_tests.calls import FunctionNode, Place, calls_by_name
from poolenv.update_tests.tables import (
    call_argument,
    comprehensions,
    element_of,
    elements_of,
    parameter_names,
    tuple_of,
)

_DEPTH = 14


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One chosen row of a table of values."""

    index: int
    expr: ast.expr
    table: ast.AST
    """Kept, as tables are told apart by their identity."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """An expression where a name led to, the scopes it stands in, and the table rows chosen."""

    expr: ast.expr
    scopes: tuple[Scope, ...]
    """Innermost first."""
    rows: Mapping[int, Row]
    """Table (by its node's identity) to the row that was chosen."""

    @property
    def module(self) -> Module:
        """The file it stands in."""
        return self.scopes[0].module

    def at(self, expr: ast.expr) -> Seen:
        """Another expression of the same place."""
        return Seen(expr, self.scopes, self.rows)


class Flow:
    """Follows names inside test files; every answer comes from the syntax alone."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._calls: dict[str, dict[str, list[Place]]] = {}
        self._comprehensions: dict[Scope, list[tuple[ast.expr, ast.expr]]] = {}

    def values(self, seen: Seen, depth: int = 0) -> Iterator[Seen]:
        """What an expression stands for, as far back as names and tables lead."""
        found = False
        if depth < _DEPTH:
            for step in self._step(seen, depth):
                found = True
                yield from self.values(step, depth + 1)
        if not found:
            yield seen

    def items(self, seen: Seen, depth: int = 0) -> Iterator[Seen]:
        """The elements of what a loop runs over, each with its row chosen."""
        for whole in self.values(seen, depth + 1):
            elements = elements_of(whole.expr)
            if elements is None:
                elements = self._called_items(whole, depth)
            table = id(whole.expr)
            chosen = whole.rows.get(table)
            for index, element in enumerate(elements):
                if chosen is None or chosen.index == index:
                    rows = {**whole.rows, table: Row(index, element, whole.expr)}
                    yield Seen(element, whole.scopes, rows)

    def _step(self, seen: Seen, depth: int) -> Iterator[Seen]:
        match seen.expr:
            case ast.Name(id=name):
                yield from self._name(name, seen, depth)
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=attr):
                yield from self._own_attribute(attr, seen)
            case ast.Attribute(value=ast.Name(id="request"), attr="param"):
                yield from self._fixture_rows(seen, depth)
            case ast.Subscript(value=value, slice=index):
                yield from self._entry(seen.at(value), seen.at(index), depth)
            case ast.Await(value=value) | ast.NamedExpr(value=value):
                yield seen.at(value)
            case ast.Call(
                func=ast.Attribute(attr="run" | "run_until_complete", value=ast.Name()),
                args=[ast.Call() as coroutine, *_],
            ):
                yield seen.at(coroutine)
            case ast.Call(func=ast.Name(id=name)):
                yield from self._results(name, seen)

    def _results(self, name: str, seen: Seen) -> Iterator[Seen]:
        """What a function of the same file returns for this very call."""
        for position, scope in enumerate(seen.scopes):
            for binding in scope.bindings.get(name, ())[-1:]:
                function = binding.node
                if not isinstance(function, FunctionDef) or fixture_decorator(function):
                    return
                inner = scope.child(function)
                calls = [call for call, _ in self._calls_of(function, seen.scopes)]
                rows = dict(seen.rows)
                if seen.expr in calls:
                    rows[id(function)] = Row(calls.index(seen.expr), seen.expr, function)
                for statement in inner.returns:
                    if statement.value is not None:
                        yield Seen(statement.value, (inner, *seen.scopes[position:]), rows)
                return

    def _calls_of(self, function: FunctionNode, scopes: tuple[Scope, ...]) -> list[Place]:
        module = scopes[-1].module
        if module.path not in self._calls:
            self._calls[module.path] = calls_by_name(module)
        return self._calls[module.path].get(function.name, [])

    def _entry(self, base: Seen, index: Seen, depth: int) -> Iterator[Seen]:
        for place in self.values(index, depth + 1):
            if not isinstance(place.expr, ast.Constant):
                continue
            for whole in self.values(Seen(base.expr, base.scopes, place.rows), depth + 1):
                element = element_of(whole.expr, place.expr.value)
                if element is not None:
                    rows = {
                        **whole.rows,
                        id(whole.expr): Row(-1, tuple_of([place.expr, element]), whole.expr),
                    }
                    yield Seen(element, whole.scopes, rows)

    def _own_attribute(self, attr: str, seen: Seen) -> Iterator[Seen]:
        for position, scope in enumerate(seen.scopes):
            if not scope.is_class:
                continue
            around = seen.scopes[position:]
            for binding in scope.bindings.get(attr, ())[-1:]:
                if binding.kind == "assign" and isinstance(binding.node, ast.expr):
                    yield Seen(binding.node, around, seen.rows)
            for inner in _methods(scope):
                for owner in ("self", "cls"):
                    for mutation in inner.mutations.get(owner, ()):
                        if mutation.steps == (attr,) and mutation.value is not None:
                            yield Seen(mutation.value, (inner, *around), seen.rows)

    def _name(self, name: str, seen: Seen, depth: int) -> Iterator[Seen]:
        for position, scope in enumerate(seen.scopes):
            scopes = seen.scopes[position:]
            if scope.is_class and position > 0:
                continue
            if name in scope.bindings:
                yield from self._bound(scope.bindings[name], seen, scopes, depth)
                return
            if name in parameter_names(scope):
                yield from self._parameter(name, seen, scopes, depth)
                return
            if scope not in self._comprehensions:
                self._comprehensions[scope] = list(comprehensions(scope))
            for target, iterable in self._comprehensions[scope]:
                if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(target)):
                    whole = Seen(iterable, scopes, seen.rows)
                    yield from self._looped(name, target, whole, depth)
                    return

    def _bound(
        self, bindings: list[Binding], seen: Seen, scopes: tuple[Scope, ...], depth: int
    ) -> Iterator[Seen]:
        line = getattr(seen.expr, "lineno", 0) if scopes[0] is seen.scopes[0] else 0
        before = [b for b in bindings if not line or b.stmt.lineno < line]
        for binding in (before or bindings)[-1:]:
            node, stmt = binding.node, binding.stmt
            if not isinstance(node, ast.expr):
                yield from self._from_test_file(binding, scopes)
            elif isinstance(stmt, ast.For | ast.AsyncFor) and binding.kind == "for":
                whole = Seen(node, scopes, seen.rows)
                yield from self._looped(binding.name, stmt.target, whole, depth)
            elif binding.kind == "unpack" and binding.index is not None:
                index = ast.copy_location(ast.Constant(binding.index), node)
                part = ast.copy_location(ast.Subscript(node, index, ast.Load()), node)
                yield Seen(part, scopes, seen.rows)
            elif binding.kind in ("assign", "with", "walrus"):
                yield Seen(node, scopes, seen.rows)

    def _from_test_file(self, binding: Binding, scopes: tuple[Scope, ...]) -> Iterator[Seen]:
        stmt, alias = binding.stmt, binding.node
        if not (isinstance(stmt, ast.ImportFrom) and isinstance(alias, ast.alias)):
            return
        here = scopes[0].module.path
        path = self.program.find_module(here, stmt.module or "", stmt.level)
        source = self.program.snapshot.python.get(path or "")
        module = self.program.module(source.path) if source and source.is_test else None
        if module is not None:
            for found in module.scope.bindings.get(alias.name, ())[-1:]:
                if found.kind == "assign" and isinstance(found.node, ast.expr):
                    yield Seen(found.node, (module.scope,), {})

    def _called_items(self, seen: Seen, depth: int) -> list[ast.expr]:
        match seen.expr:
            case ast.Call(func=ast.Attribute(value=inner, attr="items"), args=[]):
                for whole in self.values(seen.at(inner), depth + 1):
                    if isinstance(whole.expr, ast.Dict):
                        pairs = zip(whole.expr.keys, whole.expr.values, strict=True)
                        return [tuple_of([k, v]) for k, v in pairs if k is not None]
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
                return [
                    tuple_of([item.expr, item.expr])
                    for item in self.items(seen.at(inner), depth + 1)
                ]
            case ast.Call(func=ast.Name(id="sorted" | "list" | "tuple" | "set"), args=[inner, *_]):
                return [item.expr for item in self.items(seen.at(inner), depth + 1)]
            case ast.Call(func=ast.Name(id="zip"), args=[*columns]) if columns:
                lists = [
                    [item.expr for item in self.items(seen.at(column), depth + 1)]
                    for column in columns
                ]
                return [tuple_of(list(row)) for row in zip(*lists, strict=False)]
        return []

    def _looped(self, name: str, target: ast.expr, whole: Seen, depth: int) -> Iterator[Seen]:
        for item in self.items(whole, depth):
            yield from self._taken(name, target, item, depth)

    def _taken(self, name: str, target: ast.expr, item: Seen, depth: int) -> Iterator[Seen]:
        if isinstance(target, ast.Name):
            if target.id == name:
                yield item
        elif isinstance(target, ast.Tuple | ast.List):
            for whole in self.values(item, depth + 1):
                elements = elements_of(whole.expr) or []
                for part, element in zip(target.elts, elements, strict=False):
                    yield from self._taken(name, part, whole.at(element), depth)

    def _parameter(
        self, name: str, seen: Seen, scopes: tuple[Scope, ...], depth: int
    ) -> Iterator[Seen]:
        function = scopes[0].node
        if not isinstance(function, FunctionDef):
            return
        decorators = list(function.decorator_list)
        for scope in scopes[1:]:
            if isinstance(scope.node, ast.ClassDef):
                decorators += scope.node.decorator_list
        for names, table in parametrized(decorators):
            if name in names:
                targets: list[ast.expr] = [ast.Name(each, ast.Store()) for each in names]
                target = targets[0] if len(names) == 1 else ast.Tuple(targets, ast.Store())
                whole = Seen(table, scopes[1:], seen.rows)
                yield from self._looped(name, target, whole, depth)
                return
        passed = list(self._passed(name, function, scopes, seen))
        yield from passed or self._fixture(name, scopes)

    def _passed(
        self, name: str, function: FunctionDef, scopes: tuple[Scope, ...], seen: Seen
    ) -> Iterator[Seen]:
        chosen = seen.rows.get(id(function))
        for index, (call, around) in enumerate(self._calls_of(function, scopes)):
            assert isinstance(call, ast.Call)
            value = call_argument(call, function, name)
            if value is not None and (chosen is None or chosen.index == index):
                yield Seen(value, around, {**seen.rows, id(function): Row(index, call, function)})

    def _fixture(self, name: str, scopes: tuple[Scope, ...]) -> Iterator[Seen]:
        found = fixture_scope(self.program, name, scopes)
        if found is not None:
            scope, *around = found
            for statement in scope.returns:
                if statement.value is not None:
                    yield Seen(statement.value, (scope, *around), {})
            for value, _ in scope.yields:
                yield Seen(value, (scope, *around), {})

    def _fixture_rows(self, seen: Seen, depth: int) -> Iterator[Seen]:
        for position, scope in enumerate(seen.scopes):
            if isinstance(scope.node, FunctionDef):
                table = keyword_of(fixture_decorator(scope.node), "params")
                if table is not None:
                    whole = Seen(table, seen.scopes[position + 1 :], seen.rows)
                    yield from self.items(whole, depth)
                return


def _methods(scope: Scope) -> Iterator[Scope]:
    for bindings in scope.bindings.values():
        for binding in bindings:
            if isinstance(binding.node, FunctionDef):
                yield scope.child(binding.node)
