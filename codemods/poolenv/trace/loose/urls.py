"""Pool settings in the query of a URL that no library is known to read: the package's own does."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from poolenv.model import Site, Unresolved
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.program import Program
from poolenv.syntax.source.words import query_names
from poolenv.trace.loose.listing import listed

_PARAMETER = re.compile(
    r"[?&](?P<name>(?:\w+_)?(?:pool_?(?:size|timeout|recycle|min|max)|max_?overflow"
    r"|(?:min|max)_?(?:pool_?)?(?:size|connections|conn)))=(?P<value>-?\d+)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(r"\b(?:https?|wss?|ftp|file)://", re.IGNORECASE)
_REASON = "it stands in the query of a URL, and the code does not show which library reads it there"


def loose_in_urls(program: Program, sites: Iterable[Site]) -> Iterator[Unresolved]:
    """Numbers in the queries of URLs that no site accounts for, in files that open pools."""
    covered = {(s.path, s.line, s.argument) for s in sites}
    for path in sorted(program.snapshot.candidates):
        file = program.snapshot.python.get(path)
        module = program.module(path) if file and _is_in(file.text) else None
        if module is None:
            continue
        for text in _texts(module):
            for found in _PARAMETER.finditer(text.value if isinstance(text.value, str) else ""):
                place, name = _place(module, text, found), found["name"]
                if (path, place[0], name) not in covered:
                    yield listed(module, place, name, _REASON)


def _is_in(text: str) -> bool:
    return any(_PARAMETER.match(text, at) for at, _ in query_names(text))


def _texts(module: Module) -> Iterator[ast.Constant]:
    """The texts that are code's: no docstrings, and no addresses of the web."""
    idle = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(module.tree):
        match node:
            case ast.Constant(value=str() as text) if "=" in text and id(node) not in idle:
                if not _OTHER.search(text):
                    yield node


def _place(module: Module, text: ast.Constant, found: re.Match[str]) -> tuple[int, int]:
    """The line and column at which a parameter stands in a text."""
    start, end = module.lines.range_of(text)
    written = module.lines.text[start:end]
    place = written.find(found.group(0).lstrip("?&"))
    return module.lines.position(start + max(place, 0))
