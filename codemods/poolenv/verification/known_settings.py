"""What of one file is a pool setting, by the traces of both sides."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from poolenv.model import PoolKey, Site, Span, Trace
from poolenv.prove.expressions import is_harmless, reads_environment, with_value
from poolenv.prove.places import holds
from poolenv.prove.trials import PLACEHOLDER
from poolenv.syntax.source.positions import Lines

Range = tuple[int, int]
Address = tuple[str, str, int, str]
"""File, sink, number of the pool among those, argument: the same on both sides."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """The sites of one side, by an address that a moved line does not change."""

    sites: tuple[Site, ...]
    _addresses: Mapping[PoolKey, tuple[str, str, int]]

    @classmethod
    def of(cls, trace: Trace) -> Numbered:
        """Number the pools of each file and sink in order."""
        counts: dict[tuple[str, str], int] = {}
        addresses: dict[PoolKey, tuple[str, str, int]] = {}
        for pool in sorted(trace.pools, key=lambda p: (p.key.path, p.key.line, p.key.column)):
            kind = (pool.key.path, pool.sink)
            counts[kind] = counts.get(kind, 0) + 1
            addresses[pool.key] = (*kind, counts[kind])
        return cls(trace.sites, addresses)

    def address(self, site: Site) -> Address | None:
        """Where the site's argument arrives; None where that is no pool's call."""
        found = self._addresses.get(site.pool)
        return None if found is None else (*found, site.argument)

    def at(self, addresses: Iterable[Address | None]) -> tuple[Site, ...]:
        """The sites of these addresses."""
        wanted = {address for address in addresses if address is not None}
        return tuple(site for site in self.sites if self.address(site) in wanted)


@dataclass(frozen=True, slots=True)
class KnownSettings:
    """Judges the differences of one file."""

    old: Lines
    new: Lines
    before: Numbered
    after: Numbered
    bound: frozenset[str] = frozenset()
    """Names that the old file binds anywhere."""
    borrowed: set[str] = field(default_factory=set)
    """Names that new values of settings use and that are traced to the environment."""

    def is_setting(self, old: ast.expr, new: ast.expr) -> bool:
        """Whether a setting's value, or a part of it, became a value or a read of the environment.

        Any other expression has to be traced to a variable, for every way to the pool.
        """
        at = self.old.range_of(old)
        sites = self._within(self.before, self.old, at)
        if not sites:
            return False
        if is_harmless(new) or with_value(new, self.old.source(old), PLACEHOLDER) is not None:
            return True
        if not isinstance(new, ast.Name | ast.Attribute):
            return False
        there = self.after.at(self.before.address(site) for site in sites)
        if not there or any(site.env is None for site in there):
            return False
        self.borrowed.update(n.id for n in ast.walk(new) if isinstance(n, ast.Name))
        return True

    def is_read_anew(self, old: ast.expr, new: ast.expr) -> bool:
        """Whether an environment read that gives a setting became another such read."""
        reads = is_harmless(old) and reads_environment(old) and is_harmless(new)
        return reads and bool(self.base_sites(old))

    def may_be_added(self, node: ast.AST) -> bool:
        """An import of ``os``, an argument (or entry) for a pool, or a constant that one gets."""
        match node:
            case ast.Import(names=names):
                return all(alias.name == "os" for alias in names)
            case ast.ImportFrom(module="os", names=names, level=0):
                return all(alias.name in ("environ", "getenv") for alias in names)
            case ast.alias(name="environ" | "getenv"):
                return True  # Of `from os import`: any other module has no such names to serve.
            case ast.keyword(value=value):
                return is_harmless(value) and bool(self.branch_sites(value))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return self._is_new_constant(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                return self._is_new_constant(name, value)
        return False

    def base_sites(self, old: ast.expr) -> tuple[Site, ...]:
        """Sites whose value is this expression of the old file, a part of it, or around it."""
        return self._touching(self.before, self.old, self.old.range_of(old))

    def branch_sites(self, new: ast.expr) -> tuple[Site, ...]:
        """The same for the new file."""
        return self._touching(self.after, self.new, self.new.range_of(new))

    def _is_new_constant(self, name: str, value: ast.expr) -> bool:
        fresh = name not in self.bound
        return fresh and is_harmless(value) and bool(self.branch_sites(value))

    def _within(self, side: Numbered, lines: Lines, at: Range) -> tuple[Site, ...]:
        return tuple(
            site
            for site in side.sites
            if any(holds(_range(lines, span), at) for span in _spans(site, lines.path))
        )

    def _touching(self, side: Numbered, lines: Lines, at: Range) -> tuple[Site, ...]:
        return tuple(
            site
            for site in side.sites
            if any(
                holds(there, at) or holds(at, there)
                for there in (_range(lines, span) for span in _spans(site, lines.path))
            )
        )


def bound_names(tree: ast.Module) -> frozenset[str]:
    """Every name that a file binds, in any scope and any way."""
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name) | ast.MatchAs(name=str() as name):
                names.add(name)
            case ast.alias():
                names.add((node.asname or node.name).partition(".")[0])
    return frozenset(names)


def _spans(site: Site, path: str) -> tuple[Span, ...]:
    spans = (site.source, site.whole_source)
    return tuple(span for span in spans if span is not None and span.path == path)


def _range(lines: Lines, span: Span) -> Range:
    return lines.range_of_span(span)
