"""Pool settings in the query of a database URL that is written in the code: listed only."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from poolenv.catalogue.entry import Argument, Catalogue, Sink
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.program import Program
from poolenv.syntax.source.words import query_names
from poolenv.syntax.use import UrlParameter

_URL = re.compile(
    r"""(?P<scheme>[a-z][a-z0-9+.\-]*)://[^\s"'?]*\?(?P<query>[^\s"'#]+)|^[?&](?P<tail>[^\s"'#]+)""",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"(?:^|&)(?P<name>\w+)=(?P<value>-?\d+)(?=&|$)")
_KINDS = {
    "redis": "redis",
    "rediss": "redis",
    "valkey": "redis",
    "mongodb": "mongodb",
    "postgres": "sql",
    "postgresql": "sql",
    "mysql": "sql",
    "asyncpg": "sql",
    "psycopg": "sql",
    "mssql": "sql",
    "oracle": "sql",
    "sqlite": "sql",
    "cockroachdb": "sql",
}
_SERVERS = {"redis": {"redis"}, "mongodb": {"mongodb"}}


class UrlReaders:
    """The sinks whose library reads the query of a URL, and the names of what it reads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._sinks = [sink for sink in catalogue.sinks if sink.url_query]
        self._names = frozenset(name for sink in self._sinks for name in sink.url_query)

    def parameters(self, program: Program, path: str) -> Iterator[UrlParameter]:
        """Those of the URLs in a file that mentions a library which reads them there."""
        text = program.snapshot.python[path].text
        named = [(at, name) for at, name in query_names(text) if name in self._names]
        if not named:
            return
        used = {name for _, name in named}
        readers = [
            sink
            for sink in self._sinks
            if not used.isdisjoint(sink.url_query) and sink.callables[0].partition(".")[0] in text
        ]
        known = {name for sink in readers for name in sink.url_query}
        module = program.module(path) if readers else None
        if module is None:
            return
        lines = {module.lines.position(at)[0] for at, name in named if name in known}
        for line in sorted(lines):
            yield from _in_line(module, line, readers)


def _in_line(module: Module, line: int, readers: list[Sink]) -> Iterator[UrlParameter]:
    for node in _strings(module.tree, line):
        start, end = module.lines.range_of(node)
        written = module.lines.text[start:end]
        found = _URL.search(node.value if isinstance(node.value, str) else "")
        if found is None:
            continue
        kind = "sql"
        if found["scheme"]:
            scheme = found["scheme"].lower().partition("+")[0]
            if scheme not in _KINDS:
                continue
            kind = _KINDS[scheme]
        for parameter in _PARAMETER.finditer(found["query"] or found["tail"] or ""):
            place = written.find(f"{parameter['name']}={parameter['value']}")
            reader = _reader(readers, parameter["name"], kind)
            if reader is None or place < 0:
                continue
            sink, argument = reader
            first = start + place + len(parameter["name"]) + 1
            span = module.lines.span_between(first, first + len(parameter["value"]))
            yield UrlParameter(sink, argument, int(parameter["value"]), span)


def _strings(tree: ast.Module, line: int) -> Iterator[ast.Constant]:
    """The texts of a line; docstrings and other texts that stand alone are none of code's."""
    for node in _around(tree, line):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def _around(node: ast.AST, line: int) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        first = getattr(child, "lineno", None)
        if first is not None and not first <= line <= (getattr(child, "end_lineno", 0) or first):
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        yield child
        yield from _around(child, line)


def _reader(readers: list[Sink], name: str, kind: str) -> tuple[Sink, Argument] | None:
    for sink in readers:
        if name not in sink.url_query or (sink.server in ("redis", "mongodb")) != (kind != "sql"):
            continue
        if kind != "sql" and sink.server not in _SERVERS[kind]:
            continue
        for argument in sink.arguments:
            if argument.name == name:
                return sink, argument
    return None
