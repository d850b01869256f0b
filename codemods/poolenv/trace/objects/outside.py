"""What code outside a class puts into the attributes of its objects.

``domain.config["databases"]["main"] = {"pool_size": 5}``, in any file that has such an object,
and ``made = cls(); made.size = 5`` in a function that makes one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from poolenv.syntax.bindings.binding import Mutation
from poolenv.syntax.bindings.expressions import dotted
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.calls.called_objects import is_of_itself
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.arguments import receiver_name
from poolenv.syntax.resolving.kinship import are_related
from poolenv.syntax.resolving.references import At, Instance
from poolenv.trace.containers import changes
from poolenv.trace.functions import passing
from poolenv.trace.outcome import Outcome, Value, led_by, step
from poolenv.trace.tracer import Path, Tracer

_MOST_FILES = 40
_SET = r"\.NAME\s*(?::[^=\n]*)?=[^=]"
_CHANGE = r"\[[\"']NAME[\"']\](?:\[[^\]\n]*\])*\s*(?:=[^=\n]|\.(?:update|setdefault)\b)"
_NAMED = r"\[[\"']NAME[\"']\](?:\[[^\]\n]*\])*\s*(?:=\s*[A-Za-z_]|\.(?:update|setdefault)\b)"


def set_from_outside(tracer: Tracer, owner: Instance, attr: str, rest: Path) -> tuple[Outcome, ...]:
    """The values that other code than the object's own methods assigns to an attribute of it.

    What tests assign to an object of the code they test is not among them.
    """
    key = (attr, owner.scope.module.path)
    if key not in tracer.assignments:
        tracer.assignments[key] = tuple(_assignments(tracer.program, attr, owner.scope.module))
    found: list[Outcome] = []
    for hit, value in tracer.assignments[key]:
        found.extend(_set(tracer, owner, hit, value, rest))
    return tuple(found)


def _assignments(program: Program, attr: str, module: Module) -> Iterator[tuple[Found, ast.expr]]:
    """What may be assigned to an attribute of a class of a module, with its place."""
    for path in program.files_matching(attr, _SET, program.importers(module.path))[:_MOST_FILES]:
        if program.snapshot.python[path].is_test and not module.source.is_test:
            continue
        other = program.module(path)
        for hit in program.find_names(other, frozenset({attr})) if other is not None else ():
            value = _assigned(hit)
            if value is not None:
                yield hit, value


def put_from_outside(tracer: Tracer, owner: Instance, attr: str, rest: Path) -> tuple[Outcome, ...]:
    """The values that other code puts at a path into the mapping in ``attr`` of an object.

    Only an entry that is named is looked for: its name tells the files that may hold it.
    """
    key, last = rest[0][1:] if rest[0].startswith("[") else "", rest[-1][1:]
    if len(rest) < 2 or not key.isidentifier() or not last.isidentifier():
        return ()
    found: list[Outcome] = []
    for module in _modules(tracer, attr, key, last):
        for hit in tracer.program.find_names(module, frozenset({attr})):
            for mutation in _changes(hit, key):
                found.extend(_put(tracer, owner, hit, mutation, rest))
    return tuple(found)


def put_later(tracer: Tracer, name: str, path: Path, at: At) -> tuple[Outcome, ...]:
    """The same of the object that a method runs on, where the method has set the attribute."""
    owner = at.scope.parent
    if owner is None or not owner.is_class or len(path) < 3:
        return ()
    if not path[0].startswith(".") or receiver_name(at.scope) != name:
        return ()
    return put_from_outside(tracer, Instance(owner), path[0][1:], path[1:])


def _modules(tracer: Tracer, attr: str, key: str, last: str) -> Iterator[Module]:
    """The modules that may do so: they name the value's key, or put a named value there."""
    program = tracer.program
    start = rf"\.{re.escape(attr)}"
    naming = frozenset(program.files_mentioning(last))
    paths = [p for p in program.files_matching(key, start + _CHANGE) if p in naming]
    paths.extend(p for p in program.files_matching(key, start + _NAMED) if p not in naming)
    for path in paths[:_MOST_FILES]:
        module = program.module(path)
        if module is not None:
            yield module


def _changes(hit: Found, key: str) -> Iterator[Mutation]:
    """The change that the statement makes of the entry ``key`` of ``base.attr``."""
    base = dotted(hit.node) if isinstance(hit.node, ast.Attribute) else None
    if base is None:
        return
    for mutation in hit.scope.mutations.get(base, ()):
        match mutation.stmt is hit.stmt, mutation.steps:
            case True, (ast.Constant(value=first), *_) if first == key:
                yield mutation


def _set(
    tracer: Tracer, owner: Instance, hit: Found, value: ast.expr, rest: Path
) -> Iterator[Outcome]:
    """What an assignment gives the attribute, where the object is one of the class."""
    for one in _objects(tracer, owner, hit):
        # The object may be used before, or be another one that nothing is assigned to.
        found = [
            replace(o, sure=False) if isinstance(o, Value) else o
            for o in tracer.ask(value, rest, At(hit.scope, hit.stmt))
        ]
        yield from _of(tracer, one, found, hit)


def _assigned(hit: Found) -> ast.expr | None:
    """What ``base.attr = value`` assigns, where the base is not the method's own object."""
    match hit.node, hit.stmt:
        case ast.Attribute(), ast.Assign(targets=targets, value=value):
            is_target = hit.node in targets
        case ast.Attribute(), ast.AnnAssign(target=target, value=ast.expr() as value):
            is_target = target is hit.node
        case _:
            return None
    is_own = hit.scope.enclosing_class() is not None and is_of_itself(hit)
    return value if is_target and not is_own else None


def _put(
    tracer: Tracer, owner: Instance, hit: Found, mutation: Mutation, rest: Path
) -> Iterator[Outcome]:
    """What the change puts there, where the object is one of the class."""
    if hit.scope.enclosing_class() is owner.scope:
        return
    for one in _objects(tracer, owner, hit):
        values = changes.mutation_values(tracer, mutation, rest, At(hit.scope, hit.stmt)) or ()
        yield from _of(tracer, one, [o for o in values if isinstance(o, Value)], hit)


def _objects(tracer: Tracer, owner: Instance, hit: Found) -> Iterator[Instance]:
    """What the base of ``base.attr`` is, where it may be the object that is asked for."""
    assert isinstance(hit.node, ast.Attribute)
    for reference in tracer.refer(hit.node.value, At(hit.scope, hit.stmt)):
        if isinstance(reference, Instance) and _may_be(tracer, reference, owner):
            yield reference


def _of(tracer: Tracer, one: Instance, found: Sequence[Outcome], hit: Found) -> tuple[Outcome, ...]:
    """The values with the call that made the object, where it is known."""
    if one.call is not None and one.at is not None:
        found = passing.from_call(tracer, CallSite(one.call, one.at), found)
    return led_by(found, step(hit.scope.module, hit.stmt))


def _may_be(tracer: Tracer, one: Instance, owner: Instance) -> bool:
    """The object may be of the class whose attribute is asked for."""
    if owner.call is not None and one.call is not None and owner.call is not one.call:
        return False
    return are_related(tracer.resolver, one.scope, owner.of or owner.scope)
