"""One call of a function of the repository."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from poolenv.syntax.resolving.references import At


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call of a function."""

    call: ast.Call
    at: At
    shift: int = 0
    """Leading positional arguments that are not the function's own: 1 for ``partial(f, …)``."""
    bound: bool = False
    """The receiver (self) is not among the arguments."""
