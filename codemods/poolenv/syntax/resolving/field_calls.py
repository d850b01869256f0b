"""Calls that declare a field of a class: its annotation says what an instance has there."""

from __future__ import annotations

from collections.abc import Sequence

from poolenv.syntax.resolving.references import External, Reference

_FIELDS = frozenset(
    {
        "attr.attrib()",
        "attr.field()",
        "attr.ib()",
        "attrs.field()",
        "dataclasses.field()",
        "pydantic.Field()",
        "pydantic.fields.Field()",
        "sqlmodel.Field()",
    }
)


def declares(found: Sequence[Reference]) -> bool:
    """An annotation is all that tells what a name is: it has no value, or that of such a call."""
    return all(isinstance(r, External) and r.name in _FIELDS for r in found)
