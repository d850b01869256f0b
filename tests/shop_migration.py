"""A hand-made migration of a shop, with something of everything that is shown."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from poolenv.model import (
    Check,
    Decision,
    Migration,
    Origin,
    Plan,
    Pool,
    PoolChange,
    PoolKey,
    Remark,
    Role,
    Site,
    Skipped,
    Snapshot,
    SourceFile,
    Span,
    Step,
    Trace,
    Unresolved,
    Verdict,
)

SESSION = """\
from core.config import POOL_SIZE
from sqlalchemy import create_engine

engine = create_engine("postgresql://shop:hunter2@db/shop", pool_size=POOL_SIZE, max_overflow=10)
\tlegacy = create_engine(url, **options())
"""
CONFIG = "POOL_SIZE = 20\n"
SECRET = "hunter2"
SINK = "sqlalchemy.create_engine"
KEY = PoolKey("db/session.py", 4, 10)


def _file(path: str, text: str) -> SourceFile:
    return SourceFile(path, text.encode(), text, "utf-8", bom=False, is_test=False)


def _site(
    argument: str, column: int, source: Span, origin: Origin, chain: tuple[Step, ...]
) -> Site:
    size = argument == "pool_size"
    return Site(
        path="db/session.py",
        line=4,
        column=column,
        sink=SINK,
        argument=argument,
        role=Role.SIZE if size else Role.OVERFLOW,
        value=20 if size else 10,
        source_text="20" if size else "10",
        origin=origin,
        source=source,
        env=None,
        chain=chain,
        in_test=False,
        pool=KEY,
    )


def shop_migration() -> Migration:
    line = SESSION.splitlines()[3]
    here = Step("db/session.py", 4, line)
    size = _site(
        "pool_size",
        61,
        Span("core/config.py", 1, 13, 1, 15),
        Origin.CONSTANT,
        (here, Step("core/config.py", 1, "POOL_SIZE = 20")),
    )
    overflow = _site(
        "max_overflow", 82, Span("db/session.py", 4, 95, 4, 97), Origin.LITERAL, (here,)
    )
    pool = Pool(
        key=KEY,
        sink=SINK,
        name="engine",
        arguments=MappingProxyType({"pool_size": (20,), "max_overflow": (10, 30)}),
        max_connections=50,
        limit="computed",
    )
    endless = replace(
        pool,
        key=PoolKey("db/session.py", 5, 11),
        name="legacy",
        max_connections=None,
        limit="no-limit",
        arguments=MappingProxyType({}),
    )
    lost = Unresolved(
        "db/session.py",
        5,
        29,
        SINK,
        "**",
        "options() reads a database; look there",
        (Step("db/session.py", 5, "legacy = create_engine(url, **options())"),),
        in_test=False,
    )
    plan = Plan(
        decisions=(
            Decision(size, Verdict.REWRITE, "a constant", "DB_POOL_SIZE", 20),
            Decision(overflow, Verdict.REWRITE, "capped at 5", "DB_MAX_OVERFLOW", 5),
        ),
        edits=(),
        variables=(),
        pools=(PoolChange(pool, 50, 25), PoolChange(endless, None, None)),
        remarks=(Remark("README.md", 3, "says 15 connections"),),
    )
    files = {
        path: _file(path, text)
        for path, text in (("db/session.py", SESSION), ("core/config.py", CONFIG))
    }
    return Migration(
        snapshot=Snapshot("/srv/shop", None, files, frozenset(files), MappingProxyType({})),
        trace=Trace((size, overflow), (pool, endless), (lost,), ()),
        plan=plan,
        code=(),
        tests=(),
        checks=(Check("db/session.py", "same tree", True, "3 edits undone"),),
        test_remarks=(),
        skipped=(Skipped("old/py2.py", 7, "Python 2: print statement"),),
    )
