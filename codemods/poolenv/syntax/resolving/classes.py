"""What classes say: bases, decorators of methods, and what methods assign to ``self``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.binding import Mutation
from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At


def instance_values(scope: Scope, attr: str) -> list[tuple[ast.expr, At]]:
    """The expressions that methods of a class assign to ``self.attr``.

    Of several in one method, those that a later one surely replaces are left out.
    """
    found: list[tuple[ast.expr, At]] = []
    for method, mutations in _assignments(scope, attr):
        last = max((m.stmt.lineno for m in mutations if _is_straight(method, m)), default=0)
        for mutation in mutations:
            assert mutation.value is not None
            if mutation.stmt.lineno >= last:
                found.append((mutation.value, At(method, mutation.stmt)))
    return found


def assigned_anew(scope: Scope, attr: str) -> bool:
    """``__init__`` surely assigns ``self.attr`` without reading what the class gave it."""
    for method, mutations in _assignments(scope, attr):
        if method.name not in ("__init__", "__post_init__"):
            continue
        for mutation in mutations:
            reads = any(
                isinstance(node, ast.Attribute) and node.attr == attr
                for node in ast.walk(mutation.value or mutation.stmt)
            )
            if _is_straight(method, mutation) and not reads:
                return True
    return False


def _is_straight(method: Scope, mutation: Mutation) -> bool:
    where = method.where.get(id(mutation.stmt))
    return where is not None and where.block is method.node.body


def _assignments(scope: Scope, attr: str) -> list[tuple[Scope, list[Mutation]]]:
    return [
        (method, sets)
        for method, mutations in self_mutations(scope, "")
        if (sets := [m for m in mutations if m.kind == "set" and m.steps == (attr,)])
    ]


def self_mutations(scope: Scope, attr: str) -> list[tuple[Scope, list[Mutation]]]:
    """What each method of a class changes at ``self.attr``, or at ``self`` where it is ""."""
    if attr not in scope.changed_by_methods:
        scope.changed_by_methods[attr] = list(_method_mutations(scope, attr))
    return scope.changed_by_methods[attr]


def _method_mutations(scope: Scope, attr: str) -> Iterator[tuple[Scope, list[Mutation]]]:
    for bindings in scope.bindings.values():
        for binding in bindings:
            if not isinstance(binding.node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            method = scope.child(binding.node)
            positional = [*binding.node.args.posonlyargs, *binding.node.args.args]
            base = f"{positional[0].arg}.{attr}".rstrip(".") if positional else ""
            if method.mutations.get(base):
                yield method, method.mutations[base]


def is_base(node: ast.AST, made: ast.ClassDef) -> bool:
    """A class derives from what a name stands for: ``class Users(Repository[User])`` too."""
    return any(
        base is node or (isinstance(base, ast.Subscript) and base.value is node)
        for base in made.bases
    )


def decorators(scope: Scope) -> list[str]:
    """The last name of each decorator of a function or class."""
    nodes = getattr(scope.node, "decorator_list", ())
    return [last_name(n.func if isinstance(n, ast.Call) else n) for n in nodes]


def has_decorator(scope: Scope, name: str) -> bool:
    """A function or class has a decorator of this last name."""
    return name in decorators(scope)


def is_property(scope: Scope) -> bool:
    """Reading the attribute calls the function."""
    return any(d.endswith("property") for d in decorators(scope))
