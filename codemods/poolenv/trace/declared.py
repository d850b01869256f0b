"""Settings that reach a constructor by a way the code does not show.

``factory(kind)(**config)`` hides which class is made. Where a class or mapping of the repository
declares most of a constructor's parameters under the same names, its values are listed for the
pool arguments among them: found, but never rewritten, as the way itself is not proved.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from poolenv.model import Holder, Origin
from poolenv.syntax.bindings.expressions import keyword_of, text_of
from poolenv.syntax.bindings.inner_scopes import scopes_in
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.resolving.arguments import parameter_names
from poolenv.syntax.resolving.references import At, Instance
from poolenv.trace.functions import passing
from poolenv.trace.objects import attributes
from poolenv.trace.objects.fields import is_record
from poolenv.trace.outcome import Open, Outcome, Value, led_by, not_in_tests, step
from poolenv.trace.tracer import Tracer

_SHARED = 4
_SHARE = 0.5
_FILES = 40
_DECLARED = r"(?m)^\s+NAME\s*:|[\"']NAME[\"']\s*[:,]"
_TELLING = re.compile(r"pool|conn|overflow|recycle|ping|size|timeout|idle|lifetime", re.I)
_OBSTACLE = "it reaches the pool by a construction that the code does not show"


def declared_values(tracer: Tracer, parameter: Open) -> tuple[Outcome, ...]:
    """The values that fields and mappings of matching shape declare for a parameter."""
    if not _TELLING.search(parameter.name):
        return ()
    scope, holder = parameter.scope, parameter.holder
    own = frozenset(parameter_names(scope)) - {"self", "cls"}
    names = _read(scope, holder) if holder else own
    if len(names) < _SHARED:
        return ()
    paths = tracer.program.files_matching(parameter.name, _DECLARED)
    found: list[_Declared] = []
    for path in paths if len(paths) <= _FILES else ():
        module = tracer.program.module(path)
        if module is not None and not module.source.is_test:
            found.extend(_in_module(tracer, module, parameter, names))
    best: dict[str, float] = {}
    for one in found:
        best[one.kind] = max(best.get(one.kind, 0.0), one.likeness)
    said = [o for one in found if one.likeness == best[one.kind] for o in one.values]
    return tuple(not_in_tests(tracer.program, said))


@dataclass(frozen=True, slots=True)
class _Declared:
    """What one declaration says of a parameter: a record class, a mapping or a list of options."""

    kind: str
    likeness: float
    values: tuple[Outcome, ...]


def _read(scope: Scope, holder: str) -> frozenset[str]:
    """The names that a function, or the class that it makes, reads from what it is handed."""
    owner = scope.parent
    made = owner is not None and owner.is_class and scope.name == "__init__"
    helpers = {name for name, bs in scope.bindings.items() if any(b.kind == "def" for b in bs)}
    found: set[str] = set()
    for node in ast.walk(owner.node if made and owner is not None else scope.node):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str() as text)):
                found.add(text)
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if name == holder:
                found.add(attr)
            case ast.Call(
                func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=str() as text), *_]
            ):
                found.add(text)
            case ast.Call(
                func=ast.Name(id="getattr"), args=[_, ast.Constant(value=str() as text), *_]
            ):
                found.add(text)
            case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str() as text), *_]) if (
                name in helpers
            ):
                found.add(text)
    return frozenset(found)


def _likeness(declared: frozenset[str], names: frozenset[str]) -> float:
    """How much of both sets of names is shared, from 0 (too little to say anything) to 1."""
    shared = declared & names
    if len(shared) < _SHARED or len(shared) < _SHARE * min(len(names), len(declared)):
        return 0.0
    return len(shared) / len(declared | names)


def _in_module(
    tracer: Tracer, module: Module, parameter: Open, names: frozenset[str]
) -> Iterator[_Declared]:
    for scope in scopes_in(module.scope):
        if scope is parameter.scope.parent or parameter.name not in scope.bindings:
            continue
        if scope.is_class and is_record(tracer.resolver, scope):
            fields = frozenset(
                n for n, bs in scope.bindings.items() if any(b.annotation is not None for b in bs)
            )
            likeness = _likeness(fields, names)
            if likeness:
                values = attributes.class_values(tracer, Instance(scope), parameter.name, ())
                yield _Declared("class", likeness, tuple(_listed(values)))
    if parameter.holder:
        return
    for hit in tracer.program.find_settings(module, frozenset({parameter.name})):
        display = hit.outer[-1] if hit.outer else None
        if isinstance(display, ast.Call):
            yield from _option(tracer, hit, display, names)
        if isinstance(display, ast.Dict):
            likeness = _likeness(_texts(display.keys), names)
            value = _entry(display, hit.node)
            if likeness and value is not None and not _is_told(tracer, hit, value):
                at = At(hit.scope, hit.stmt)
                values = led_by(_wrapped(tracer, value, at), step(module, hit.node))
                yield _Declared("mapping", likeness, tuple(_listed(values)))


def _entry(display: ast.Dict, key: ast.AST) -> ast.expr | None:
    """What stands at a key; None where the node is no key of the mapping."""
    entries = zip(display.keys, display.values, strict=True)
    return next((value for known, value in entries if known is key), None)


def _is_told(tracer: Tracer, hit: Found, value: ast.expr) -> bool:
    """A mapping of what something has tells of it, and declares nothing.

    ``"pool_size": self.pool_size`` in a record reports what it is made with; a parameter of a
    function is followed on its own way.
    """
    owner = hit.scope.enclosing_class()
    match value:
        case ast.Name(id=name):
            return passing.parameter(hit.scope, name) is not None
        case ast.Attribute(value=ast.Name(id="self")):
            return owner is not None and is_record(tracer.resolver, owner)
    return False


def _option(
    tracer: Tracer, hit: Found, call: ast.Call, names: frozenset[str]
) -> Iterator[_Declared]:
    """``IntOpt("max_pool_size", default=5)`` in a list of options."""
    several = hit.outer[-2] if len(hit.outer) > 1 else None
    default = keyword_of(call, "default")
    if not isinstance(several, ast.List | ast.Tuple) or default is None:
        return
    options = [e.args[0] for e in several.elts if isinstance(e, ast.Call) and e.args]
    likeness = _likeness(_texts(options), names)
    if likeness and call.args and call.args[0] is hit.node:
        values = tracer.ask(default, (), At(hit.scope, hit.stmt))
        yield _Declared(
            "options", likeness, tuple(_listed(led_by(values, step(hit.scope.module, hit.node))))
        )


def _texts(nodes: Iterable[ast.expr | None]) -> frozenset[str]:
    return frozenset(text for node in nodes if (text := text_of(node)) is not None)


def _wrapped(tracer: Tracer, node: ast.expr, at: At) -> tuple[Outcome, ...]:
    """The value, or the number inside a call that wraps it: ``_Default(3600)``."""
    found = tracer.ask(node, (), at)
    if any(isinstance(o, Value) for o in found):
        return found
    match node:
        case ast.Call(args=[ast.Constant() | ast.UnaryOp() as inner]):
            return tracer.ask(inner, (), at)
    return ()


def _listed(outcomes: tuple[Outcome, ...]) -> Iterator[Outcome]:
    for outcome in outcomes:
        if isinstance(outcome, Value) and not isinstance(outcome.value, str):
            yield replace(
                outcome,
                holder=Holder.FIXED,
                obstacle=_OBSTACLE,
                origin=Origin.SETTINGS if outcome.origin is Origin.LITERAL else outcome.origin,
            )
