"""Entries for what is found by its name alone, at the place where it is written."""

from __future__ import annotations

from poolenv.masking import mask
from poolenv.model import Step, Unresolved
from poolenv.syntax.bindings.scopes import Module


def listed(
    module: Module, place: tuple[int, int], argument: str, reason: str, *, sink: str = "unknown"
) -> Unresolved:
    """The entry for a setting at a line and column of a module; its chain is that line."""
    line, column = place
    return Unresolved(
        path=module.path,
        line=line,
        column=column,
        sink=sink,
        argument=argument,
        reason=reason,
        chain=(Step(module.path, line, mask(module.lines.line_text(line).strip())),),
        in_test=module.source.is_test,
    )
