"""What is supposed of a parameter, against what a call passes for it.

``def make(kind, **options): return STORES[kind](**options)``: followed back from the store that
stands under ``"postgres"``, the call ``make("sqlite", size=5)`` does not count.
"""

from __future__ import annotations

import ast

from poolenv.syntax.calls.table_keys import alternatives
from poolenv.syntax.resolving.references import At
from poolenv.trace.containers.rows import split
from poolenv.trace.functions import passing
from poolenv.trace.functions.defaults import default_values
from poolenv.trace.outcome import sure_texts
from poolenv.trace.tracer import Tracer

_SCHEME = ".scheme"


def agrees(tracer: Tracer, call: ast.Call, at: At, callee: At, where: tuple[int, bool]) -> bool:
    """Whether a call may pass what is supposed of the parameters of the function it calls.

    ``callee`` is the place in that function with what is supposed there; ``where`` are the call's
    leading arguments that are not the function's own, and whether its receiver is left out.
    """
    for name, text in callee.assume:
        base, column = split(name)
        parameter = passing.parameter(callee.scope, base)
        if parameter is None:
            continue
        path = () if column is None or column == _SCHEME else (column,)
        found = passing.passed(tracer, call, at, callee.scope, parameter, path, where)
        if found is None:
            found = default_values(tracer, callee.scope, parameter, path)
        texts = sure_texts(found)
        if column == _SCHEME:
            texts = [one.partition(":")[0] for one in texts]
        if texts and {t.lower() for t in texts}.isdisjoint(alternatives(text.lower())):
            return False
    return True
