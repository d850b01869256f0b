"""Objects for a parameter that only users of a library hand on: its presets, and its defaults.

``make(config: Config)`` is called with one ``Config``, while ``Presets.production()`` returns
another one and nothing in the repository calls that: whoever imports the library passes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.presets import is_public, presets
from poolenv.syntax.resolving.references import At, Instance
from poolenv.trace.functions import passing
from poolenv.trace.functions.branches import is_reached
from poolenv.trace.objects import attributes
from poolenv.trace.outcome import Outcome, Value, led_by, step
from poolenv.trace.tracer import Path, Tracer


def preset_values(
    tracer: Tracer, inside: At, found: passing.Parameter, path: Path
) -> tuple[Outcome, ...]:
    """What the objects hold that users of a library may pass for a parameter of a class of it.

    ``inside`` is where the parameter is read: an object that never leads there does not count.
    They cost the argument no questions, so that what the code itself passes is found as before.
    """
    annotation, scope = found.node.annotation, inside.scope
    attributes_only = bool(path) and all(part.startswith(".") for part in path)
    if annotation is None or not attributes_only or not is_public(scope):
        return ()
    outcomes: list[Outcome] = []
    questions = tracer.questions
    for reference in tracer.resolver.annotated(
        annotation, At(scope.parent or scope.module.scope, None)
    ):
        if isinstance(reference, Instance) and is_public(reference.scope):
            outcomes.extend(_of_class(tracer, reference.scope, inside, found, path))
    tracer.questions = questions
    return tuple(replace(o, unseen=True) for o in outcomes if isinstance(o, Value))


def _of_class(
    tracer: Tracer, kind: Scope, inside: At, found: passing.Parameter, path: Path
) -> Iterator[Outcome]:
    if id(kind.node) not in tracer.presets:
        tracer.presets[id(kind.node)] = presets(tracer.callers, kind)
    span = inside.scope.module.lines.span(found.node)
    for site in tracer.presets[id(kind.node)]:
        for made in tracer.refer(site.call, site.at):
            if isinstance(made, Instance) and is_reached(tracer, inside, found.name, made):
                values = attributes.member_values(tracer, made, path, span)
                yield from passing.from_call(tracer, site, values)
    plain = Instance(kind, tracer.asking(kind), At(kind.parent or kind.module.scope, None))
    if is_reached(tracer, inside, found.name, plain):
        values = attributes.member_values(tracer, plain, path, span)
        yield from led_by(values, step(kind.module, kind.node))
