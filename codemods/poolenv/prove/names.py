"""The names that new text uses are bound there, by the compiled code of the whole file.

Compiling (never running) the file tells for each name in which scope Python will look it up.
That ``os`` is imported on every way to the edit is read off the jumps of the bytecode.
"""

from __future__ import annotations

import ast
import builtins
import dis
import warnings
from collections.abc import Iterator
from inspect import CO_VARARGS, CO_VARKEYWORDS
from itertools import pairwise
from types import CodeType

from poolenv.model import Check
from poolenv.prove.places import Place, holds
from poolenv.syntax.positions import Lines

_STORES = ("STORE_NAME", "STORE_GLOBAL", "STORE_FAST", "STORE_DEREF")
_DELETES = ("DELETE_NAME", "DELETE_GLOBAL", "DELETE_FAST", "DELETE_DEREF")
_NEVER_FALLS_THROUGH = (
    "JUMP_FORWARD",
    "JUMP_BACKWARD",
    "JUMP_BACKWARD_NO_INTERRUPT",
    "RETURN_VALUE",
    "RETURN_CONST",
    "RAISE_VARARGS",
    "RERAISE",
)
_Chain = tuple[CodeType, ...]
"""Code objects from the module's to the one that loads the name."""


def check_names(path: str, new: ast.Module, new_text: str, places: tuple[Place, ...]) -> Check:
    """Every name in the new text of an edit is the builtin or the imported module it says."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = compile(new, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Check(path, "names", False, f"the file does not compile: {error}")
    used = list(_new_names(new, Lines(path, new_text), places))
    for name in used:
        problem = _problem(module, name)
        if problem:
            return Check(path, "names", False, f"line {name.lineno}: {problem}")
    names = ", ".join(sorted({name.id for name in used})) or "none"
    return Check(path, "names", True, f"bound where they are used: {names}")


def _new_names(new: ast.Module, lines: Lines, places: tuple[Place, ...]) -> Iterator[ast.Name]:
    ranges = [place for place in places if place.edit.new.strip()]
    for node in ast.walk(new):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            at = lines.range_of(node)
            for place in ranges:
                if holds(place.new, at) and node.id not in _names_of(place.edit.old):
                    yield node


def _names_of(text: str) -> frozenset[str]:
    """The names an edit already found in the text it replaces."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return frozenset()
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _problem(module: CodeType, name: ast.Name) -> str | None:
    loads = list(_loads(module, name, ()))
    if not loads:
        return f"{name.id} is never evaluated there"
    for chain, load in loads:
        found = _problem_of(chain, load, name.id)
        if found:
            return found
    return None


def _loads(
    code: CodeType, name: ast.Name, outer: _Chain
) -> Iterator[tuple[_Chain, dis.Instruction]]:
    where = (name.lineno, name.end_lineno, name.col_offset, name.end_col_offset)
    chain = (*outer, code)
    for instruction in dis.get_instructions(code):
        if (
            instruction.positions is not None
            and tuple(instruction.positions) == where
            and instruction.opname.startswith("LOAD_")
        ):
            yield chain, instruction
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _loads(constant, name, chain)


def _problem_of(chain: _Chain, load: dis.Instruction, name: str) -> str | None:
    owner = _owner(chain, load, name)
    for code in _everything(chain[0]) if owner == 0 else (chain[owner],):
        is_owner = code is chain[owner] or (code is chain[-1] and load.opname == "LOAD_NAME")
        for line in _rebound(code, name, is_owner=is_owner):
            return f"{name} is bound to something else at line {line}"
    if owner == 0 and hasattr(builtins, name):
        return None
    inner = chain[owner + 1] if owner + 1 < len(chain) else None
    target = [
        i.offset
        for i in dis.get_instructions(chain[owner])
        if (i.argval is inner if inner else i.offset == load.offset)
    ]
    if any(_reachable_without_import(chain[owner], name, offset) for offset in target):
        return f"{name} may not be imported yet"
    return None


def _owner(chain: _Chain, load: dis.Instruction, name: str) -> int:
    """Which code object of the chain binds the name that is loaded; 0 is the module."""
    if load.opname == "LOAD_NAME" and any(_imports(chain[-1], name)):
        return len(chain) - 1
    if load.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
        return 0
    return next(
        (
            depth
            for depth in range(len(chain) - 1, 0, -1)
            if name in (*chain[depth].co_varnames, *chain[depth].co_cellvars)
        ),
        len(chain) - 1,
    )


def _everything(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _everything(constant)


def _rebound(code: CodeType, name: str, *, is_owner: bool) -> Iterator[int]:
    """Lines that bind a name to anything but its module, as seen from the name's owner."""
    imported = set(_imports(code, name))
    parameters = code.co_argcount + code.co_kwonlyargcount
    parameters += bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
    if is_owner and name in code.co_varnames[:parameters]:
        yield code.co_firstlineno
    for instruction in dis.get_instructions(code):
        reaches = is_owner or instruction.opname.endswith("_GLOBAL")
        changes = instruction.opname in (*_STORES, *_DELETES) and instruction.argval == name
        if reaches and changes and instruction.offset not in imported:
            yield instruction.positions.lineno or 0 if instruction.positions else 0


def _imports(code: CodeType, name: str) -> Iterator[int]:
    """Offsets of the stores that bind a name by ``import NAME`` or ``import NAME.sub``."""
    last: dis.Instruction | None = None
    for instruction in dis.get_instructions(code):
        if (
            last is not None
            and last.opname == "IMPORT_NAME"
            and str(last.argval).split(".")[0] == name
            and instruction.opname in _STORES
            and instruction.argval == name
        ):
            yield instruction.offset
        if instruction.opname != "EXTENDED_ARG":
            last = instruction


def _reachable_without_import(code: CodeType, name: str, target: int) -> bool:
    """Whether some way through the code gets to an offset before the name is imported."""
    instructions = list(dis.get_instructions(code))
    following = {one.offset: two.offset for one, two in pairwise(instructions)}
    by_offset = {instruction.offset: instruction for instruction in instructions}
    imported = set(_imports(code, name))
    handlers = dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]
    waiting, seen = [instructions[0].offset], set[int]()
    while waiting:
        offset = waiting.pop()
        if offset == target:
            return True
        if offset in seen or offset not in by_offset:
            continue
        seen.add(offset)
        # An exception may be raised before the import is done, so these ways come first.
        waiting += [entry.target for entry in handlers if entry.start <= offset < entry.end]
        if offset in imported:
            continue
        instruction = by_offset[offset]
        if instruction.opcode in (*dis.hasjrel, *dis.hasjabs):
            waiting.append(int(instruction.argval))
        if instruction.opname not in _NEVER_FALLS_THROUGH and offset in following:
            waiting.append(following[offset])
    return False
