"""Keep the files that document variables (``.env.example``) true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from poolenv.model import Decision, Edit, Role, Scalar, Variable

_WORD = re.compile(r"[^a-z0-9]+")
_EXAMPLE_WORDS: Final = frozenset({"example", "sample", "template", "tmpl", "dist"})
_ASSIGNMENT = re.compile(
    r"""^\ufeff?(?P<lead>[ \t]*(?P<off>\#[ \t]*)?(?P<export>export[ \t]+)?)
        (?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<equals>[ \t]*=[ \t]*)
        (?P<quote>["']?)(?P<value>[^"'\#\r\n]*?)(?P=quote)
        (?P<rest>[ \t]*(?:\#[^\r\n]*)?)(?P<newline>\r\n|\r|\n|\Z)""",
    re.VERBOSE | re.MULTILINE,
)
_DATABASE = re.compile(
    r"(?:^|_)(?:DB|DATABASE|DATABASES|POOL|POSTGRES\w*|PG\w*|MYSQL|MARIADB|ORACLE|SQL\w*"
    r"|ASYNCPG|REDIS|VALKEY|MONGO\w*|NEO4J|CASSANDRA|CLICKHOUSE|DSN)(?:_|$)",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"mongo|neo4j|redis|valkey|cassandra|clickhouse|elastic|opensearch|kafka|rabbit|celery",
    re.IGNORECASE,
)
_OF_TESTS = re.compile(r"(?:^|/)(?:tests?|testing)/")
_TOLD: Final = r"(?i:\bdefaults?\b[ \t]*(?:value\b)?[ \t]*(?:is\b|to\b|of\b|[:=])?[ \t]*[\"'`]?)"
"""What stands before a default in a comment."""
_HEADING: Final = "# Connection pools: limits per pool and process"
_LIMITS: Final[Mapping[Role, str]] = {
    Role.SIZE: "Connections kept open per pool and process",
    Role.OVERFLOW: "Connections above the pool size, per pool and process",
    Role.MAX: "Most connections per pool and process",
    Role.MIN: "Connections opened at the start, per pool and process",
    Role.ACQUIRE_TIMEOUT: "Longest wait for a connection",
    Role.RECYCLE: "Age at which a connection is replaced",
    Role.IDLE_TIMEOUT: "Idle time after which a connection is closed",
    Role.HEALTH_CHECK: "Test a connection before it is used",
    Role.OTHER: "Connection pool",
}


@dataclass(frozen=True, slots=True)
class _Line:
    match: re.Match[str]

    @property
    def name(self) -> str:
        return self.match["name"]

    @property
    def off(self) -> bool:
        """Commented out: it documents a default all the same."""
        return self.match["off"] is not None


def is_example(path: str) -> bool:
    """Whether a file only documents variables: ``.env.example``, ``env.template``, ``.env.dist``.

    A real ``.env``, whatever it is called (``.env.production``), is not.
    """
    words = set(_WORD.split(path.lower().rsplit("/", 1)[-1]))
    return any("env" in word for word in words) and bool(words & _EXAMPLE_WORDS)


def update_examples(
    other: Mapping[str, bytes],
    variables: tuple[Variable, ...],
    decisions: tuple[Decision, ...],
) -> tuple[Edit, ...]:
    """Edits that keep example files true, on their text decoded as UTF-8 (BOM included).

    A documented value that equals a variable's old default (``decisions`` know it) becomes the
    new one, in ``(default is 10)`` behind it too; any other value stays. In a file that documents
    a database, new variables follow the last one of their own kind, in its style; where there is
    none they stand at the end below a heading. Examples of tests get no new ones. Files that are
    not UTF-8 are left alone.
    """
    new_defaults = _new_defaults(decisions)
    added = tuple(sorted((v for v in variables if v.is_new), key=lambda v: v.name))
    edits: list[Edit] = []
    for path in sorted(other):
        if not is_example(path):
            continue
        try:
            text = other[path].decode("utf-8")
        except UnicodeDecodeError:
            continue
        lines = tuple(_Line(match) for match in _ASSIGNMENT.finditer(text))
        edits += _changed(path, text, lines, new_defaults)
        if not _OF_TESTS.search(path):
            edits += _appended(path, text, lines, added, _defaults(decisions))
    return tuple(edits)


def written(value: Scalar) -> str:
    """A default as it stands in a dotenv file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _new_defaults(decisions: tuple[Decision, ...]) -> dict[str, dict[str, str]]:
    """Variable to {old default: new default}, both as written."""
    found: dict[str, dict[str, str]] = {}
    for decision in decisions:
        old, new = written(decision.site.value), written(decision.new_value)
        for name in {decision.variable, decision.site.env} - {None}:
            if decision.edit is not None and old != new and name is not None:
                found.setdefault(name, {})[old] = new
    return found


def _defaults(decisions: tuple[Decision, ...]) -> dict[str, list[str]]:
    """The defaults of each variable, as written: one that sets several places may have several."""
    found: dict[str, dict[str, None]] = {}
    for decision in decisions:
        if decision.variable is not None and decision.edit is not None:
            found.setdefault(decision.variable, {})[written(decision.new_value)] = None
    return {name: list(defaults) for name, defaults in found.items()}


def _changed(
    path: str, text: str, lines: tuple[_Line, ...], new_defaults: dict[str, dict[str, str]]
) -> Iterator[Edit]:
    for line in lines:
        old = line.match["value"]
        new = new_defaults.get(line.name, {}).get(old)
        if new is None or not old:
            continue
        start, end = line.match.span("value")
        reason = f"the default of {line.name} is now {new}"
        yield Edit(path, start, end, old, new, reason, _line_of(text, start))
        for told in re.finditer(
            rf"{_TOLD}(?P<value>{re.escape(old)})(?![\w.]*\d)", line.match["rest"]
        ):
            first, last = (line.match.start("rest") + at for at in told.span("value"))
            yield Edit(path, first, last, old, new, reason, _line_of(text, first))


def _appended(
    path: str,
    text: str,
    lines: tuple[_Line, ...],
    added: tuple[Variable, ...],
    defaults: Mapping[str, list[str]],
) -> Iterator[Edit]:
    known = {line.name for line in lines}
    missing = [variable for variable in added if variable.name not in known]
    documented = [line for line in lines if _DATABASE.search(line.name)]
    if not missing or not documented:
        return
    by_anchor: dict[_Line | None, list[Variable]] = {}
    for variable in missing:
        by_anchor.setdefault(_anchor(variable, documented, text), []).append(variable)
    newline = _newline_of(text)
    for anchor, variables in by_anchor.items():
        like = anchor or documented[-1]
        block = "".join(_entry(v, like, text, newline, defaults.get(v.name, [])) for v in variables)
        at = len(text) if anchor is None else anchor.match.end()
        if anchor is None:
            block = f"{newline}{_HEADING}{newline}{block}"
        if at == len(text) and not text.endswith(("\n", "\r")):
            block = newline + block.removesuffix(newline)
        reason = f"documents {', '.join(variable.name for variable in variables)}"
        yield Edit(path, at, at, "", block, reason, _line_of(text, at))


def _anchor(variable: Variable, documented: list[_Line], text: str) -> _Line | None:
    """The last line about the same kind of server, best one about its pool; None: there is none.

    ``DB_`` and ``DATABASE_`` are one kind; below a heading of another product they are not.
    """
    kind = _kind(variable.name)
    own = [line for line in documented if _kind(line.name) == kind]
    own = [line for line in own if not _is_foreign(variable, line, text)]
    pool = [line for line in own if "POOL" in line.name.upper()]
    return next(reversed(pool or own), None)


def _kind(name: str) -> str:
    first = name.upper().partition("_")[0]
    return "DB" if first in ("DATABASE", "SQLALCHEMY", "POOL") else first


def _is_foreign(variable: Variable, line: _Line, text: str) -> bool:
    """The heading above a line names a product that the variable is not about."""
    paragraph = re.split(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)", text[: line.match.start()])[-1]
    comments = re.findall(r"(?m)^[ \t]*#.*", paragraph)
    named = {word.lower() for each in comments[:3] for word in _PRODUCT.findall(each)}
    return any(product not in variable.name.lower() for product in named)


def _entry(variable: Variable, like: _Line, text: str, newline: str, defaults: list[str]) -> str:
    """One variable as its neighbour is written: commented out or not, exported, quoted, spaced."""
    default = written(variable.default)
    comment = ""
    if re.search(r"^[ \t]*#[ \t]*[^\s#]", text, re.MULTILINE):
        arguments = ", ".join(variable.arguments)
        told = " or ".join([default, *(one for one in defaults if one != default)])
        comment = f"# {_LIMITS[variable.role]} ({arguments}); default {told}{newline}"
    quote, equals = like.match["quote"], like.match["equals"]
    return f"{comment}{like.match['lead']}{variable.name}{equals}{quote}{default}{quote}{newline}"


def _newline_of(text: str) -> str:
    first = re.search(r"\r\n|\r|\n", text)
    return first[0] if first else "\n"


def _line_of(text: str, offset: int) -> int:
    return len(re.findall(r"\r\n|\r|\n", text[:offset])) + 1
