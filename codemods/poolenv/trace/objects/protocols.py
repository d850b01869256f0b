"""Objects that are known by a ``Protocol`` alone: what the classes with all its members say.

Which of them is handed over the code does not show, so the values are listed, never rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from poolenv.model import Holder, Span
from poolenv.syntax.bindings.inner_scopes import scopes_in
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.classes import instance_values
from poolenv.syntax.resolving.references import ClassReference, External, Instance
from poolenv.trace.objects import attributes
from poolenv.trace.outcome import Outcome, Value, not_in_tests
from poolenv.trace.tracer import Path, Tracer

_PROTOCOLS = frozenset({"typing.Protocol", "typing_extensions.Protocol"})
_FEWEST = 2
"""Members below which a protocol says too little of what has them."""
_FILES = 40
_MEMBER = r"\bdef\s+NAME\b|^\s+NAME\s*[:=]|\bself\.NAME\s*[:=]"
_OBSTACLE = "it reaches the pool by an object that is known by its protocol alone"


def implemented_values(tracer: Tracer, scope: Scope, path: Path, span: Span) -> tuple[Outcome, ...]:
    """What the classes that have all members of a protocol say of one; () for any other class."""
    if not _is_protocol(tracer, scope):
        return ()
    found: list[Outcome] = []
    for other in _implementations(tracer, scope):
        found.extend(attributes.member_values(tracer, Instance(other), path, span))
    return tuple(
        replace(o, holder=Holder.FIXED, obstacle=o.obstacle or _OBSTACLE)
        for o in not_in_tests(tracer.program, found)
        if isinstance(o, Value)
    )


def _is_protocol(tracer: Tracer, scope: Scope) -> bool:
    bases = tracer.resolver.bases(scope)
    return any(isinstance(b, External) and b.plain in _PROTOCOLS for b in bases)


def _implementations(tracer: Tracer, scope: Scope) -> Iterator[Scope]:
    """The classes outside the tests that have every member, the protocols among them left out."""
    members = frozenset(name for name in scope.bindings if not name.startswith("_"))
    if len(members) < _FEWEST:
        return
    rarest = max(members, key=len)
    paths = tracer.program.files_matching(rarest, _MEMBER)
    for path in paths if len(paths) <= _FILES else ():
        module = tracer.program.module(path)
        if module is None or module.source.is_test:
            continue
        for one in scopes_in(module.scope):
            if one.is_class and one is not scope and not _is_protocol(tracer, one):
                family = _family(tracer, one)
                if all(any(_has(c, member) for c in family) for member in members):
                    yield one


def _has(scope: Scope, member: str) -> bool:
    return member in scope.bindings or bool(instance_values(scope, member))


def _family(tracer: Tracer, scope: Scope) -> list[Scope]:
    """A class and its bases of the repository."""
    seen, waiting = [scope], [scope]
    while waiting:
        for base in tracer.resolver.bases(waiting.pop()):
            if isinstance(base, ClassReference) and base.scope not in seen:
                seen.append(base.scope)
                waiting.append(base.scope)
    return seen
