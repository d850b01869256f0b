"""Most connections of each pool before and after, their sums, and when to raise an alarm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from poolenv.catalogue import Catalogue
from poolenv.document.changes import Range, range_of
from poolenv.model import Addition, Migration, Pool, PoolChange, PoolKey, Scalar

UNKNOWN = "not known"
NO_LIMIT = "no limit"
_LEFT_OUT = "not known (a file was left out)"
_POSTGRESQL = ("asyncpg", "psycopg", "aiopg", "psycopg2", "pg8000")
_MYSQL = ("aiomysql", "asyncmy", "mysql", "pymysql", "MySQLdb")


@dataclass(frozen=True, slots=True)
class PoolRow:
    """One pool of the application (pools of tests are not counted)."""

    path: str
    line: int
    name: str | None
    sink: str
    per: str
    """What the limit counts per: ``process``, ``server`` …"""
    before: int | None
    after: int | None
    before_words: str
    after_words: str
    arguments_before: Mapping[str, tuple[Scalar, ...]]
    arguments_after: Mapping[str, tuple[Scalar, ...]]
    passed: frozenset[str]
    """Arguments that the code passes, those of unknown value too."""
    by_default: frozenset[str]
    """Arguments that the code does not pass, so the library's own default holds."""
    added: frozenset[str]
    """Those of them that it passes now."""
    lost: frozenset[str]
    """Arguments that may have a value which can't be known, perhaps beside known ones."""
    keys: tuple[PoolKey, ...]
    """Its call, and where that is a wrapper's, the calls inside up to the library's own."""

    @property
    def why_not_summed(self) -> str | None:
        """Why its limit is in no sum; None where it is in one."""
        if self.per != "process":
            return "counts per " + self.per
        if self.before is not None and self.after is not None:
            return None
        no_limit = self.before_words == NO_LIMIT or self.after_words == NO_LIMIT
        return "has no limit" if no_limit else "has a limit that is not known"

    @property
    def per_words(self) -> str:
        """What follows the number where it counts per something else than the process."""
        return "" if self.per == "process" else f" per {self.per}"

    @property
    def threshold(self) -> int | None:
        """80 % of the most connections, rounded down, at least 1."""
        return None if self.after is None else max(1, self.after * 8 // 10)


@dataclass(frozen=True, slots=True)
class Connections:
    """All pools, and sums over those that count per process and whose limits are known."""

    pools: tuple[PoolRow, ...]
    before: int
    after: int
    summed: int
    not_summed: int
    in_tests: int
    why_not_summed: tuple[str, ...]
    """``2 have no limit``, ``1 counts per server``."""
    databases: frozenset[str] = field(default_factory=frozenset)
    """``postgresql``, ``mysql``, as drivers and URLs of the code say; empty where nothing does."""


def connections(
    migration: Migration, left_out: frozenset[Range], catalogue: Catalogue
) -> Connections:
    """The rows and sums for one migration."""
    changes = [c for c in migration.plan.pools if not c.pool.in_test]
    per = {sink.id: sink.limit_per for sink in catalogue.sinks}
    rows = tuple(
        sorted(
            (_row(migration, change, left_out, per) for change in changes),
            key=lambda row: (row.path, row.line, row.sink),
        )
    )
    summed = [(r.before, r.after) for r in rows if r.per == "process"]
    known = [(b, a) for b, a in summed if b is not None and a is not None]
    return Connections(
        pools=rows,
        before=sum(before for before, _ in known),
        after=sum(after for _, after in known),
        summed=len(known),
        not_summed=len(rows) - len(known),
        in_tests=len(migration.plan.pools) - len(changes),
        why_not_summed=_counted(row.why_not_summed for row in rows),
        databases=frozenset(name for change in changes for name in _databases(change)),
    )


def _counted(reasons: Iterable[str | None]) -> tuple[str, ...]:
    """Each reason with the number of pools that have it."""
    found = sorted(Counter(filter(None, reasons)).items())
    return tuple(f"{n} {why if n == 1 else _of_several(why)}" for why, n in found)


def _of_several(why: str) -> str:
    """``have no limit`` of ``has no limit``."""
    verb, _, rest = why.partition(" ")
    return f"{'have' if verb == 'has' else verb.removesuffix('s')} {rest}"


def _row(
    migration: Migration,
    change: PoolChange,
    left_out: frozenset[Range],
    per: Mapping[str, str],
) -> PoolRow:
    pool = change.pool
    own, missing = _edits_of(migration, pool, left_out)
    words = {"no-limit": NO_LIMIT}.get(pool.limit, UNKNOWN)
    after, after_words, arguments = change.after, words, change.arguments_after or pool.arguments
    if missing and missing == own:
        after, arguments = change.before, pool.arguments
    elif missing:
        after, after_words = None, _LEFT_OUT
    if pool.limit == "unknown":  # no rule reaches a value that can't be traced
        after = None
    sites = {s.argument for s in migration.trace.sites if s.pool == pool.key}
    return PoolRow(
        path=pool.key.path,
        line=pool.key.line,
        name=pool.name,
        sink=pool.sink,
        per=per.get(pool.sink, "process"),
        before=change.before,
        after=after,
        before_words=words if change.before is None else str(change.before),
        after_words=after_words if after is None else str(after),
        arguments_before=pool.arguments,
        arguments_after=arguments,
        passed=pool.passed,
        by_default=frozenset(pool.arguments) - pool.passed - sites,
        added=frozenset(
            a.argument
            for a in _additions_of(migration, pool)
            if a.edit is not None and range_of(a.edit) not in left_out
        ),
        lost=pool.lost,
        keys=(pool.key, *pool.between, *(() if pool.use is None else (pool.use,))),
    )


def _additions_of(migration: Migration, pool: Pool) -> list[Addition]:
    """What is added to the library's call of one pool: a wrapper's call may open several."""
    every = migration.plan.additions
    return [a for a in every if a.pool == pool.key and a.call in (None, pool.call)]


def _edits_of(
    migration: Migration, pool: Pool, left_out: frozenset[Range]
) -> tuple[set[Range], set[Range]]:
    """The edits that a pool's limit depends on, and those of them that were not made."""
    edits = [
        *(d.edit for d in migration.plan.decisions if d.site.pool == pool.key),
        *(a.edit for a in _additions_of(migration, pool)),
    ]
    own = {range_of(edit) for edit in edits if edit is not None}
    return own, own & left_out


def _databases(change: PoolChange) -> set[str]:
    words = {change.pool.sink.split(".")[0]}
    for url in change.pool.urls:
        words.add(url.partition("+")[0])
    found = set()
    if any(w.startswith(_POSTGRESQL) or w in ("postgresql", "postgres", "postgis") for w in words):
        found.add("postgresql")
    if any(w.startswith(_MYSQL) or w == "mariadb" for w in words):
        found.add("mysql")
    return found
