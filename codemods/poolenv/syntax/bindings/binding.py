"""What one statement does to a name: it binds it, or changes what it holds."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """One place that binds a name: the statement, and the node that says to what."""

    name: str
    kind: str
    """assign, unpack, augment, import, from, def, class, for, with, walrus, delete, other."""
    node: ast.AST
    """The value's expression, or the statement itself for def, class, import and from."""
    stmt: ast.stmt
    index: int | None = None
    """kind unpack: position in the tuple on the left."""
    annotation: ast.expr | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Mutation:
    """One statement that changes what a name or attribute chain holds, without binding it.

    ``base`` is the dotted text of what changes (``kwargs``, ``app.config``, ``self``); ``steps``
    are the keys on the way (an expression) or attribute names (a string).
    """

    base: str
    steps: tuple[ast.expr | str, ...]
    kind: str
    """set, setdefault, update, delete, passed."""
    value: ast.expr | None
    call: ast.Call | None
    stmt: ast.stmt
