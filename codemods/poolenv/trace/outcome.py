"""What following one argument comes to: values with their origin, or the reason there is none."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from poolenv.model import Holder, Origin, PoolKey, Scalar, Span, Step
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.program import Program


@dataclass(frozen=True, slots=True)
class Value:
    """One value that may reach the argument, and where it is written."""

    value: Scalar
    known: bool
    """False: an environment read without a default."""
    text: str
    span: Span
    origin: Origin
    holder: Holder = Holder.EXPRESSION
    env: str | None = None
    typed: bool = True
    """False: text of the environment that nothing has converted so far."""
    whole: Span | None = None
    steps: tuple[Step, ...] = ()
    calls: tuple[PoolKey, ...] = ()
    """Calls of wrappers on the way, innermost first."""
    call_names: tuple[str | None, ...] = ()
    """What the results of these calls are assigned to."""
    argument: Span | None = None
    """The argument at the outermost of these calls."""
    obstacle: str | None = None
    left: bool = False
    """A parameter's default that some call leaves as it is."""
    partial: bool = False
    """Part of a calculation: the argument is not this value alone."""
    fallback: bool = False
    """What ``setdefault`` puts where nothing was before."""
    unseen: bool = False
    """It is in an object that nothing in the repository hands on: users of the library may."""
    sure: bool = False
    """It is in the mapping in any case, so a default beside the look-up never counts."""
    ruled_out: bool = False
    """A test excludes it on the way: it only says which call opens the pool."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Why a value can't be known from the code, and what the person should look at."""

    reason: str
    span: Span
    steps: tuple[Step, ...] = ()
    calls: tuple[PoolKey, ...] = ()
    call_names: tuple[str | None, ...] = ()
    mapping: bool = False
    """A whole mapping is unknown, so the argument may not be in it at all."""
    absent: bool = False
    """An object that is known does not have the attribute."""
    outside: bool = False
    """Nothing in the repository gives the mapping, but callers from outside may: not listed."""


Outcome = Value | Lost
_Kind = TypeVar("_Kind", Value, Outcome)


@dataclass(frozen=True, slots=True)
class Open:
    """A parameter that leads to a pool argument and that outside callers may fill."""

    scope: Scope
    name: str
    holder: str = ""
    """The parameter it is read from by this name, where it is none itself."""


def may_lack(path: Sequence[str]) -> bool:
    """A path leads through an entry, which a mapping may lack; a read attribute is there."""
    return any(part.startswith("[") for part in path)


def step(module: Module, node: ast.AST) -> Step:
    """A place of the chain: the line where a node starts."""
    line = getattr(node, "lineno", 1)
    return Step(module.path, line, module.lines.line_text(line).strip())


def led_by(outcomes: Iterable[Outcome], *steps: Step) -> tuple[Outcome, ...]:
    """The outcomes with these steps before their own; a repeated place counts once."""
    merged = tuple(s for i, s in enumerate(steps) if i == 0 or s != steps[i - 1])
    found = []
    for outcome in outcomes:
        rest = outcome.steps
        known = merged[:-1] if rest and merged and merged[-1] == rest[0] else merged
        found.append(replace(outcome, steps=(*known, *rest)) if known else outcome)
    return tuple(found)


def written_as(outcomes: Iterable[Outcome], origin: Origin) -> tuple[Outcome, ...]:
    """Say in what the literal itself stands, where nothing nearer to it has said so.

    What a call passes stands in the call, whatever holds it afterwards.
    """
    return tuple(
        replace(o, origin=origin)
        if isinstance(o, Value) and o.origin is Origin.LITERAL and not o.calls
        else o
        for o in outcomes
    )


