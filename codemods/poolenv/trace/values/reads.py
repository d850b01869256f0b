"""Reads of environment variables: their names, their defaults, whether they convert."""

from __future__ import annotations

import ast
from dataclasses import replace

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At, External
from poolenv.trace.outcome import Outcome, Value, as_default
from poolenv.trace.tracer import Tracer
from poolenv.trace.values import arithmetic, environment
from poolenv.trace.values.texts import texts_of


def environment_values(
    tracer: Tracer, read: environment.Reader, node: ast.Call, at: At
) -> tuple[Outcome, ...]:
    """The default of an environment read, under the variable's name."""
    name_node = node.args[0] if node.args else None
    names = texts_of(tracer, name_node, at, shipped=True) if name_node is not None else ()
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
    name = f"{_prefixed(at)}{name}"
    unread = replace(tracer.unread(name, node, at), typed=typed)
    if default is None:
        preset = preset_default(tracer, name, at, typed=typed)
        if preset:
            return preset
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
            found.append(as_default(_as_read(outcome, typed=typed), name, typed=typed, whole=span))
    return tuple(found)


def preset_default(
    tracer: Tracer, name: str, at: At, *, typed: bool = False
) -> tuple[Outcome, ...]:
    """What ``os.environ.setdefault(name, "5")`` gave a variable that is read without a default."""
    scope: Scope | None = at.scope
    found: list[Outcome] = []
    while scope is not None:
        for base in ("os.environ", "environ"):
            for mutation in scope.mutations.get(base, ()):
                call = mutation.call
                if mutation.kind != "setdefault" or call is None or len(call.args) != 2:
                    continue
                here = At(scope, mutation.stmt)
                if name in texts_of(tracer, call.args[0], here):
                    found.extend(tracer.ask(call.args[1], (), here))
        scope = scope.parent
    return tuple(
        as_default(_as_read(o, typed=typed), name, typed=typed)
        for o in found
        if isinstance(o, Value)
    )


def _prefixed(at: At) -> str:
    """environs: the prefix that ``with env.prefixed("DB_"):`` puts before every name inside."""
    prefix = ""
    for where in at.scope.around(at.stmt):
        if isinstance(where.parent, ast.With):
            for item in where.parent.items:
                match item.context_expr:
                    case ast.Call(
                        func=ast.Attribute(attr="prefixed"),
                        args=[ast.Constant(value=str() as text)],
                    ):
                        prefix = f"{text}{prefix}"
    return prefix


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
                        as_default(o, name, typed=True, whole=o.whole)
                        for o in found
                        if isinstance(o, Value)
                    )
    return ()


def _as_read(default: Value, *, typed: bool) -> Value:
    """A default as the read gives it: the number that its text says, where the read converts."""
    if not typed or not isinstance(default.value, str):
        return default
    for kind in (int, float):
        try:
            return replace(default, value=kind(default.value))
        except ValueError:
            continue
    return default
