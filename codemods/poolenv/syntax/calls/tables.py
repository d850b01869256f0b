"""Where a class or function is put into a table, from which it is taken by name.

``STORES = {"postgres": PostgresStore}``, ``Store.kinds["postgres"] = PostgresStore``,
``register("postgres", PostgresStore)``, a decorator, ``__init_subclass__``, or its dotted name.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.search import Found, search
from poolenv.syntax.calls.reached import means
from poolenv.syntax.calls.reading import Reading
from poolenv.syntax.resolving.imports import module_attribute

_PUT = (
    r"(?:[\"'\])]|\.\w+|\b[A-Z][A-Z0-9_]*)\s*:\s*(?:\w+\.)*NAME\s*(?:[,}#\r\n]|$)"
    r"|(?:\]\s*=|\breturn)\s*(?:\w+\.)*NAME\s*(?:[#\r\n]|$)"
    r"|(?i:regist|add_|provide)\w*\s*\([^()\n]*\bNAME\s*[,)]"
)
"""The value of an entry, what an item is set to or a function gives, or what is registered."""
_MADE = (
    r"(?:[\"'\])]|\.\w+|\b[A-Z][A-Z0-9_]*)\s*:\s*(?:\w+\.)*NAME\s*\(|\]\s*=\s*(?:\w+\.)*NAME\s*\("
)
"""What a class makes, as the value of an entry or what an item is set to."""
_NAMED = r"[.:]NAME[\"']|[\"']\s*:\s*[\"']NAME[\"']"
"""A dotted name as text, or the bare one as the value of an entry."""
_MOST_FILES = 40


def puts(reading: Reading, target: Scope) -> Iterator[Found]:
    """The expressions by which a class or function may get into a table; a lambda stands there."""
    if isinstance(target.node, ast.Lambda):
        found = search(target.module, "lambda", lambda node, _: node is target.node)
        yield from (hit for hit in found if is_entry(hit))
        return
    for module in modules_with(reading, target.name, _PUT, target):
        for hit in reading.program.find_names(module, frozenset({target.name})):
            if _is_put(hit) and means(reading.resolver, hit, target):
                yield hit


def made_puts(reading: Reading, target: Scope) -> Iterator[Found]:
    """The calls of a class that put what it makes into a table."""
    for module in modules_with(reading, target.name, _MADE, target):
        for hit in reading.program.find_names(module, frozenset({target.name})):
            call = hit.outer[-1] if hit.outer else None
            if not isinstance(call, ast.Call) or call.func is not hit.node:
                continue
            made = Found(call, hit.scope, hit.stmt, hit.outer[:-1])
            if is_entry(made) and means(reading.resolver, hit, target):
                yield made


def names_of(reading: Reading, target: Scope) -> Iterator[Found]:
    """The texts that name a class or function: ``"shop.stores.PostgresStore"``."""
    for module in modules_with(reading, target.name, _NAMED, target):
        key = ("names", module.path, target.name)
        if key not in reading.followed:
            reading.followed[key] = tuple(search(module, target.name, _names))
        for hit in reading.followed[key]:
            if _is_name_of(reading, module, hit, target):
                yield hit


def modules_with(
    reading: Reading, name: str, use: str, target: Scope, *, tests: bool = True
) -> Iterator[Module]:
    """The modules in which a name stands as in a regular expression, as far as they are few."""
    program = reading.program
    paths = program.files_matching(name, use, program.importers(target.module.path))
    if len(paths) > _MOST_FILES:
        return
    for path in paths:
        counts = tests or not program.snapshot.python[path].is_test
        if counts and reading.may_parse(path):
            module = program.module(path)
            if module is not None:
                yield module


def is_entry(hit: Found) -> bool:
    """It stands at a key of a mapping that is written out, or a statement puts it there."""
    match hit.outer[-1:], hit.stmt:
        case (ast.Dict(values=values),), _:
            return hit.node in values
        case (), ast.Assign(targets=[ast.Subscript()], value=value) | ast.Return(value=value):
            return value is hit.node
    return False


def _is_put(hit: Found) -> bool:
    match hit.outer[-1:]:
        case (ast.Call(func=function),):
            return function is not hit.node
        case (ast.keyword(),):
            return True
    return is_entry(hit)


def _names(node: ast.AST, word: str) -> bool:
    match node:
        case ast.Constant(value=str() as text):
            return text == word or text.endswith((f".{word}", f":{word}"))
    return False


def _is_name_of(reading: Reading, module: Module, hit: Found, target: Scope) -> bool:
    """The module that the text names has the class; a bare name is taken from a known module."""
    assert isinstance(hit.node, ast.Constant)
    if target.parent is not target.module.scope:
        return False
    text = str(hit.node.value)
    if text == target.name:
        return isinstance(hit.outer[-1] if hit.outer else None, ast.Dict)
    where = text[: -len(target.name) - 1]
    path = reading.program.find_module(module.path, where)
    found = reading.program.module(path) if path is not None else None
    if found is None or found is target.module:
        return found is not None
    references = module_attribute(reading.resolver, found, target.name)
    return any(getattr(r, "scope", None) is target for r in references)
