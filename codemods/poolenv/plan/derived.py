"""Literals whose name another argument's expression computes with: ``pool_timeout=OVER * 2``."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from poolenv.catalogue.possibilities import number
from poolenv.model import Holder, Site, Span
from poolenv.plan.surroundings import Surroundings
from poolenv.plan.targets import Target


@dataclass(frozen=True, slots=True)
class _Expression:
    """One argument's expression, with the names that its value depends on."""

    site: Site
    names: frozenset[str]
    outer: frozenset[str]
    """Those of them that another file may give: imported ones and attributes."""
    replaced: bool
    """The policy writes another value in its place, so that it computes with nothing any more."""


def derived(
    sites: tuple[Site, ...], wanted: Mapping[int, Target], surroundings: Surroundings
) -> dict[int, str]:
    """The sites whose literal another expression computes with, by position, with that one.

    Such a literal keeps its value: a lower one would change the expression's result unseen. An
    expression that the policy itself replaces, in the same file, does not hold its names.
    """
    names = _Names(surroundings)
    shared = Counter(site.source for site in sites)
    expressions = [
        _Expression(site, *used, _is_replaced(site, wanted[index], shared))
        for index, site in enumerate(sites)
        if site.source is not None and (used := names.used(site.source))[0]
    ]
    found: dict[int, str] = {}
    for index, site in enumerate(sites):
        own = names.given(site.source) if site.source is not None else frozenset()
        holds = next((o for o in expressions if own and _computes(o, site, own)), None)
        if holds is not None:
            written = " ".join(holds.site.source_text.split())
            found[index] = f"{holds.site.argument}={written}"
    return _with_sharing(sites, found)


def _computes(expression: _Expression, site: Site, own: frozenset[str]) -> bool:
    """An expression that stays names what the literal of a site is given to."""
    there, at = expression.site.source, site.source
    if there is None or at is None or there == at:
        return False
    if there.path != at.path:
        return bool(own & expression.outer)
    return not expression.replaced and bool(own & expression.names)


def _with_sharing(sites: tuple[Site, ...], found: dict[int, str]) -> dict[int, str]:
    """Those, and the sites that the same literals feed elsewhere."""
    by_source = {sites[index].source: text for index, text in found.items()}
    return {i: by_source[s.source] for i, s in enumerate(sites) if s.source in by_source}


def _is_replaced(site: Site, target: Target, shared: Mapping[Span | None, int]) -> bool:
    """Another value is written over an expression for certain, whatever else is refused."""
    plain = site.holder is Holder.EXPRESSION and not site.in_test and shared[site.source] == 1
    return plain and target.reason is not None and number(site.value) not in (0, 1)


@dataclass(slots=True)
class _Names:
    """The names that literals are given to, and those that expressions use, by file."""

    surroundings: Surroundings
    _behind: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    _outer: dict[str, set[str]] = field(default_factory=dict)

    def given(self, span: Span) -> frozenset[str]:
        """What the literal at a place is bound to: a constant, an attribute, a parameter."""
        way = self.surroundings.way_to(span)
        found: set[str] = set()
        for outer, inner in pairwise(way):
            match outer:
                case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
                    if inner in (*args.defaults, *args.kw_defaults):
                        found |= {arg.arg for arg, default in _defaults(args) if default is inner}
                case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                    found |= {name for target in _targets(outer) for name in _of(target)}
        return frozenset(found)

    def used(self, span: Span) -> tuple[frozenset[str], frozenset[str]]:
        """The names in the expression at a place, with whatever those are computed from.

        Beside them those that are imported, or attributes.
        """
        way = self.surroundings.way_to(span)
        node = way[-1] if way else None
        node = node.value if isinstance(node, ast.keyword) else node
        if not isinstance(node, ast.expr) or isinstance(node, ast.Constant):
            return frozenset(), frozenset()
        behind = self._behind_of(span.path)
        found: set[str] = set()
        left = set(_of(node))
        while left:
            name = left.pop()
            found.add(name)
            left |= behind.get(name, set()) - found
        return frozenset(found), frozenset(found & self._outer[span.path])

    def _behind_of(self, path: str) -> dict[str, set[str]]:
        """The names in what each name of a file is given; an import's own name for an alias."""
        if path not in self._behind:
            behind: dict[str, set[str]] = {}
            outer: set[str] = set()
            for node in ast.walk(self.surroundings.tree(path) or ast.Module([], [])):
                match node:
                    case ast.Assign(value=value) | ast.NamedExpr(value=value):
                        _add(behind, node, value)
                    case ast.AnnAssign(value=ast.expr() as value):
                        _add(behind, node, value)
                    case ast.ImportFrom(names=names):
                        for alias in names:
                            behind.setdefault(alias.asname or alias.name, set()).add(alias.name)
                            outer.add(alias.name)
                    case ast.Attribute(attr=attribute):
                        outer.add(attribute)
            self._behind[path], self._outer[path] = behind, outer
        return self._behind[path]


def _add(behind: dict[str, set[str]], node: ast.AST, value: ast.expr) -> None:
    for target in _targets(node):
        for name in _of(target):
            behind.setdefault(name, set()).update(_of(value))


def _targets(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Assign(targets=targets):
            return targets
        case ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            return [target]
    return []


def _of(node: ast.AST) -> Iterator[str]:
    """The names and attributes in an expression, each without what stands before its dot."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr


def _defaults(args: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    positional = [*args.posonlyargs, *args.args]
    with_default = positional[len(positional) - len(args.defaults) :]
    yield from zip(with_default, args.defaults, strict=True)
    yield from zip(args.kwonlyargs, args.kw_defaults, strict=True)
