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
from poolenv.syntax.source.positions import Lines

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
    program = _Program(module)
    used = list(_new_names(new, Lines(path, new_text), places))
    for name in used:
        problem = program.problem(name)
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


class _Program:
    """The compiled file; each code object is disassembled once, and only if a name is in it."""

    def __init__(self, module: CodeType) -> None:
        self._module = module
        self._instructions: dict[int, tuple[dis.Instruction, ...]] = {}

    def problem(self, name: ast.Name) -> str | None:
        """Why a name is not what it says where it is loaded; None where it is."""
        loads = list(self._loads(self._module, name, ()))
        if not loads and any(_is_local(code, name.id) for code in _everything(self._module)):
            return f"{name.id} is never evaluated there, or it is a local name"
        # Code after a raise, or under "if 0:", is not compiled: nothing can go wrong there.
        found = (self._problem_of(chain, load, name.id) for chain, load in loads)
        return next((problem for problem in found if problem), None)

    def _read(self, code: CodeType) -> tuple[dis.Instruction, ...]:
        # Code objects compare by value, so equal ones of two places need their identity.
        if id(code) not in self._instructions:
            self._instructions[id(code)] = tuple(dis.get_instructions(code))
        return self._instructions[id(code)]

    def _loads(
        self, code: CodeType, name: ast.Name, outer: _Chain
    ) -> Iterator[tuple[_Chain, dis.Instruction]]:
        where = (name.lineno, name.end_lineno, name.col_offset, name.end_col_offset)
        chain = (*outer, code)
        for instruction in self._read(code) if _mentions(code, name.id) else ():
            at = instruction.positions
            if at is not None and tuple(at) == where and instruction.opname.startswith("LOAD_"):
                yield chain, instruction
        for inner in _inner(code):
            yield from self._loads(inner, name, chain)

    def _problem_of(self, chain: _Chain, load: dis.Instruction, name: str) -> str | None:
        owner = self._owner(chain, load, name)
        for code in _everything(self._module) if owner == 0 else (chain[owner],):
            is_owner = code is chain[owner] or (code is chain[-1] and load.opname == "LOAD_NAME")
            for line in self._rebound(code, name, is_owner=is_owner):
                return f"{name} is bound to something else at line {line}"
        if owner == 0 and hasattr(builtins, name):
            return None
        inner = chain[owner + 1] if owner + 1 < len(chain) else None
        for instruction in self._read(chain[owner]):
            is_target = instruction.argval is inner if inner else instruction is load
            if is_target and self._reachable(chain[owner], name, instruction.offset):
                return f"{name} may not be imported yet"
        return None

    def _owner(self, chain: _Chain, load: dis.Instruction, name: str) -> int:
        """Which code object of the chain binds the name that is loaded; 0 is the module."""
        if load.opname == "LOAD_NAME" and _imports(self._read(chain[-1]), name):
            return len(chain) - 1
        if load.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
            return 0
        for depth in range(len(chain) - 1, 0, -1):
            if name in (*chain[depth].co_varnames, *chain[depth].co_cellvars):
                return depth
        return len(chain) - 1

    def _rebound(self, code: CodeType, name: str, *, is_owner: bool) -> Iterator[int]:
        """Lines that bind a name to anything but its module, as seen from the name's owner."""
        if not _mentions(code, name):
            return
        parameters = code.co_argcount + code.co_kwonlyargcount
        parameters += bool(code.co_flags & CO_VARARGS) + bool(code.co_flags & CO_VARKEYWORDS)
        if is_owner and name in code.co_varnames[:parameters]:
            yield code.co_firstlineno
        imported = _imports(self._read(code), name)
        for instruction in self._read(code):
            reaches = is_owner or instruction.opname.endswith("_GLOBAL")
            changes = instruction.opname in (*_STORES, *_DELETES) and instruction.argval == name
            if reaches and changes and instruction.offset not in imported:
                yield instruction.positions.lineno or 0 if instruction.positions else 0

    def _reachable(self, code: CodeType, name: str, target: int) -> bool:
        """Whether some way through the code gets to an offset before the name is imported."""
        instructions = self._read(code)
        following = {one.offset: two.offset for one, two in pairwise(instructions)}
        by_offset = {instruction.offset: instruction for instruction in instructions}
        imported = _imports(instructions, name)
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


def _mentions(code: CodeType, name: str) -> bool:
    return name in (*code.co_names, *code.co_varnames, *code.co_cellvars, *code.co_freevars)


def _is_local(code: CodeType, name: str) -> bool:
    return name in (*code.co_varnames, *code.co_cellvars)


def _inner(code: CodeType) -> Iterator[CodeType]:
    return (constant for constant in code.co_consts if isinstance(constant, CodeType))


def _everything(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in _inner(code):
        yield from _everything(inner)


def _imports(instructions: tuple[dis.Instruction, ...], name: str) -> frozenset[int]:
    """Offsets of the stores that bind a name by an import of what it says.

    ``import NAME``, ``import NAME.sub``, and ``from os import NAME`` for ``environ``, ``getenv``.
    """
    found: set[int] = set()
    module, member = "", ""
    for instruction in instructions:
        if instruction.opname == "IMPORT_NAME":
            module, member = str(instruction.argval), ""
        elif instruction.opname == "IMPORT_FROM":
            member = str(instruction.argval)
        elif instruction.opname in _STORES and module:
            plain = module.split(".")[0] == name and not member
            from_os = module == "os" and member == name in ("environ", "getenv")
            if instruction.argval == name and (plain or from_os):
                found.add(instruction.offset)
            module = module if member else ""
        elif instruction.opname != "EXTENDED_ARG":
            module = ""
    return frozenset(found)
