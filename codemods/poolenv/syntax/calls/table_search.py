"""Where what stands in a table goes from there.

What stands in a table is followed forwards: to the variables that hold the table, to what is
looked up in it, over variables, results and parameters, and to where that is called. A class may
also stand there as text, which ``importlib`` and ``getattr`` turn into the class.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.calls_by_owner import calls_of
from poolenv.syntax.calls.class_hooks import entered
from poolenv.syntax.calls.reading import Reading
from poolenv.syntax.calls.receiving import receiving
from poolenv.syntax.calls.table_keys import (
    Known,
    may_be_same,
    passed_texts,
    text_of,
    text_of_class,
)
from poolenv.syntax.calls.tables import names_of, puts
from poolenv.syntax.calls.variables import Variable, bound_in, reads, variables
from poolenv.syntax.resolving.references import At, External

_MOST_INSIDE = 4
_LOOK_UPS = frozenset({"get", "pop", "setdefault", "__getitem__"})
_SPLITS = frozenset({"rsplit", "split", "rpartition", "partition"})
_SAME = frozenset(
    {
        "typing.cast",
        "builtins.dict",
        "types.MappingProxyType",
        "copy.copy",
        "copy.deepcopy",
        "collections.OrderedDict",
    }
)
_LOADERS = frozenset(
    {
        "django.utils.module_loading.import_string",
        "kombu.utils.imports.symbol_by_name",
        "oslo_utils.importutils.import_class",
        "pkgutil.resolve_name",
        "pydoc.locate",
        "werkzeug.utils.import_string",
        "zope.dottedname.resolve.resolve",
    }
)
"""Functions of libraries that give what a dotted name names."""

Kind = Literal["item", "items", "path", "paths", "parts", "part", "object", "objects"]
"""The class, a table of such, its dotted name, a table of such, and pieces of the name.

