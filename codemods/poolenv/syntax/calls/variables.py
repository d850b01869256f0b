"""Which variable an expression is, and where else the same variable is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.reaching import reaching
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.reading import Reading
from poolenv.syntax.calls.tables import modules_with
from poolenv.syntax.resolving.arguments import parameter_names
from poolenv.syntax.resolving.classes import self_mutations
from poolenv.syntax.resolving.references import At, ClassReference, Instance, ModuleReference

_READ = r"\bNAME\s*(?:\[|\.(?:get|pop|items|values|setdefault)\b|[,)\]}])|\bNAME\s+as\s"
_DEPTH = 8

Variable = tuple[Scope, str]
"""A name of a module, function or class; an attribute counts as a name of its class."""


def variables(reading: Reading, node: ast.expr, at: At) -> list[Variable]:
    """The variables that an expression may be; none where it is no plain name or attribute."""
    match node:
        case ast.Name(id=name):
            scope = bound_in(at.scope, name)
            if scope is None:
                return []
            return _followed(reading, scope, name, _DEPTH)
        case ast.Attribute(value=base, attr=attr):
            found: list[Variable] = []
            for reference in reading.resolver.refer(base, at):
                match reference:
                    case ModuleReference(module=module):
                        found.extend(_followed(reading, module.scope, attr, _DEPTH))
                    case ClassReference(scope=owner) | Instance(scope=owner):
                        holder = holder_of(reading, owner, attr)
                        found.extend([(holder, attr)] if holder is not None else [])
            return found
    return []


def _followed(reading: Reading, scope: Scope, name: str, depth: int) -> list[Variable]:
    """A variable itself, or the one of another module that it is imported from."""
    program = reading.program
    for binding in scope.bindings.get(name, ()):
        if binding.kind == "from" and isinstance(binding.stmt, ast.ImportFrom):
            assert isinstance(binding.node, ast.alias)
            stmt = binding.stmt
            path = program.find_module(scope.module.path, stmt.module or "", stmt.level)
            other = program.module(path) if path is not None else None
            if other is None or other is scope.module or depth == 0:
                return []
            return _followed(reading, other.scope, binding.node.name, depth - 1)
    return [(scope, name)]


def bound_in(scope: Scope | None, name: str) -> Scope | None:
    """The scope whose name is meant where it is read in a scope."""
    first = True
    while scope is not None:
        if (first or not scope.is_class) and (
            name in scope.bindings or name in parameter_names(scope)
        ):
            return scope
        scope, first = scope.parent, False
    return None


def holder_of(reading: Reading, owner: Scope, attr: str, depth: int = 20) -> Scope | None:
    """The class that gives an attribute its value: the class itself, else one of its bases."""
    if attr in owner.bindings or any(
        m.kind == "set" and m.steps == (attr,)
        for _, several in self_mutations(owner, "")
        for m in several
    ):
        return owner
    for base in reading.resolver.bases(owner) if depth else ():
        if isinstance(base, ClassReference) and base.scope is not owner:
            found = holder_of(reading, base.scope, attr, depth - 1)
            if found is not None:
                return found
    return None


def reads(
    reading: Reading, variable: Variable, stmt: ast.stmt | None, *, far: bool
) -> tuple[Found, ...]:
    """The places that read a variable; those of a function alone that a statement reaches.

    ``far``: other modules count too, where the text shows that something is taken out of it.
    """
    key = ("reads", id(variable[0].node), variable[1], id(stmt), far)
    if key not in reading.followed:
        reading.followed[key] = tuple(_reads(reading, variable, stmt, far=far))
    return reading.followed[key]


def _reads(
    reading: Reading, variable: Variable, stmt: ast.stmt | None, *, far: bool
) -> Iterator[Found]:
    scope, name = variable
    modules = [scope.module]
    if far and not scope.is_function:
        others = modules_with(reading, name, _READ, scope)
        modules.extend(module for module in others if module is not scope.module)
    for module in modules:
        for hit in reading.program.find_names(module, frozenset({name})):
            assert isinstance(hit.node, ast.expr)
            if isinstance(getattr(hit.node, "ctx", None), ast.Load) and _is(reading, hit, variable):
                if scope.is_function and hit.scope is scope and stmt is not None:
                    bindings, definite = reaching(scope, name, hit.stmt)
                    if definite and all(b.stmt is not stmt for b in bindings):
                        continue
                yield hit


def _is(reading: Reading, hit: Found, variable: Variable) -> bool:
    assert isinstance(hit.node, ast.expr)
    found = variables(reading, hit.node, At(hit.scope, hit.stmt))
    return any(scope is variable[0] and name == variable[1] for scope, name in found)
