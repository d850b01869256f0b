"""Functions that ``operator`` makes of keys: ``itemgetter("pool_size")(options)``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from poolenv.syntax.references import At, External
from poolenv.trace.outcome import Outcome

if TYPE_CHECKING:
    from poolenv.trace.tracer import Path, Tracer


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
            steps: list[Path] = [(f"[{key}",) for key in tracer.keys(keys[0], there)]
        case "operator.attrgetter()":
            texts = tracer.texts(keys[0], there)
            steps = [tuple(f".{part}" for part in str(text).split(".")) for text in texts]
        case _:
            return None
    return tuple(o for step in steps for o in tracer.ask(node.args[0], (*step, *path), at)) or None
