"""Reads of environment variables: their names, their defaults, whether they convert."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from poolenv.model import Holder, Origin, Scalar
from poolenv.syntax.references import At, External
from poolenv.trace import arithmetic, environment
from poolenv.trace.outcome import Outcome, Value

if TYPE_CHECKING:
    from poolenv.trace.tracer import Tracer


def environment_values(
    tracer: Tracer, read: environment.Reader, node: ast.Call, at: At
) -> tuple[Outcome, ...]:
    """The default of an environment read, under the variable's name."""
    name_node = node.args[0] if node.args else None
    names = tracer.texts(name_node, at) if name_node is not None else ()
    name = str(names[0]) if len(names) == 1 else None
    cast = environment.argument(node, read.cast) if read.cast else None
    default = environment.argument(node, read.default)
    typed = read.typed or cast is not None
    if name is None:
        inner = tracer.ask(default, (), at) if default is not None else ()
        obstacle = "it is the default of an environment variable whose name the code does not show"
        return arithmetic.fixed(inner, obstacle) or (
            tracer.lost("it is read from a variable whose name is not known", node, at),
        )
    unread = replace(tracer.unread(name, node, at), typed=typed)
    if default is None:
        scheme = _scheme_default(tracer, node, name, at)
        return scheme or (unread,)
    span = at.scope.module.lines.span(node)
    found: list[Outcome] = []
    for outcome in tracer.ask(default, (), at):
        if not isinstance(outcome, Value):
            found.append(outcome)
        elif outcome.known and outcome.value in (None, ""):
            found.append(unread)
        else:
            found.append(
                replace(
                    outcome,
                    origin=Origin.ENV_DEFAULT,
                    holder=Holder.ENV_DEFAULT
                    if outcome.holder is not Holder.FIXED
                    else Holder.FIXED,
                    env=name,
                    typed=typed,
                    whole=span,
                    value=_number(outcome.value) if typed else outcome.value,
                )
            )
    return tuple(found)


def _scheme_default(tracer: Tracer, node: ast.Call, name: str, at: At) -> tuple[Outcome, ...]:
    """django-environ: ``environ.Env(POOL_SIZE=(int, 5))`` declares default and type by name."""
    for reference in tracer.refer(node.func, at):
        made = reference.call if isinstance(reference, External) else None
        if made is None or not isinstance(reference, External) or reference.at is None:
            continue
        for keyword in made.keywords:
            match keyword:
                case ast.keyword(arg=arg, value=ast.Tuple(elts=[_, default])) if arg == name:
                    found = tracer.ask(default, (), reference.at)
                    return tuple(
                        replace(
                            o,
                            origin=Origin.ENV_DEFAULT,
                            holder=Holder.ENV_DEFAULT,
                            env=name,
                            typed=True,
                        )
                        for o in found
                        if isinstance(o, Value)
                    )
    return ()


def _number(value: Scalar) -> Scalar:
    if not isinstance(value, str):
        return value
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
