"""Scopes of one module: the module itself, its classes, functions and lambdas."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from poolenv.model import SourceFile
from poolenv.syntax.bindings.binding import Binding, Mutation
from poolenv.syntax.bindings.body import Body
from poolenv.syntax.source.positions import Lines

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ScopeNode = ast.Module | ast.ClassDef | FunctionNode


@dataclass(slots=True, eq=False)
class Scope(Body):
    """One module, class, function or lambda with what its statements bind and change."""

    node: ScopeNode
    module: Module
    parent: Scope | None
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
        """The scope of a node of this module, its statements read."""
        found = self._scopes.get(id(node))
        if found is None:
            found = Scope(node, self, parent, has_walrus=self.has_walrus)
            self._scopes[id(node)] = found
            if isinstance(node.body, list):
                found.read(node.body)
        return found