def alternatives(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Join the possible values of one expression.

    Where one of them reads the environment, a plain literal beside it is the fallback of that
    variable: ``os.getenv("X") or 10``. A read without a default then needs no mention of its own.
    """
    every = distinct(outcomes)
    bare = [o for o in every if isinstance(o, Value) and o.env and not o.known]
    if not bare:
        return every
    joined: list[Outcome] = []
    for outcome in every:
        joined.append(fallback_of([b for b in bare if b.calls == outcome.calls], outcome))
    answered = {(o.env, o.calls) for o in joined if isinstance(o, Value) and o.known}
    return tuple(
        o for o in joined if not isinstance(o, Value) or o.known or (o.env, o.calls) not in answered
    )


def fallback_of(reads: Sequence[Value], outcome: Outcome) -> Outcome:
    """A plain literal that counts where one variable gives nothing is that variable's default."""
    names = {read.env for read in reads}
    if not isinstance(outcome, Value) or not _is_fallback(outcome) or len(names) != 1:
        return outcome
    return as_default(outcome, next(iter(names)), typed=all(read.typed for read in reads))


def as_default(value: Value, env: str | None, *, typed: bool, whole: Span | None = None) -> Value:
    """A value that counts where a variable is not set; part of a calculation stays that."""
    holder = Holder.FIXED if value.holder is Holder.FIXED else Holder.ENV_DEFAULT
    return replace(
        value, origin=Origin.ENV_DEFAULT, holder=holder, env=env, typed=typed, whole=whole
    )


def is_none(outcome: Outcome) -> bool:
    """It is known to be None."""
    return isinstance(outcome, Value) and outcome.known and outcome.value is None


def sure_texts(outcomes: Sequence[Outcome]) -> list[str]:
    """The texts that something surely is one of; none where it may be another one."""
    known = [o for o in outcomes if isinstance(o, Value) and o.known and not o.env]
    return [str(o.value) for o in known] if len(known) == len(outcomes) else []


def not_in_tests(program: Program, outcomes: Iterable[_Kind]) -> list[_Kind]:
    """Those that no call in a test passes: what users of a library call is not there to see."""
    python = program.snapshot.python
    return [o for o in outcomes if not any(python[call.path].is_test for call in o.calls)]


def distinct(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Each value and each end once, by its shortest way."""
    outcomes = tuple(outcomes)
    if len(outcomes) < 2:
        return outcomes
    shortest: dict[tuple[object, ...], Outcome] = {}
    for outcome in outcomes:
        key = _identity(outcome)
        held = shortest.get(key)
        if held is None or len(outcome.steps) < len(held.steps):
            shortest[key] = outcome
    return tuple(shortest.values())


def one_per_place(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Each literal and each end once, by whichever calls: the shortest way stands for all."""
    shortest: dict[tuple[object, ...], Outcome] = {}
    for outcome in outcomes:
        key = (outcome.span, outcome.env if isinstance(outcome, Value) else outcome.reason)
        held = shortest.get(key)
        if held is None or len(outcome.calls) < len(held.calls):
            shortest[key] = outcome
    return tuple(shortest.values())


def one_end(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """The values, and one end for all ways that end without: one that surely passes something."""
    outcomes = tuple(outcomes)
    ends = sorted((o for o in outcomes if isinstance(o, Lost)), key=lambda o: o.mapping)
    return (*(o for o in outcomes if isinstance(o, Value)), *ends[:1])


def _identity(outcome: Outcome) -> tuple[object, ...]:
    """What tells outcomes apart, whatever their ways."""
    if isinstance(outcome, Lost):
        return (outcome.reason, outcome.span, outcome.calls, outcome.mapping)
    where = (outcome.span, outcome.calls, outcome.argument, outcome.env, outcome.whole)
    how = (outcome.origin, outcome.holder, outcome.typed, outcome.partial, outcome.fallback)
    counts = (outcome.known, outcome.left, outcome.ruled_out)
    return (type(outcome.value), outcome.value, *counts, *where, *how)


def _is_fallback(value: Value) -> bool:
    return not value.env and value.value is not None and value.holder is not Holder.FIXED
