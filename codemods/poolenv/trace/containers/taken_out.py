"""Entries that a statement takes out of a mapping under a condition that holds for them.

``if url.startswith("sqlite"): options.pop("pool_size")`` takes out what stands beside a URL of
SQLite, and nothing else. Where the condition is open the entry may well arrive.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from poolenv.model import Span
from poolenv.syntax.bindings.binding import Mutation
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At
from poolenv.trace.containers import changes
from poolenv.trace.literals import truth
from poolenv.trace.outcome import Lost, Outcome, Value, sure_texts
from poolenv.trace.tracer import Path, Tracer


def kept(
    tracer: Tracer, base: str, path: Path, at: At, outcomes: tuple[Outcome, ...]
) -> tuple[Outcome, ...]:
    """The values of an entry of what is bound to ``base``, less those that are taken out."""
    if not path or base not in at.scope.mutations or not any(map(_is_passed, outcomes)):
        return outcomes
    for mutation in at.scope.mutations[base]:
        if mutation.kind != "delete" or at.stmt is None or mutation.stmt.lineno > at.stmt.lineno:
            continue
        condition = _condition(at.scope, mutation)
        here = replace(at, stmt=mutation.stmt)
        if condition is None or not _concerns(tracer, mutation, path, here):
            continue
        subject = _subject(condition.test)
        if subject is not None:
            said = tracer.ask(subject, (), replace(at, stmt=condition))
            known = [o for o in said if isinstance(o, Value) and o.known and not o.env]
            key = _key(at.scope, subject)
            outcomes = tuple(_judged(tracer, o, condition, key, known) for o in outcomes)
    return outcomes


def _is_passed(outcome: Outcome) -> bool:
    return isinstance(outcome, Value) and bool(outcome.calls)


def _concerns(tracer: Tracer, mutation: Mutation, path: Path, at: At) -> bool:
    return changes.mutation_values(tracer, mutation, path[:1], at) is not None


def _condition(scope: Scope, mutation: Mutation) -> ast.If | None:
    """The nearest ``if`` whose body a statement stands in."""
    condition, holds = next(scope.tests_around(mutation.stmt), (None, False))
    return condition if holds else None


def _subject(test: ast.expr) -> ast.expr | None:
    """What a test looks at: ``url`` of ``url.startswith("sqlite")`` and of ``"sqlite" in url``."""
    match test:
        case ast.Call(
            func=ast.Attribute(value=subject, attr="startswith" | "endswith"),
            args=[ast.Constant(value=str())],
        ):
            return subject
        case ast.Compare(left=ast.Constant(value=str()), ops=[ast.In()], comparators=[subject]):
            return subject
        case ast.Compare(left=subject, ops=[ast.Eq() | ast.NotEq() | ast.In() | ast.NotIn()]):
            return subject
    return None


def _holds(text: str, test: ast.expr) -> bool | None:
    match test:
        case ast.Call(func=ast.Attribute(attr=how), args=[ast.Constant(value=str() as part)]):
            return text.startswith(part) if how == "startswith" else text.endswith(part)
        case ast.Compare(left=ast.Constant(value=str() as part), ops=[ast.In()]):
            return part in text
        case ast.Compare():
            return truth(text, test)
    return None


def _judged(
    tracer: Tracer, outcome: Outcome, condition: ast.If, key: str, said: list[Value]
) -> Outcome:
    """A value that is passed together with what makes the condition hold is lost."""
    if not isinstance(outcome, Value) or not outcome.calls:
        return outcome
    texts = _written_beside(tracer, outcome.span, key)
    if texts is None:
        texts = [str(o.value) for o in said if o.calls == outcome.calls]
    if not texts or not all(_holds(text, condition.test) for text in texts):
        return outcome
    reason = f"it is taken out of the mapping again, as `{ast.unparse(condition.test)}` holds here"
    return Lost(reason, outcome.span, outcome.steps, outcome.calls, outcome.call_names)


def _written_beside(tracer: Tracer, span: Span, key: str) -> list[str] | None:
    """What the mapping or call around a place says of another key; None where it says nothing."""
    module = tracer.program.module(span.path)
    nearest: tuple[tuple[int, int], list[str]] | None = None
    for hit in tracer.program.find_settings(module, frozenset({key})) if module else ():
        around = hit.outer[-1] if hit.outer else None
        match hit.node, around:
            case ast.Constant(), ast.Dict(keys=keys, values=values) if hit.node in keys:
                value = values[keys.index(hit.node)]
            case ast.keyword(value=value), ast.Call():
                pass
            case _:
                continue
        assert module is not None
        assert isinstance(around, ast.expr)
        place = module.lines.span(around)
        if not place.holds(span) or (nearest and nearest[0] > (place.line, place.column)):
            continue
        found = tracer.ask(value, (), At(hit.scope, hit.stmt))
        nearest = (place.line, place.column), sure_texts(found)
    return nearest[1] if nearest else None


def _key(scope: Scope, subject: ast.expr, seen: frozenset[str] = frozenset()) -> str:
    """The key or name that what a test looks at has where it is written: ``url``.

    ``seen`` are the names on the way there: ``url = str(url)`` leads to itself.
    """
    match subject:
        case ast.Name(id=name):
            said = scope.bindings.get(name, ()) if name not in seen else ()
            if len(said) == 1 and said[0].kind == "assign" and isinstance(said[0].node, ast.expr):
                return _key(scope, said[0].node, seen | {name}) or name
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as key)) | ast.Attribute(attr=key):
            return key
        case ast.Call(
            func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=str() as key), *_]
        ):
            return key
        case ast.Call(args=[inner]) | ast.Call(func=ast.Attribute(value=inner), args=[]):
            return _key(scope, inner, seen)
    return ""
