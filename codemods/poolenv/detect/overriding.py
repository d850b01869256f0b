"""Methods that a subclass overrides to change the options that its library opens a pool with.

``def apply_pool_defaults(self, app, options): options["pool_pre_ping"] = True`` in a class that
derives from ``flask_sqlalchemy.SQLAlchemy``: nothing in the repository calls it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.catalogue.entry import Sink
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.arguments import positional_names
from poolenv.syntax.resolving.references import At
from poolenv.syntax.use import Question, Use


def overriding_uses(sink: Sink, owner: Scope) -> Iterator[Use]:
    """What each such method of a class puts into the mapping, or gives back as it."""
    for name in sink.dict_methods:
        for binding in owner.bindings.get(name, ()):
            if isinstance(binding.node, ast.FunctionDef):
                yield from _of_method(sink, owner.child(binding.node))


def _of_method(sink: Sink, method: Scope) -> Iterator[Use]:
    arguments = method.parameters()
    assert arguments is not None
    changed = [name for name in positional_names(method)[1:] if name in method.mutations]
    for node in (*arguments.posonlyargs, *arguments.args):
        if node.arg in changed:
            mapping = ast.copy_location(ast.Name(id=node.arg, ctx=ast.Load()), node)
            yield _use(sink, mapping, At(method, None))
    for stmt in method.returns:
        given = stmt.value
        while isinstance(given, ast.Tuple) and given.elts:
            given = given.elts[-1]
        if given is not None:
            yield _use(sink, given, At(method, stmt))


def _use(sink: Sink, mapping: ast.expr, at: At) -> Use:
    questions = tuple(
        Question(one, mapping, (f"[{one.name}",), at, mapping, splat=True) for one in sink.arguments
    )
    owner = at.scope.enclosing_class()
    name = owner.name if owner is not None else None
    return Use(sink, at, mapping, None, 0, questions, name, opens=False)
