"""One call of a function of the repository, and what it passes or has to pass."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.calls.call_text import Wanted
from poolenv.syntax.resolving.arguments import is_method, passed_argument, positional_names
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

    def passed(self, function: Scope, name: str) -> ast.expr | None:
        """What the call passes for a parameter of the function, as far as it shows."""
        return passed_argument(self.call, function, name, shift=self.shift, bound=self.bound)


def wanted_for(function: Scope, name: str, entry: str | None = None) -> Wanted:
    """What a call has to pass to matter for a parameter (and for an entry of it)."""
    names = positional_names(function)
    if name not in names:
        return Wanted(name, None, entry)
    return Wanted(name, max(0, names.index(name) - int(is_method(function))), entry)
