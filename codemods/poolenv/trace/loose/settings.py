"""Settings that look like a pool's by their name, and that no way was found from to a pool."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterable, Iterator

from poolenv.model import Site, Span, Unresolved
from poolenv.syntax.bindings.expressions import keyword_of, last_name, text_of
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.copies import copied
from poolenv.syntax.resolving.references import At, External
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.trace.literals import NotConstantError, constant
from poolenv.trace.loose.assigned import assigned_to_fields, is_set_by
from poolenv.trace.loose.listing import listed
from poolenv.trace.loose.put_on import put_into_fields
from poolenv.trace.loose.settled import is_settled, settled_places

_NAME = re.compile(
    r"(?:(?:\w+_)?(?:pool_size|max_overflow|pool_recycle|pool_timeout|pool_pre_ping|minconn|maxconn"
    r"|(?:min|max)_pool_(?:size|conns?)|pool_(?:min|max)(?:_size|_conns?)?|conn_max_age)"
    r"|(?:\w+_)?(?:db|database|pg|postgres(?:ql)?|mysql|sql|redis|mongo(?:db)?)_(?:\w+_)?"
    r"(?:min|max)_?(?:conns?|connections?|conn_size)"
    r"|(?:min|max)PoolSize)(?!\w)",
    re.IGNORECASE,
)
"""Words that a pool alone uses, and those of any connections where the name says a database."""
_OTHERS = re.compile(r"thread|process|worker|executor|buffer|http|haproxy|ssh", re.IGNORECASE)
_DATABASE = re.compile(
    r"database|postgres|mysql|mariadb|sqlalchemy|asyncpg|psycopg|redis|mongo|\bdb_|_db\b|\bdsn\b",
    re.I,
)
_FIELD = re.compile(
    r"^[ \t]+(?P<name>(?:min|max)_?(?:size|conn(?:ection)?s?))[ \t]*:[^=\n(]*=", re.MULTILINE
)
"""Too short a name for a pool's alone: a field of a class that says how to connect has to be it."""
_HANDED = re.compile(r"\w*(?:pool|db|database|engine)(?:_\w*)?", re.IGNORECASE)
_HANDED_AT_END = re.compile(rf"\b{_HANDED.pattern}=\Z", re.IGNORECASE)
_SIZES = frozenset({"min_size", "max_size", "minsize", "maxsize"})
"""Too short as well: the mapping has to be passed as ``pool_options=``, ``db_args=`` and alike."""
_ADDRESS = re.compile(r"(?:\w+_)?(?:ur[il]|dsn)", re.IGNORECASE)
_ADDRESSED = re.compile(
    rf"[\"']{_ADDRESS.pattern}[\"']\s*:.{{0,200}}?[\"']max_connections[\"']\s*:", re.I | re.DOTALL
)
"""The word for any connections counts beside an address in the same mapping."""
_CONNECTION = frozenset(
    {"host", "hostname", "port", "user", "username", "password", "database", "dbname", "db", "dsn"}
)
_WORDS = ("pool_", "max_overflow", "maxconn", "max_conn", "min_conn", "conn_max_age")
_STEMS = (*_WORDS, *(word.upper() for word in _WORDS), "PoolSize")
_IN_FILES = {
    b"pool_": None,
    b"POOL_": None,
    b"PoolSize": None,
    b"max": re.compile(rb"max(?:_overflow|_?conn|_?size)"),
    b"CONN": re.compile(rb"CONN_MAX_AGE|(?<=MAX_)CONN"),
}
"""Those that a file is looked for by, each by its rarest part: a maximum stands beside every
minimum."""
_SHORT_STEMS = ("min_size", "max_size", "minsize", "maxsize", "min_conn", "max_conn")
_LONGEST = 40
_FAR = 2_000
_TELLING = 2
_LOOK_UPS = frozenset({"get", "pop", "setdefault", "getenv", "getint", "get_int", "getfloat"})
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_REASON = (
    "it is named like a setting of a pool, and nothing in the code shows whether it reaches one"
)
_DEFAULT_REASON = (
    "it is the default of a look-up that is named like a setting of a pool; it counts only where"
    " that key is not set, and nothing in the code shows such a case that leads to a pool"
)


def loose_settings(
    program: Program, resolver: Resolver, sites: Iterable[Site], lost: Iterable[Unresolved]
) -> tuple[list[Site], list[Unresolved]]:
    """Literal settings with a pool's name that no site and nothing unresolved accounts for.

    Sites are those that are put into a field which leads to a pool; the others are listed.
    """
    known = tuple(sites)
    settled = settled_places(known)
    passed_on = {(s.source.path, s.source.line, s.argument) for s in known if s.source}
    named = {(s.path, s.line) for entry in lost for s in entry.chain}
    assigned: list[Site] = []
    unplaced: dict[tuple[Span, str], Unresolved] = {}
    for hit, value in _literals(program, resolver, {s.argument for s in known}):
        place, name = hit.scope.module.lines.span(value), _name(hit)
        if (
            (place.path, place.line) in named
            or (place.path, place.line, name.lower()) in passed_on
            or is_settled(settled, place)
        ):
            continue
        put = [
            *assigned_to_fields(resolver, known, hit, value),
            *put_into_fields(program, resolver, known, hit, value),
        ]
        assigned.extend(put)
        if not put and ((place, name) not in unplaced or _is_default(hit)):
            reason = _DEFAULT_REASON if _is_default(hit) else _REASON
            entry = listed(hit.scope.module, (place.line, place.column), name, reason)
            unplaced[place, name] = entry
    return assigned, [*unplaced.values()]


