"""What the plan says of each pool argument, in the words a test could use for it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from poolenv.model import Decision, Edit, Plan, Scalar
from poolenv.syntax.program import Program
from poolenv.syntax.scopes import Module

ATTRIBUTES = {
    "size": ("pool_size", "size"),
    "maxsize": ("pool_size", "maxsize", "max_size"),
    "timeout": ("pool_timeout", "timeout"),
    "recycle": ("pool_recycle", "recycle"),
    "pre_ping": ("pool_pre_ping", "pre_ping"),
    "get_max_size": ("max_size",),
    "get_min_size": ("min_size",),
    "maxconnections": ("maxconnections", "max_connections"),
    "stale_timeout": ("stale_timeout",),
}
"""Names that pool objects give to what their constructors call otherwise."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One pool argument with its default before and after."""

    argument: str
    old: Scalar
    new: Scalar
    variable: str | None
    keys: frozenset[str]
    """Normalised names of it: the argument, the variable, the constant, the field."""
    paths: frozenset[str]
    """Where the value is written, passed on and used."""
    edit: Edit | None
    source: tuple[str, int] | None
    """Path and line where the value is written."""

    @property
    def changed(self) -> bool:
        """The default is another one after the change."""
        return not same(self.old, self.new)

    @property
    def reads_environment(self) -> bool:
        """A process with the variable set sees another value than the default."""
        return self.variable is not None


def same(one: Scalar, other: Scalar) -> bool:
    """Equal, with ``True`` and ``1`` told apart."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def key(name: str) -> str:
    """The form in which spellings of one name are equal: ``_MAX_OVERFLOW``, ``max_overflow``."""
    return name.lower().strip("_")


def facts_of(program: Program, plan: Plan) -> tuple[Fact, ...]:
    """One fact per decision on a known value outside of tests, in the plan's order."""
    return tuple(
        _fact(program, decision)
        for decision in plan.decisions
        if not decision.site.in_test and decision.site.value is not None
    )


def _fact(program: Program, decision: Decision) -> Fact:
    site, edit = decision.site, decision.edit
    names = {site.argument, decision.variable, site.env}
    source = (site.source.path, site.source.line) if site.source else None
    if source is not None:
        module = program.module(source[0])
        if module is not None and site.source is not None:
            names.add(holder_name(module, *module.lines.range_of_span(site.source)))
    paths = {site.path, *(step.path for step in site.chain)}
    paths.update([edit.path] if edit else [], [source[0]] if source else [])
    return Fact(
        argument=site.argument,
        old=site.value,
        new=decision.new_value if edit is not None else site.value,
        variable=decision.variable or site.env,
        keys=frozenset(key(name) for name in names if name),
        paths=frozenset(paths),
        edit=edit,
        source=source,
    )


def holder_name(module: Module, start: int, end: int) -> str | None:
    """The name that the text at these offsets is given to: a target, keyword, key or parameter."""
    found: tuple[int, str] | None = None
    for node in ast.walk(module.tree):
        for name, value in _named(node):
            first, last = module.lines.range_of(value)
            if first <= start and end <= last and (found is None or last - first <= found[0]):
                found = (last - first, name)
    return found[1] if found else None


def _named(node: ast.AST) -> list[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=[*_, ast.Name(id=name) | ast.Attribute(attr=name)], value=value):
            return [(name, value)]
        case ast.Assign(targets=[*_, ast.Subscript(slice=ast.Constant(value=str(name)))]):
            return [(name, node.value)]
        case ast.AnnAssign(
            target=ast.Name(id=name) | ast.Attribute(attr=name), value=ast.expr() as value
        ):
            return [(name, value)]
        case ast.Dict(keys=keys, values=values):
            return [
                (entry.value, value)
                for entry, value in zip(keys, values, strict=True)
                if isinstance(entry, ast.Constant) and isinstance(entry.value, str)
            ]
        case ast.Call(keywords=keywords):
            # ``Field(default=10)`` and ``getenv(default=…)`` name the place, not the value.
            return [(k.arg, k.value) for k in keywords if k.arg and k.arg not in _GENERIC]
        case ast.arguments():
            positional = [*node.posonlyargs, *node.args]
            pairs = list(zip(reversed(positional), reversed(node.defaults), strict=False))
            optional = zip(node.kwonlyargs, node.kw_defaults, strict=True)
            pairs += [(argument, value) for argument, value in optional if value is not None]
            return [(argument.arg, value) for argument, value in pairs]
    return []


_GENERIC = frozenset({"default", "cast", "ge", "le", "gt", "lt", "fallback"})
