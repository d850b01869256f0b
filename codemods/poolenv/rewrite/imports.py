"""The imports that edits need and the file lacks, as edits of their own."""

from __future__ import annotations

import ast

from poolenv.model import Edit
from poolenv.rewrite.bindings import (
    Scope,
    always_imports,
    bindings_in,
    declares_global,
    declares_nonlocal,
    module_bindings,
    scopes_at,
)
from poolenv.rewrite.place import place_of_import
from poolenv.syntax.source.parse import parse
from poolenv.syntax.source.positions import Lines


class RefusedImport(Exception):
    """The module's name can't be used at the edit; ``line`` and ``reason`` are for the person."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def import_edits(path: str, text: str, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """One insertion for each module that edits need and that is not yet bound where they stand.

    Raises RefusedImport where the name means something else there, SyntaxError where the file
    cannot be parsed.
    """
    modules = sorted({module for edit in edits for module in edit.imports})
    if not modules:
        return ()
    tree = parse(text, path)
    lines = Lines(path, text)
    made = (_import_edit(tree, lines, module, edits) for module in modules)
    return tuple(edit for edit in made if edit is not None)


def _import_edit(
    tree: ast.Module, lines: Lines, module: str, edits: tuple[Edit, ...]
) -> Edit | None:
    users = [
        edit
        for edit in edits
        if module in edit.imports and not _is_local_import(tree, lines, module, edit)
    ]
    if not users:
        return None
    for binding in module_bindings(tree, module):
        if not binding.is_import:
            raise _bound_to_something_else(module, binding.line)
    first = min(_statement_start(tree, lines, edit) for edit in users)
    for statement in tree.body:
        if lines.range_of(statement)[0] >= first:
            break
        if always_imports(statement, module):
            return None
    offset, new = place_of_import(tree, lines, module, first)
    for edit in edits:
        if edit.start < offset < edit.end:
            offset = lines.offset(lines.position(edit.start)[0], 1)
    line = lines.position(offset)[0]
    reason = f"import {module} for the environment variables"
    return Edit(lines.path, offset, offset, "", new, reason, line)


def _statement_start(tree: ast.Module, lines: Lines, edit: Edit) -> int:
    """Where the top-level statement around an edit starts, decorators included."""
    start = edit.start
    for statement in tree.body:
        first, last = lines.range_of(statement)
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = min([first, *(lines.range_of(d)[0] for d in statement.decorator_list)])
        if first <= edit.start <= last:
            start = min(start, first)
    return start


def _is_local_import(tree: ast.Module, lines: Lines, module: str, edit: Edit) -> bool:
    """Whether a function around the edit binds the name by its own import, before the edit.

    False where the name is the module's; raises RefusedImport where it is anything else.
    """
    inner = scopes_at(tree, lines, edit.start, edit.end)[1:]
    for depth, scope in enumerate(reversed(inner)):
        if isinstance(scope, ast.ClassDef) and depth > 0:
            continue
        if declares_global(scope, module):
            return False
        found = list(bindings_in(scope, module))
        if not found or declares_nonlocal(scope, module):
            continue
        for binding in found:
            if not binding.is_import:
                raise _bound_to_something_else(module, binding.line)
        if _imports_before(scope, lines, module, edit):
            return True
        raise RefusedImport(
            edit.line,
            f"the name {module} is a local one, imported at line {found[0].line}, "
            "and may not be bound yet",
        )
    return False


def _imports_before(scope: Scope, lines: Lines, module: str, edit: Edit) -> bool:
    if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    return any(
        always_imports(statement, module) and lines.range_of(statement)[1] <= edit.start
        for statement in scope.body
    )


def _bound_to_something_else(module: str, line: int) -> RefusedImport:
    return RefusedImport(line, f"the name {module} is bound to something else at line {line}")
