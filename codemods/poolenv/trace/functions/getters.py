"""Functions that ``operator`` makes of keys: ``itemgetter("pool_size")(options)``."""

from __future__ import annotations

import ast

from poolenv.syntax.resolving.references import At, External
from poolenv.trace.outcome import Outcome
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values.texts import keys_of, texts_of


def getter_values(
    tracer: Tracer, function: External, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """What a call of such a function gives; None where it is another one."""
    made, there = function.call, function.at
    if made is None or there is None or len(node.args) != 1 or not made.args:
        return None
    keys = made.args
    if len(keys) > 1:
        place = path[0][1:] if path else ""
        if not place.isdigit() or int(place) >= len(keys):
            return None
        keys, path = [keys[int(place)]], path[1:]
    match function.name:
        case "operator.itemgetter()":
            steps: list[Path] = [(f"[{key}",) for key in keys_of(tracer, keys[0], there)]
        case "operator.attrgetter()":
            texts = texts_of(tracer, keys[0], there)
            steps = [tuple(f".{part}" for part in str(text).split(".")) for text in texts]
        case _:
            return None
    return tuple(o for step in steps for o in tracer.ask(node.args[0], (*step, *path), at)) or None