And an object of the class, with a table of such.
"""
_TAKEN: dict[Kind, Kind] = {
    "items": "item",
    "paths": "path",
    "parts": "part",
    "objects": "object",
}
_PUT: dict[Kind, Kind] = {"item": "items", "path": "paths", "part": "paths", "object": "objects"}
_TABLES: frozenset[Kind] = frozenset({"items", "paths", "objects"})


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """An expression that holds it, in whatever way."""

    kind: Kind
    hit: Found
    key: str | None = None
    """What it is found under, where that is known."""
    by: ast.expr | None = None
    """What it was looked up with, in the same function."""
    known: Known = ()
    inside: tuple[tuple[Scope, Held], ...] = ()
    """The functions that it was handed to, each with the call that did so."""

    @property
    def places(self) -> Iterator[int]:
        """What tells the calls apart that it was handed on by."""
        return (id(call.hit.node) for _, call in self.inside)

    @property
    def at(self) -> At:
        """Where it stands."""
        return At(self.hit.scope, self.hit.stmt)

    def outside(self, kind: Kind | None = None) -> Held:
        """What stands directly around it holds it too."""
        hit = self.hit
        node = hit.outer[-1]
        assert isinstance(node, ast.expr)
        return replace(
            self, hit=Found(node, hit.scope, hit.stmt, hit.outer[:-1]), kind=kind or self.kind
        )


@dataclass(frozen=True, slots=True)
class Search:
    """One run, for a class or function that stands in tables."""

    reading: Reading
    target: Scope | None
    """The class or function of the repository; None for one of a library."""

    def beginnings(self, target: Scope) -> Iterator[Held]:
        """Where it is put into a table, itself or by its name."""
        for hit in puts(self.reading, target):
            yield Held("item", hit)
        for hit in names_of(self.reading, target):
            assert isinstance(hit.node, ast.Constant)
            yield Held("part" if hit.node.value == target.name else "path", hit)
        for function, name, known in entered(self.reading.resolver, target):
            for hit in reads(self.reading, (function, name), None, far=False):
                yield Held("item", hit, known=known)

    def after(self, held: Held) -> Iterator[Held]:
        """Where what an expression holds goes from there."""
        parent = held.hit.outer[-1] if held.hit.outer else None
        match parent:
            case None:
                yield from self._after_statement(held)
            case ast.Dict(keys=keys, values=values) if held.hit.node in values:
                key = keys[values.index(held.hit.node)]
                if key is None:
                    yield held.outside()
                elif held.kind in _PUT:
                    outside = held.outside(_PUT[held.kind])
                    yield replace(outside, key=self._text(held, key))
            case ast.Subscript(value=value, slice=key) if value is held.hit.node:
                if held.kind == "parts":
                    yield held.outside("part")
                elif held.kind in _TABLES:
                    yield from self._taken(held.outside(_TAKEN[held.kind]), key)
            case ast.Attribute(attr=attr):
                yield from self._of_method(held, attr)
            case ast.Call() | ast.keyword():
                yield from self._as_argument(held)
            case ast.withitem(optional_vars=ast.expr() as target) if held.kind == "object":
                yield from self._assigned(held, target)
            case ast.IfExp(test=test) if test is not held.hit.node:
                yield held.outside()
            case ast.BoolOp() | ast.Await() | ast.NamedExpr():
                yield held.outside()
            case ast.BinOp(op=ast.BitOr()) if held.kind in _TABLES:
                yield held.outside()

    def _taken(self, held: Held, key: ast.expr) -> Iterator[Held]:
        """It is looked up with a key, which may be that of something else."""
        text = self._text(held, key)
        if text is None or held.key is None or may_be_same(text, held.key):
            yield replace(held, by=None if text is not None else key)

    def _of_method(self, held: Held, attr: str) -> Iterator[Held]:
        call = held.hit.outer[-2] if len(held.hit.outer) > 1 else None
        if not isinstance(call, ast.Call) or call.func is not held.hit.outer[-1]:
            return
        result = held.outside().outside()
        if held.kind in _TABLES and attr in _LOOK_UPS and call.args:
            yield from self._taken(replace(result, kind=_TAKEN[held.kind]), call.args[0])
        elif held.kind in _TABLES and attr == "copy":
            yield result
        elif held.kind == "path" and attr in _SPLITS:
            yield replace(result, kind="parts")
        elif held.kind in _TABLES and attr in ("items", "values"):
            yield from self._in_loop(replace(result, kind=_TAKEN[held.kind]), attr)

    def _in_loop(self, held: Held, attr: str) -> Iterator[Held]:
        """``for name, store in STORES.items()``."""
        stmt = held.hit.stmt
        if not isinstance(stmt, ast.For | ast.AsyncFor) or stmt.iter is not held.hit.node:
            return
        target: ast.expr | None = stmt.target
        if attr == "items":
            match target:
                case ast.Tuple(elts=[_, target]):
                    pass
                case _:
                    return
        if isinstance(target, ast.Name):
            yield from self._variable(held, (held.hit.scope, target.id))

    def _as_argument(self, held: Held) -> Iterator[Held]:
        hit = held.hit
        call = hit.outer[-1]
        if isinstance(call, ast.keyword):
            if call.arg is None or len(hit.outer) < 2:
                return
            call = hit.outer[-2]
        if not isinstance(call, ast.Call) or not isinstance(hit.node, ast.expr):
            return
        resolver = self.reading.resolver
        match call.func:
            case ast.Name(id="getattr") if held.kind == "part" and call.args[1:2] == [hit.node]:
                yield replace(held.outside(), kind="item")
                return
            case ast.Attribute(attr="setdefault") if call.args[1:] == [hit.node]:
                yield from self._put(held, call.func.value, call.args[0])
                return
            case ast.Attribute(attr="update") if held.kind in _TABLES:
                for variable in variables(self.reading, call.func.value, held.at):
                    yield from self._variable(held, variable)
                return
        names = {r.plain for r in resolver.refer(call.func, held.at) if isinstance(r, External)}
        if names & _SAME and hit.node is call.args[-1:][0]:
            yield held.outside()
        elif names & _LOADERS and held.kind == "path":
            yield replace(held.outside(), kind="item")
        place = hit.outer.index(call)
        there = replace(held, hit=Found(call, hit.scope, hit.stmt, hit.outer[:place]))
        for function, name in receiving(resolver, call, hit.node, held.at):
            if len(held.inside) == _MOST_INSIDE:
                continue
            known = passed_texts(function, call)
            inside = (*held.inside, (function, there))
            given = replace(held, known=(*held.known, *known), by=None, inside=inside)
            for read in reads(self.reading, (function, name), None, far=False):
                yield replace(given, hit=read, kind=held.kind)

    def _after_statement(self, held: Held) -> Iterator[Held]:
        hit = held.hit
        match hit.stmt:
            case ast.Assign(targets=targets, value=value) if value is hit.node:
                for target in targets:
                    yield from self._assigned(held, target)
            case ast.AnnAssign(target=target, value=value) if value is hit.node:
                yield from self._assigned(held, target)
            case ast.Return(value=value) if value is hit.node and hit.scope.is_function:
                yield from self._returned(held)

    def _assigned(self, held: Held, target: ast.expr) -> Iterator[Held]:
        match target:
            case ast.Name(id=name):
                yield from self._variable(held, (held.hit.scope, name))
            case ast.Attribute():
                for variable in variables(self.reading, target, held.at):
                    yield from self._variable(held, variable)
            case ast.Subscript(value=base, slice=key):
                yield from self._put(held, base, key)
            case ast.Tuple(elts=elements) if held.kind == "parts":
                for element in elements:
                    if isinstance(element, ast.Name):
                        part = replace(held, kind="part")
                        yield from self._variable(part, (held.hit.scope, element.id))

    def _variable(self, held: Held, variable: Variable) -> Iterator[Held]:
        far = held.kind in _TABLES
        stmt = held.hit.stmt if variable[0] is held.hit.scope else None
        for hit in reads(self.reading, variable, stmt, far=far):
            by = held.by if hit.scope is held.hit.scope else None
            yield replace(held, hit=hit, by=by)

    def _put(self, held: Held, base: ast.expr, key: ast.expr) -> Iterator[Held]:
        """``table[key] = it``."""
        if held.kind not in _PUT:
            return
        put = replace(held, kind=_PUT[held.kind], key=self._text(held, key), known=())
        for variable in variables(self.reading, base, held.at):
            yield from self._variable(put, variable)

    def _returned(self, held: Held) -> Iterator[Held]:
        """The results of a function's calls; what it was looked up with may be their argument."""
        function = held.hit.scope
        if held.inside and held.inside[-1][0] is function:
            yield replace(held.inside[-1][1], kind=held.kind)
            return
        parameter = held.by.id if isinstance(held.by, ast.Name) else None
        for made in calls_of(self.reading, function):
            call, at = made.node, At(made.scope, made.stmt)
            assert isinstance(call, ast.Call)
            by = None
            if parameter is not None and bound_in(function, parameter) is function:
                by = next(
                    (
                        passed
                        for passed in (*call.args, *(k.value for k in call.keywords))
                        if (function, parameter)
                        in receiving(self.reading.resolver, call, passed, at)
                    ),
                    None,
                )
            result = replace(held, hit=made, by=by)
            if by is None:
                yield result
            else:
                yield from self._taken(result, by)

    def _text(self, held: Held, key: ast.expr) -> str | None:
        """What a key is, where that stands in the code."""
        text = text_of(key, held.hit.scope, held.known)
        if text is not None or self.target is None:
            return text
        return text_of_class(key, held.hit.node, self.target)
