"""Scopes of one module: what binds each name, what mutates it, in which block."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from poolenv.model import SourceFile
from poolenv.syntax.bindings.expressions import dotted
from poolenv.syntax.bindings.second_names import share_changes
from poolenv.syntax.bindings.statements import header_nodes, inner_blocks, set_attribute
from poolenv.syntax.source.positions import Lines

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_WITHOUT_NAMES = (ast.If, ast.Raise, ast.Pass, ast.Assert, ast.While, ast.Continue, ast.Break)
"""Statements that bind and change nothing themselves, save by ``:=``."""
_COMPOUND = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
    *(ast.Try, ast.TryStar, ast.Match),
)
ScopeNode = ast.Module | ast.ClassDef | FunctionNode


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that binds a name: the statement, and the node that says to what."""

    name: str
    kind: str
    """assign, unpack, augment, import, from, def, class, for, with, walrus, delete, other."""
    node: ast.AST
    """The value's expression, or the statement itself for def, class, import and from."""
    stmt: ast.stmt
    index: int | None = None
    """kind unpack: position in the tuple on the left."""
    annotation: ast.expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Mutation:
    """One statement that changes what a name or attribute chain holds, without binding it.

    ``base`` is the dotted text of what changes (``kwargs``, ``app.config``, ``self``); ``steps``
    are the keys on the way (an expression) or attribute names (a string).
    """

    base: str
    steps: tuple[ast.expr | str, ...]
    kind: str
    """set, setdefault, update, delete, passed."""
    value: ast.expr | None
    call: ast.Call | None
    stmt: ast.stmt


class Where(NamedTuple):
    """The block a statement stands in."""

    parent: ast.AST | None
    block: list[ast.stmt]
    place: int
    """Its index there."""