def _literals(
    program: Program, resolver: Resolver, passed: Collection[str]
) -> Iterator[tuple[Found, ast.expr]]:
    """Settings with a pool's name, each with its literal.

    In files that speak of no database those alone that are ``passed`` to a pool elsewhere, where
    what they are passed to stands in a table.
    """
    for path in _paths(program):
        file = program.snapshot.python[path]
        names = _names(file.text)
        of_database = bool(names and _DATABASE.search(file.text))
        if not of_database:
            names = names.intersection(passed) if "](" in file.text else frozenset()
        module = program.module(path) if names else None
        for hit in program.find_settings_and_members(module, names) if module is not None else ():
            value = _value(hit, resolver) if of_database or _is_looked_up(hit) else None
            if value is not None and not _expects(hit):
                yield hit, value


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
            if match and not _OTHERS.search(match.group(0)):
                found.add(match.group(0))
            at = text.find(stem, at + len(stem))
    if any(stem in text for stem in _SHORT_STEMS):
        found.update(field["name"] for field in _FIELD.finditer(text))
        found.update(size for size in _SIZES if _is_in_handed_mapping(text, size))
    if "max_connections" in text and _ADDRESSED.search(text):
        found.add("max_connections")
    return frozenset(found)


def _is_in_handed_mapping(text: str, key: str) -> bool:
    """``pool_options={"min_size": 1}``, wherever the key stands in the mapping."""
    at = text.find(key)
    while at >= 0:
        opening = text.rfind("{", max(0, at - _FAR), at) if text[at - 1] in "\"'" else -1
        before = text[max(0, opening - _LONGEST) : opening]
        if opening >= 0 and "}" not in text[opening:at] and _HANDED_AT_END.search(before):
            return True
        at = text.find(key, at + len(key))
    return False


def _paths(program: Program) -> list[str]:
    found: set[str] = set()
    for part, whole in _IN_FILES.items():
        for path in program.files_mentioning(part.decode()):
            if path not in found and _stands_in(program.snapshot.python[path].data, part, whole):
                found.add(path)
    return sorted(found)


def _stands_in(data: bytes, part: bytes, whole: re.Pattern[bytes] | None) -> bool:
    at = 0 if whole is None else data.find(part)
    while whole is not None and at >= 0 and not whole.match(data, at):
        at = data.find(part, at + 1)
    return at >= 0


def _value(hit: Found, resolver: Resolver) -> ast.expr | None:
    """The literal that a setting of a telling name has; None where it is none."""
    if not (_NAME.fullmatch(_name(hit)) or _says_how_to_connect(hit) or _is_handed_over(hit)):
        return None
    last = hit.outer[-1] if hit.outer else None
    written: ast.expr | None = None
    match hit.node, last:
        case ast.Name(), _ if not (hit.scope.is_function or hit.scope.module.source.is_test):
            if isinstance(hit.stmt, ast.Assign | ast.AnnAssign):
                written = _of_field(hit.stmt.value)
        case ast.Attribute(), _ if isinstance(hit.stmt, ast.Assign):
            written = hit.stmt.value if hit.node in hit.stmt.targets else None
        case ast.keyword(value=passed), ast.Call() as call:
            written = passed if _may_lead_on(hit, call, resolver) else None
        case ast.Constant(), ast.Dict() as mapping if not _is_followed(hit, last):
            written = _entry(mapping, lambda key: key is hit.node)
            if isinstance(written, ast.Dict):
                written = _entry(written, lambda key: text_of(key) == "default")
        case ast.Constant(), ast.Subscript(value=base) as entry if isinstance(hit.stmt, ast.Assign):
            if entry in hit.stmt.targets and not _is_made_here(hit, base):
                written = hit.stmt.value
        case ast.Constant(), ast.Call(args=[first, default]) as call if first is hit.node:
            written = default if last_name(call.func) in _LOOK_UPS else _declared_default(call)
        case ast.Constant(), ast.Call(args=[_, second, value]) as call if second is hit.node:
            written = value if is_set_by(call) else None
        case ast.Constant(), ast.Call(args=[first, *_]) as call if first is hit.node:
            written = _declared_default(call)
    return written if written is not None and _is_number(written, hit) else None


def _entry(mapping: ast.Dict, is_wanted: Callable[[ast.expr | None], bool]) -> ast.expr | None:
    """The value at a key; a schema declares a setting: ``"pool_size": {"default": 5}``."""
    pairs = zip(mapping.keys, mapping.values, strict=True)
    return next((value for key, value in pairs if is_wanted(key)), None)


