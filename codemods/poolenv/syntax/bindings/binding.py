"""What one statement does to a name: it binds it, or changes what it holds."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

BindingKind = Literal[
    "assign", "augment", "class", "declare", "def", "for", "from", "import", "other", "unpack",
    "walrus", "with",
]  # fmt: skip
"""declare: an annotation without a value; other: handlers, patterns, starred targets."""
MutationKind = Literal["delete", "passed", "set", "setdefault", "update"]


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that binds a name: the statement, and the node that says to what."""

    name: str
    kind: BindingKind
    node: ast.AST
    """The value, as an expression; for def and class the statement, for imports the alias."""
    stmt: ast.stmt
    index: int | None = None
    """Position in the tuple on the left; None where the whole value is given."""
    annotation: ast.expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Mutation:
    """One statement that changes what a name or attribute chain holds, without binding it.

    ``base`` is the dotted text of what changes (``kwargs``, ``app.config``, ``self``); ``steps``
    are the keys on the way (an expression) or attribute names (a string).
    """

    base: str
    steps: tuple[ast.expr | str, ...]
    kind: MutationKind
    """passed: a function is handed it, and may change it."""
    value: ast.expr | None
    call: ast.Call | None
    stmt: ast.stmt
