"""Settings that look like a pool's by their name, and that no way was found from to a pool."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from poolenv.masking import mask
from poolenv.model import Site, Step, Unresolved
from poolenv.syntax.program import Program
from poolenv.syntax.references import At, External
from poolenv.syntax.resolve import Resolver
from poolenv.syntax.scopes import Module
from poolenv.syntax.search import Found
from poolenv.syntax.statements import dotted

_NAME = re.compile(
    r"(?:\w+_)?(?:pool_size|max_overflow|pool_recycle|pool_timeout|pool_pre_ping|minconn|maxconn"
    r"|(?:min|max)_pool_size|pool_(?:min|max)_size|conn_max_age)",
    re.IGNORECASE,
)
_DATABASE = re.compile(
    r"database|postgres|mysql|mariadb|sqlalchemy|asyncpg|psycopg|redis|mongo|\bdb_|_db\b|\bdsn\b",
    re.I,
)
_FIELD = re.compile(
    r"^[ \t]+(?P<name>(?:min|max)_?(?:size|conn(?:ection)?s?))[ \t]*:[^=\n(]*=", re.MULTILINE
)
"""Too short a name for a pool's alone: a field of a class that says how to connect has to be it."""
_CONNECTION = frozenset(
    {"host", "hostname", "port", "user", "username", "password", "database", "dbname", "db", "dsn"}
)
_STEMS = ("pool_", "max_overflow", "maxconn")
_SHORT_STEMS = ("min_size", "max_size", "minsize", "maxsize", "min_conn", "max_conn")
_LONGEST = 40
_REASON = (
    "it is named like a setting of a pool, and nothing in the code shows whether it reaches one"
)


def loose_settings(
    program: Program, resolver: Resolver, sites: Iterable[Site]
) -> Iterator[Unresolved]:
    """Literal fields and keywords with a pool's name that no site accounts for."""
    covered = {(s.source.path, s.source.line) for s in sites if s.source is not None}
    covered |= {(s.path, s.line) for s in sites}
    for path in _paths(program):
        file = program.snapshot.python[path]
        names = frozenset() if file.is_test else _names(file.text)
        module = program.module(path) if names and _DATABASE.search(file.text) else None
        if module is None:
            continue
        for hit in program.find_settings(module, names):
            value = _value(hit, resolver)
            if value is None or (path, value.lineno) in covered:
                continue
            yield _listed(module, hit, value)


def _names(text: str) -> frozenset[str]:
    """The pool-like names of a file; each is looked for around its telling part only."""
    found: set[str] = set()
    for stem in _STEMS:
        at = text.find(stem)
        while at >= 0:
            start = max(0, at - _LONGEST)
            while start < at and not text[start:at].isidentifier():
                start += 1
            match = _NAME.match(text, start)
            if match:
                found.add(match.group(0))
            at = text.find(stem, at + len(stem))
    if any(stem in text for stem in _SHORT_STEMS):
        found.update(field["name"] for field in _FIELD.finditer(text))
    return frozenset(found)


def _paths(program: Program) -> list[str]:
    found: set[str] = set()
    for stem in (*_STEMS, *_SHORT_STEMS):
        found.update(program.files_mentioning(stem))
    return sorted(found)


def _value(hit: Found, resolver: Resolver) -> ast.expr | None:
    """The literal number or flag of a field or keyword; None where it is none of these."""
    value: ast.expr | None = None
    match hit.node:
        case ast.Name(id=name) if hit.scope.is_class and isinstance(hit.stmt, ast.AnnAssign):
            if not _NAME.fullmatch(name) and len(_CONNECTION & hit.scope.bindings.keys()) < 2:
                return None
            value = hit.stmt.value
            if isinstance(value, ast.Call):
                value = next((k.value for k in value.keywords if k.arg == "default"), None)
        case ast.keyword(arg=str() as name) if not _NAME.fullmatch(name):
            return None
        case ast.keyword(value=passed) if hit.outer and isinstance(hit.outer[-1], ast.Call):
            value = passed if _may_lead_on(hit, hit.outer[-1], resolver) else None
    if isinstance(value, ast.UnaryOp):
        return value if isinstance(value.operand, ast.Constant) else None
    if isinstance(value, ast.Constant) and isinstance(value.value, int | float):
        return value
    return value if isinstance(value, ast.Call) and _reads_environment(value) else None


def _reads_environment(value: ast.Call) -> bool:
    names = {dotted(node.func) for node in ast.walk(value) if isinstance(node, ast.Call)}
    return any(name is not None and name.endswith(("getenv", "environ.get")) for name in names)


def _may_lead_on(hit: Found, call: ast.Call, resolver: Resolver) -> bool:
    """The call is of something in this repository; a library's own keyword is the library's."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name.startswith("assert") or name in ("call", "dict", "Field", "field"):
        return False
    references = resolver.refer(call.func, At(hit.scope, hit.stmt))
    return bool(references) and not any(isinstance(r, External) for r in references)


def _listed(module: Module, hit: Found, value: ast.expr) -> Unresolved:
    span = module.lines.span(value)
    node = hit.node
    name = node.arg if isinstance(node, ast.keyword) else getattr(node, "id", "")
    text = mask(module.lines.line_text(span.line).strip())
    return Unresolved(
        path=module.path,
        line=span.line,
        column=span.column,
        sink="unknown",
        argument=name or "**",
        reason=_REASON,
        chain=(Step(module.path, span.line, text),),
        in_test=module.source.is_test,
    )