@dataclass(slots=True, eq=False)
class Scope:
    """One module, class, function or lambda with its bindings, collected when first asked."""

    node: ScopeNode
    module: Module
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    mutations: dict[str, list[Mutation]] = field(default_factory=dict)
    returns: list[ast.Return] = field(default_factory=list)
    yields: list[tuple[ast.expr, ast.stmt]] = field(default_factory=list)
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    where: dict[int, Where] = field(default_factory=dict)
    changed_by_methods: dict[str, list[tuple[Scope, list[Mutation]]]] = field(default_factory=dict)
    """Of a class: remembered answers of ``classes.self_mutations``."""
    uses_of_base: dict[str, list[ast.Call | None] | None] = field(default_factory=dict)
    """Of a class: remembered by ``overridden``, by the name of a method."""
    reached: dict[tuple[str, int], tuple[list[Binding], bool]] = field(default_factory=dict)
    """Remembered answers of ``reaching``, by name and identity of the statement."""

    @property
    def name(self) -> str:
        """The name people know it by."""
        return getattr(self.node, "name", "<lambda>" if self.is_function else self.module.path)

    @property
    def is_function(self) -> bool:
        """A function or lambda, whose names other scopes can't reach by attribute."""
        return isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)

    @property
    def is_class(self) -> bool:
        """A class body."""
        return isinstance(self.node, ast.ClassDef)

    def child(self, node: ScopeNode) -> Scope:
        """The scope of a function, lambda or class that stands directly in this one."""
        return self.module.scope_for(node, self)

    def enclosing_class(self) -> Scope | None:
        """The class whose method this function is (or is nested in)."""
        scope: Scope | None = self
        while scope is not None and not scope.is_class:
            scope = scope.parent
        return scope

    def parameters(self) -> ast.arguments | None:
        """The parameters of a function or lambda."""
        node = self.node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            return node.args
        return None

    def collect(self) -> None:
        """Read the statements of this scope (nested scopes excluded) once."""
        body = self.node.body
        if isinstance(body, list):
            self._block(body, None)
            if self.mutations:
                share_changes(self.bindings, self.mutations)

    def _block(self, block: list[ast.stmt], parent: ast.AST | None) -> None:
        for index, stmt in enumerate(block):
            self.where[id(stmt)] = Where(parent, block, index)
            if isinstance(stmt, _WITHOUT_NAMES):
                if self.module.has_walrus:
                    self._walrus(stmt)
            else:
                self._statement(stmt)
            if isinstance(stmt, _COMPOUND):
                for inner in inner_blocks(stmt):
                    self._block(inner, stmt)

    def _bind(self, name: str, kind: str, node: ast.AST, stmt: ast.stmt) -> None:
        self.bindings.setdefault(name, []).append(Binding(name, kind, node, stmt))

    def _statement(self, stmt: ast.stmt) -> None:
        match stmt:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._target(target, value, stmt, "assign")
                self._removed(value, stmt)
            case ast.Expr(value=ast.Constant()):
                return
            case ast.AnnAssign(target=target, value=value, annotation=annotation):
                if isinstance(target, ast.Name):
                    binding = Binding(
                        target.id,
                        "assign" if value is not None else "declare",
                        value if value is not None else annotation,
                        stmt,
                        annotation=annotation,
                    )
                    self.bindings.setdefault(target.id, []).append(binding)
                elif value is not None:
                    self._target(target, value, stmt, "assign")
            case ast.AugAssign(target=ast.Name(id=name), op=ast.BitOr(), value=value):
                self._mutate(ast.Name(id=name), "update", value, None, stmt)
            case ast.AugAssign(target=ast.Name(id=name), value=value):
                self._bind(name, "augment", value, stmt)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                self._bind(name, "def", stmt, stmt)
            case ast.ClassDef(name=name):
                self._bind(name, "class", stmt, stmt)
            case ast.Import(names=names):
                for alias in names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    self._bind(bound, "import", alias, stmt)
            case ast.ImportFrom(names=names):
                for alias in names:
                    self._bind(alias.asname or alias.name, "from", alias, stmt)
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
            case ast.Expr(value=ast.Yield(value=value)) if value is not None:
                self.yields.append((value, stmt))
            case ast.Expr(value=ast.Call() as call):
                self._call(call, stmt)
            case ast.Expr(value=ast.Await(value=ast.Call() as call)):
                self._call(call, stmt)
            case ast.Match(cases=cases):
                for case in cases:
                    for pattern in ast.walk(case.pattern):
                        if isinstance(pattern, ast.MatchAs | ast.MatchStar) and pattern.name:
                            self._bind(pattern.name, "other", pattern, stmt)
        if self.module.has_walrus:
            self._walrus(stmt)

    def _target(self, target: ast.expr, value: ast.expr, stmt: ast.stmt, kind: str) -> None:
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
        kind: str,
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
                kind = "setdefault" if how == "setdefault" else "update"
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


@dataclass(slots=True, eq=False)
class Module:
    """One parsed Python file with its scopes."""

    source: SourceFile
    tree: ast.Module
    lines: Lines
    _scopes: dict[int, Scope] = field(default_factory=dict)
    assigned_globals: dict[str, list[tuple[Scope, Binding]]] | None = None
    """Remembered by ``outer_names.global_bindings``."""
    may_change: dict[str, bool] = field(default_factory=dict)
    """Remembered by ``trace.containers.changes``: names that the text seems to change."""
    loop_variables: frozenset[str] | None = None
    """Remembered by ``trace.containers.iterations``."""
    layers: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Remembered by ``trace.containers.reworked``, by the identity of a function."""
    has_walrus: bool = False
    has_nonlocal: bool = False

    def __post_init__(self) -> None:
        self.has_walrus = ":=" in self.source.text
        self.has_nonlocal = "nonlocal " in self.source.text

    @property
    def path(self) -> str:
        """POSIX path relative to the root."""
        return self.source.path

    @property
    def scope(self) -> Scope:
        """The module's own scope."""
        return self.scope_for(self.tree, None)

    def scope_for(self, node: ScopeNode, parent: Scope | None) -> Scope:
        """The scope of a node of this module, its bindings collected."""
        found = self._scopes.get(id(node))
        if found is None:
            found = Scope(node, self, parent)
            self._scopes[id(node)] = found
            found.collect()
        return found
