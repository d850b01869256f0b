"""Objects that an annotation alone tells of: ``settings: Settings``, ``all: list[Settings]``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.expressions import last_name
from poolenv.syntax.resolving.references import At, Instance
from poolenv.trace.tracer import Path, Tracer

_SEQUENCES = frozenset(
    {
        *("list", "set", "frozenset", "tuple", "List", "Set", "FrozenSet", "Tuple", "deque"),
        *("Sequence", "MutableSequence", "Collection", "Iterable", "Iterator", "Generator"),
        *("AbstractSet", "AsyncIterable", "AsyncIterator"),
    }
)
_MAPPINGS = frozenset(
    {"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "DefaultDict"}
)
_EITHER = frozenset({"Optional", "Union", "Annotated", "Final", "ClassVar"})


def annotated_objects(
    tracer: Tracer, annotation: ast.expr, path: Path, at: At
) -> Iterator[tuple[Instance, Path]]:
    """The objects on a path into what an annotation describes, each with what is left of the path.

    Only where something is left: the object itself is no value.
    """
    if not path:
        return
    for reference in tracer.resolver.annotated(annotation, at):
        if isinstance(reference, Instance):
            yield reference, path
    if path[0].startswith("["):
        for element in _elements(annotation):
            yield from annotated_objects(tracer, element, path[1:], at)


def _elements(annotation: ast.expr) -> Iterator[ast.expr]:
    """The annotations of what stands in a sequence or mapping."""
    match annotation:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _elements(left)
            yield from _elements(right)
        case ast.Subscript(value=value, slice=inner):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            name = last_name(value)
            if name in _EITHER:
                for part in parts:
                    yield from _elements(part)
            elif name in _SEQUENCES:
                yield from parts
            elif name in _MAPPINGS and len(parts) > 1:
                yield parts[1]
