"""Functions that answer True or False by testing what they are given: ``parse_bool(text)``."""

from __future__ import annotations

import ast
from dataclasses import replace

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At, Frame
from poolenv.trace.literals import truth
from poolenv.trace.outcome import Lost, Outcome, Value
from poolenv.trace.tracer import Tracer
from poolenv.trace.values.arithmetic import fixed

_Answer = tuple[tuple[tuple[ast.If, bool], ...], bool]
"""The tests around a ``return``, each with what it has to come to, and what is returned."""


def predicate_values(
    tracer: Tracer, scope: Scope, frame: Frame | None
) -> tuple[Outcome, ...] | None:
    """What such a function tests is the value, not the True and False written in it.

    None where it is no such function: one that tests nothing of its own chooses a setting.
    """
    answers = _answers(scope)
    tests = [test for around, _ in answers for test, _ in around if _looks_at_own(scope, test.test)]
    if not tests:
        return None
    for test in tests:
        subject = _subject(test.test)
        if subject is not None:
            break
    else:
        return (_undecided(scope),)
    found: list[Outcome] = []
    for outcome in tracer.ask(subject, (), At(scope, test, frame)):
        if not isinstance(outcome, Value):
            found.append(outcome)
        elif not outcome.known:
            found.append(replace(outcome, typed=True))
        else:
            found.append(_answered(outcome, _answer(str(outcome.value), answers), scope))
    return tuple(found)


def _answers(scope: Scope) -> list[_Answer]:
    """Every ``return`` of a function that gives nothing but True and False; else empty."""
    found: list[_Answer] = []
    for stmt in scope.returns:
        match stmt.value:
            case ast.Constant(value=bool() as value):
                found.append((tuple(scope.tests_around(stmt)), value))
            case _:
                return []
    return found if {value for _, value in found} == {True, False} else []


def _looks_at_own(scope: Scope, test: ast.expr) -> bool:
    """A test of a parameter, or of what the function itself has made of one."""
    parameters = scope.parameters()
    assert parameters is not None
    given = {a.arg for a in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs)}
    given -= {"self", "cls"}
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return bool(given) and any(name in given or name in scope.bindings for name in names)


def _subject(test: ast.expr) -> ast.expr | None:
    """What a test compares."""
    match test:
        case ast.Compare(left=left, ops=[_]):
            return left
        case ast.BoolOp(values=values):
            return next((s for value in values if (s := _subject(value)) is not None), None)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _subject(operand)
    return None


def _answered(outcome: Value, answer: bool | None, scope: Scope) -> Outcome:
    if answer is None:
        return _undecided(scope)
    if outcome.env is None and not isinstance(outcome.value, bool):
        (outcome,) = fixed((outcome,), f"{scope.name}() makes a flag of it")  # type: ignore[assignment]
    return replace(outcome, value=answer, typed=True)


def _undecided(scope: Scope) -> Lost:
    reason = f"{scope.name}() answers True or False by a test that poolenv does not follow"
    return Lost(reason, scope.module.lines.span(scope.returns[0]))


def _answer(text: str, answers: list[_Answer]) -> bool | None:
    """The first ``return`` whose tests hold for a text; None where one of them can't be told."""
    for tests, value in answers:
        held = [_holds(text, test.test) for test, _ in tests]
        if None in held:
            return None
        if all(h is wanted for h, (_, wanted) in zip(held, tests, strict=True)):
            return value
    return None


def _holds(text: str, test: ast.expr) -> bool | None:
    match test:
        case ast.Compare(ops=[_]):
            return truth(text, test)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _holds(text, operand)
            return None if inner is None else not inner
        case ast.BoolOp(op=op, values=values):
            parts = [_holds(text, value) for value in values]
            decisive = isinstance(op, ast.Or)
            if decisive in parts:
                return decisive
            return None if None in parts else not decisive
        case ast.Name():
            return bool(text)
    return None