def _declared_default(call: ast.Call) -> ast.expr | None:
    """``Entry("pool_size", int, default=5)`` declares a setting by its name."""
    return keyword_of(call, "default")


def _is_handed_over(hit: Found) -> bool:
    """``connect(pool_options={"min_size": 1})``: the parameter, or an address, says of what."""
    match hit.node, hit.outer[-2:]:
        case ast.Constant(), (ast.keyword(arg=str() as name), ast.Dict()):
            if _HANDED.fullmatch(name):
                return True
    match hit.node, hit.outer[-1:]:
        case ast.Constant(value="max_connections"), (ast.Dict(keys=keys),):
            return any(_ADDRESS.fullmatch(text_of(key) or "") for key in keys)
    return False


def _says_how_to_connect(hit: Found) -> bool:
    """It is a field of a class that has a host, a user and alike too."""
    field = hit.scope.is_class and isinstance(hit.stmt, ast.AnnAssign)
    return field and len(_CONNECTION & hit.scope.bindings.keys()) >= _TELLING


def _is_followed(hit: Found, mapping: ast.Dict) -> bool:
    """``options = {…}``: every use of the name is looked at, so what reaches a pool is known."""
    if hit.scope.is_class or hit.scope.module.source.is_test:
        return False
    if not isinstance(hit.stmt, ast.Assign | ast.AnnAssign) or hit.stmt.value is not mapping:
        return False
    return not _is_put_into_another(hit)


def _is_made_here(hit: Found, mapping: ast.expr) -> bool:
    """``options = {}`` before ``options["pool_size"] = 5``: every use of the name is looked at."""
    if not isinstance(mapping, ast.Name) or hit.scope.module.source.is_test:
        return False
    made = [binding.node for binding in hit.scope.bindings.get(mapping.id, ())]
    return any(
        isinstance(node, ast.Dict)
        or (isinstance(node, ast.Call) and last_name(node.func) in ("dict", "copy", "deepcopy"))
        for node in made
    )


def _is_put_into_another(hit: Found) -> bool:
    """``data["engine"] = options`` where it is made: who reads ``data`` is not known."""
    match hit.stmt:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            pass
        case ast.Assign(targets=[ast.Subscript()]):
            return True
        case _:
            return False
    if not isinstance(hit.scope.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    for node in ast.walk(hit.scope.node):
        match node:
            case ast.Assign(targets=[ast.Subscript()], value=ast.Name(id=put)) if put == name:
                return True
    return False


def _of_field(value: ast.expr | None) -> ast.expr | None:
    """The default of ``Field(default=5)``, the number of ``int(os.getenv("…", "5"))``."""
    while isinstance(value, ast.Call):
        default = keyword_of(value, "default", "default_value")
        value = default or (value.args[-1] if value.args else None)
    return value


def _is_number(node: ast.expr, hit: Found) -> bool:
    """It is a number, maybe as text, and not the 0 that a count of connections begins with."""
    try:
        value = constant(node)
    except NotConstantError:
        return False
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value))
    measured = value == 0 and value is not False and _name(hit).lower().endswith("pool_size")
    return isinstance(value, int | float) and not measured


def _expects(hit: Found) -> bool:
    """It stands in what a test compares with."""
    if isinstance(hit.stmt, ast.Assert):
        return True
    if isinstance(hit.stmt, ast.Assign) and "expect" in ast.unparse(hit.stmt.targets[0]):
        return True
    calls = (outer for outer in hit.outer if isinstance(outer, ast.Call))
    return any(last_name(call.func).startswith(("assert", "call")) for call in calls)


def _may_lead_on(hit: Found, call: ast.Call, resolver: Resolver) -> bool:
    """The call is of something in this repository, or makes a changed copy of a record.

    Any other library's own keyword is the library's.
    """
    if last_name(call.func) == "update":
        return False
    references = resolver.refer(call.func, At(hit.scope, hit.stmt))
    if not references:
        return hit.scope.module.source.is_test or _is_looked_up(hit)
    if copied(references, call) is not None:
        return True
    return not any(isinstance(r, External) for r in references)


def _is_looked_up(hit: Found) -> bool:
    """``FACTORIES["postgres"](pool_size=5)``: what is called stands in a table filled elsewhere."""
    match hit.node, hit.outer[-1:]:
        case ast.keyword(), (ast.Call(func=ast.Subscript()),):
            return True
    return False


def _name(hit: Found) -> str:
    match hit.node:
        case ast.Name(id=name) | ast.keyword(arg=str() as name) | ast.Constant(value=str() as name):
            return name
        case ast.Attribute(attr=name):
            return name
    return ""


def _is_default(hit: Found) -> bool:
    """``options.get("pool_size", 5)``: what is listed is the 5."""
    return isinstance(hit.node, ast.Constant) and isinstance(hit.outer[-1], ast.Call)
