"""A use of a sink: the call or setting, and the questions its arguments pose."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from poolenv.catalogue.entry import Argument, Sink
from poolenv.model import Span
from poolenv.syntax.bindings.expressions import dotted, keyword_of, last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.references import At


@dataclass(frozen=True, slots=True)
class Question:
    """What reaches one argument: an expression and the access path into it."""

    argument: Argument
    node: ast.expr
    path: tuple[str, ...]
    at: At
    place: ast.expr | ast.keyword
    """Where the argument stands, for people."""
    splat: bool = False
    """It may be in a ``**mapping``, or not."""
    prefix: ast.expr | None = None
    """What is put before the last key of the path."""


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a pool is opened or configured."""

    sink: Sink
    at: At
    node: ast.expr | ast.keyword
    """The call; for a setting, the name, key or keyword that names it."""
    call: ast.Call | None
    shift: int
    questions: tuple[Question, ...]
    name: str | None
    """What the pool is assigned to."""
    evidence: tuple[Question, ...] = ()
    """Settings only: what has to match ``Sink.setting_evidence``."""
    opens: bool = True
    """False: it only prepares (``partial(create_engine, …)``), and other uses call it."""
    doubt: str | None = None
    """Why it is not known to be the sink; then nothing of it is more than listed."""
    outside: bool = False
    """The doubt is about a name of another package, which may mean anything."""


@dataclass(frozen=True, slots=True)
class UrlParameter:
    """A pool argument in the query of a URL that the code holds."""

    sink: Sink
    argument: Argument
    value: int
    span: Span


def keeps_no_connection(call: ast.Call | None) -> bool:
    """Whether a call names ``poolclass=NullPool``, which has nothing that could be set."""
    given = keyword_of(call, "poolclass") if call is not None else None
    return given is not None and last_name(given) == "NullPool"


def pool_name(call: ast.Call, at: At) -> str | None:
    """What the pool is assigned to, else the function or class around it.

    A class opens what its ``__init__`` or ``__aenter__`` opens.
    """
    match at.stmt:
        case ast.Assign(targets=[target, *_]):
            name = dotted(target)
            if name is not None:
                return name
            match target:
                case ast.Subscript(slice=ast.Constant(value=str())):
                    return ast.unparse(target)
        case ast.AnnAssign(target=target):
            return dotted(target)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None and call in ast.walk(item.context_expr):
                    return dotted(item.optional_vars)
    scope = at.scope
    while scope.parent is not None and (scope.name == "<lambda>" or _is_special(scope)):
        scope = scope.parent
    return None if scope.parent is None else scope.name


def _is_special(scope: Scope) -> bool:
    """A method that a class has by Python's rules: ``__init__``, ``__aenter__``."""
    inside = scope.parent is not None and isinstance(scope.parent.node, ast.ClassDef)
    return inside and scope.name.startswith("__") and scope.name.endswith("__")
