"""The statements of one body, read once: what they bind, change and return, in which block."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from poolenv.syntax.bindings.binding import Binding, BindingKind, Mutation, MutationKind
from poolenv.syntax.bindings.expressions import dotted
from poolenv.syntax.bindings.second_names import share_changes
from poolenv.syntax.bindings.statements import header_nodes, inner_blocks, set_attribute

_WITHOUT_NAMES = (ast.If, ast.Raise, ast.Pass, ast.Assert, ast.While, ast.Continue, ast.Break)
"""Statements that bind and change nothing themselves, save by ``:=``."""
_COMPOUND = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
    *(ast.Try, ast.TryStar, ast.Match),
)


class Where(NamedTuple):
    """The block a statement stands in, and the compound statement that has it."""

    parent: ast.stmt | None
    block: list[ast.stmt]
    place: int
    """Its index there."""


@dataclass(slots=True, eq=False, kw_only=True)
class Body:
    """What the statements of a body do; functions and classes in it have bodies of their own."""

    has_walrus: bool
    """Some statement of the file may hold ``:=``."""
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    mutations: dict[str, list[Mutation]] = field(default_factory=dict)
    returns: list[ast.Return] = field(default_factory=list)
    yields: list[tuple[ast.expr, ast.stmt]] = field(default_factory=list)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    where: dict[int, Where] = field(default_factory=dict)

    def around(self, stmt: ast.stmt | None) -> Iterator[Where]:
        """The block that a statement stands in, then those around it."""
        where = self.where.get(id(stmt))
        while where is not None:
            yield where
            where = self.where.get(id(where.parent))

    def tests_around(self, stmt: ast.stmt) -> Iterator[tuple[ast.If, bool]]:
        """Each ``if`` around a statement, innermost first, and whether its test holds there."""
        for where in self.around(stmt):
            if isinstance(where.parent, ast.If):
                yield where.parent, where.block is where.parent.body

    def read(self, block: list[ast.stmt]) -> None:
        """Read the statements of the whole body."""
        self._block(block, None)
        if self.mutations:
            share_changes(self.bindings, self.mutations)

    def _block(self, block: list[ast.stmt], parent: ast.stmt | None) -> None:
        for index, stmt in enumerate(block):
            self.where[id(stmt)] = Where(parent, block, index)
            if isinstance(stmt, _WITHOUT_NAMES):
                if self.has_walrus:
                    self._walrus(stmt)
            else:
                self._statement(stmt)
            if isinstance(stmt, _COMPOUND):
                for inner in inner_blocks(stmt):
                    self._block(inner, stmt)

    def _bind(self, name: str, kind: BindingKind, node: ast.AST, stmt: ast.stmt) -> None:
        self.bindings.setdefault(name, []).append(Binding(name, kind, node, stmt))

    def _statement(self, stmt: ast.stmt) -> None:
        match stmt:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._target(target, value, stmt, "assign")
                self._removed(value, stmt)
            case ast.Expr(value=value):
                self._expression(value, stmt)
            case ast.AnnAssign():
                self._annotated(stmt)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.BitOr(), value=value):
                self._mutate(ast.Name(id=name), "update", value, None, stmt)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                self._bind(name, "augment", value, stmt)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self._bind(name, "def", stmt, stmt)
            case ast.ClassDef(name=name):
                self._bind(name, "class", stmt, stmt)
            case ast.Import() | ast.ImportFrom():
                self._imported(stmt)
            case ast.Return():
                self.returns.append(stmt)
            case ast.Global(names=names):
                self.global_names.update(names)
            case ast.Nonlocal(names=names):
                self.nonlocal_names.update(names)
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Subscript | ast.Attribute):
                        self._mutate(target, "delete", None, None, stmt)
            case _:
                self._header(stmt)
        if self.has_walrus:
            self._walrus(stmt)

    def _expression(self, value: ast.expr, stmt: ast.stmt) -> None:
        match value:
            case (ast.Call() as call) | ast.Await(value=ast.Call() as call):
                self._call(call, stmt)
            case ast.Yield(value=ast.expr() as given):
                self.yields.append((given, stmt))

    def _annotated(self, stmt: ast.AnnAssign) -> None:
        target, value = stmt.target, stmt.value
        if isinstance(target, ast.Name):
            kind: BindingKind = "assign" if value is not None else "declare"
            node = value if value is not None else stmt.annotation
            binding = Binding(target.id, kind, node, stmt, annotation=stmt.annotation)
            self.bindings.setdefault(target.id, []).append(binding)
        elif value is not None:
            self._target(target, value, stmt, "assign")

    def _imported(self, stmt: ast.Import | ast.ImportFrom) -> None:
        for alias in stmt.names:
            if isinstance(stmt, ast.ImportFrom):
                self._bind(alias.asname or alias.name, "from", alias, stmt)
            else:
                bound = alias.asname or alias.name.partition(".")[0]
                self._bind(bound, "import", alias, stmt)

    def _header(self, stmt: ast.stmt) -> None:
        """What a compound statement binds itself."""
        match stmt:
            case ast.For(target=target, iter=source) | ast.AsyncFor(target=target, iter=source):
                self._target(target, source, stmt, "for")
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    if item.optional_vars is not None:
                        self._target(item.optional_vars, item.context_expr, stmt, "with")
            case ast.Try(handlers=handlers) | ast.TryStar(handlers=handlers):
                for handler in handlers:
                    if handler.name:
                        self._bind(handler.name, "other", handler, stmt)
            case ast.Match(cases=cases):
                for case in cases:
                    for pattern in ast.walk(case.pattern):
                        if isinstance(pattern, ast.MatchAs | ast.MatchStar) and pattern.name:
                            self._bind(pattern.name, "other", pattern, stmt)

    def _target(self, target: ast.expr, value: ast.expr, stmt: ast.stmt, kind: BindingKind) -> None:
        match target:
            case ast.Name(id=name):
                self._bind(name, kind, value, stmt)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                values = value.elts if isinstance(value, ast.Tuple | ast.List) else None
                for index, element in enumerate(elements):
                    if kind == "assign" and values is not None and len(values) == len(elements):
                        self._target(element, values[index], stmt, "assign")
                    elif isinstance(element, ast.Name):
                        unpack = "unpack" if kind == "assign" else kind
                        self.bindings.setdefault(element.id, []).append(
                            Binding(element.id, unpack, value, stmt, index)
                        )
            case ast.Subscript() | ast.Attribute():
                if kind == "assign":
                    self._mutate(target, "set", value, None, stmt)
            case ast.Starred(value=inner):
                self._target(inner, value, stmt, "other")

    def _mutate(
        self,
        target: ast.expr,
        kind: MutationKind,
        value: ast.expr | None,
        call: ast.Call | None,
        stmt: ast.stmt,
    ) -> None:
        steps: list[ast.expr | str] = []
        node = target
        while True:
            match node:
                case ast.Subscript(value=inner, slice=key):
                    steps.insert(0, key)
                case ast.Call(func=ast.Attribute(value=inner, attr="setdefault"), args=[key, _]):
                    steps.insert(0, key)
                case ast.Call(func=ast.Name(id="vars"), args=[owner]):
                    inner = ast.Attribute(value=owner, attr="__dict__")
                case _:
                    break
            node = inner
        if isinstance(node, ast.Attribute) and kind == "set" and not steps:
            steps.insert(0, node.attr)
            node = node.value
        base = dotted(node)
        if base is not None:
            mutation = Mutation(base, tuple(steps), kind, value, call, stmt)
            self.mutations.setdefault(base, []).append(mutation)

    def _call(self, call: ast.Call, stmt: ast.stmt) -> None:
        match call.func:
            case ast.Attribute(
                value=receiver, attr="update" | "from_mapping" | "read_dict" | "setdefault" as how
            ):
                kind: MutationKind = "setdefault" if how == "setdefault" else "update"
                self._mutate(receiver, kind, None, call, stmt)
            case ast.Attribute(attr="pop"):
                self._removed(call, stmt)
        attribute = set_attribute(call)
        if attribute is not None:
            base, steps = attribute
            mutation = Mutation(base, steps, "set", call.args[2], None, stmt)
            self.mutations.setdefault(base, []).append(mutation)
            return
        self._passed(call, stmt)

    def _passed(self, call: ast.Call, stmt: ast.stmt) -> None:
        """A function that is handed a mapping may fill it."""
        for argument in [*call.args, *(k.value for k in call.keywords)]:
            steps: list[ast.expr | str] = []
            node = argument
            while isinstance(node, ast.Subscript):
                steps.insert(0, node.slice)
                node = node.value
            base = dotted(node)
            if base is not None:
                mutation = Mutation(base, tuple(steps), "passed", argument, call, stmt)
                self.mutations.setdefault(base, []).append(mutation)

    def _removed(self, value: ast.expr, stmt: ast.stmt) -> None:
        match value:
            case ast.Call(func=ast.Attribute(value=receiver, attr="pop"), args=[key, *_]):
                base = dotted(receiver)
                if base is not None:
                    mutation = Mutation(base, (key,), "delete", None, value, stmt)
                    self.mutations.setdefault(base, []).append(mutation)

    def _walrus(self, stmt: ast.stmt) -> None:
        for node in header_nodes(stmt):
            for inner in ast.walk(node):
                if isinstance(inner, ast.NamedExpr):
                    self._bind(inner.target.id, "walrus", inner.value, stmt)
