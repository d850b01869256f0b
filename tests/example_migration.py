"""A migration as ``document`` gets it, made by hand: seven modules, mixed verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from poolenv.model import (
    Action,
    Addition,
    Check,
    Decision,
    Edit,
    FileChange,
    Holder,
    Migration,
    Origin,
    Override,
    Plan,
    Policy,
    Pool,
    PoolChange,
    PoolKey,
    Remark,
    Role,
    Rule,
    Scalar,
    Site,
    Skipped,
    Snapshot,
    SourceFile,
    Step,
    Trace,
    Unresolved,
    Variable,
    Verdict,
)
from poolenv.syntax.source.positions import Lines, splice

ROOT = "/home/somebody/checkouts/shop"
REVISION = "0123456789abcdef0123456789abcdef01234567"

SOURCES = {
    f"services/{name}/database.py": (
        "from sqlalchemy import create_engine\n\n"
        f'URL = "postgresql://{name}:hunter2@db/shop"\n'
        "engine = create_engine(URL, pool_size=5, max_overflow=10)\n"
    )
    for name in ("orders", "stock", "mail", "search")
} | {
    "services/gateway/db.py": (
        "import os\nfrom sqlalchemy import create_engine\n\n"
        'size = int(os.getenv("DB_POOL_SIZE", "5"))\n'
        'overflow = int(os.getenv("GATEWAY_MAX_OVERFLOW", "10"))  # max_overflow is 10\n'
        "engine = create_engine(os.environ['URL'], pool_size=size, max_overflow=overflow)\n"
    ),
    "services/report/db.py": (
        "from sqlalchemy import create_engine\n\n\ndef connect(url, overflow):\n"
        "    return create_engine(url, pool_size=4, max_overflow=overflow)\n"
    ),
    "scripts/export.py": (
        "from psycopg2.pool import ThreadedConnectionPool\n\npool = ThreadedConnectionPool(1, 30)\n"
    ),
    "tests/test_orders.py": (
        "from services.orders.database import engine\n\n\ndef test_overflow():\n"
        "    assert engine.pool._max_overflow == 10\n"
    ),
}


@dataclass(frozen=True, slots=True)
class Example:
    """The migration, and what it was made from."""

    migration: Migration
    sources: dict[str, str]


def _site(path: str, argument: str, value: Scalar, text: str, **more: object) -> Site:
    source = SOURCES[path]
    found = Lines(path, source)
    line, column = found.position(source.index(f"{argument}=") if argument != "maxconn" else 0)
    call_line = next(i for i, t in enumerate(source.splitlines(), 1) if "Pool(" in t or "ne(" in t)
    roles = {"pool_size": Role.SIZE, "max_overflow": Role.OVERFLOW, "maxconn": Role.MAX}
    defaults: dict[str, object] = {
        "origin": Origin.LITERAL,
        "source": None,
        "env": None,
        "chain": (Step(path, line, found.line_text(line).strip()),),
        "in_test": False,
        "sink": "sqlalchemy.create_engine",
        "holder": Holder.EXPRESSION,
    }
    return Site(
        path=path,
        line=line if argument != "maxconn" else call_line,
        column=column,
        argument=argument,
        role=roles[argument],
        value=value,
        source_text=text,
        pool=PoolKey(path, call_line, 1),
        **(defaults | more),  # type: ignore[arg-type]
    )


def _edit(path: str, old: str, new: str, after: str, reason: str) -> Edit:
    source = SOURCES[path]
    start = source.index(after + old) + len(after)
    line, _ = Lines(path, source).position(start)
    modules = frozenset({"os"}) if "os." in new and "import os" not in source else frozenset[str]()
    return Edit(path, start, start + len(old), old, new, reason, line, modules)


def _moved(path: str, argument: str, old: int, new: int, variable: str) -> Decision:
    text = f'int(os.getenv("{variable}", "{new}"))'
    edit = _edit(path, str(old), text, f"{argument}=", "read from the environment")
    site = _site(path, argument, old, str(old))
    return Decision(site, Verdict.REWRITE, "a literal", variable, new, edit)


def _decisions() -> tuple[Decision, ...]:
    gateway, report = "services/gateway/db.py", "services/report/db.py"
    found = [
        decision
        for path in sorted(SOURCES)
        if path.endswith("database.py")
        for decision in (
            _moved(path, "pool_size", 5, 5, "DB_POOL_SIZE"),
            _moved(path, "max_overflow", 10, 5, "DB_MAX_OVERFLOW"),
        )
    ]
    own = "GATEWAY_MAX_OVERFLOW"
    overflow = _site(gateway, "max_overflow", 10, '"10"', origin=Origin.ENV_DEFAULT, env=own)
    lowered = _edit(gateway, "10", "5", f'"{own}", "', "cap max_overflow=5")
    size = _site(gateway, "pool_size", 5, '"5"', origin=Origin.ENV_DEFAULT, env="DB_POOL_SIZE")
    maximum = _site(
        "scripts/export.py", "maxconn", 30, "30", sink="psycopg2.pool.ThreadedConnectionPool"
    )
    return (
        *found,
        Decision(overflow, Verdict.CHANGE_DEFAULT, "capped", own, 5, lowered),
        Decision(size, Verdict.ALREADY_ENV, "already read from the environment", "DB_POOL_SIZE", 5),
        _moved(report, "pool_size", 4, 4, "DB_REPORT_POOL_SIZE"),
        Decision(maximum, Verdict.KEEP, "a positional | argument of `*limits`", None, 30),
    )


def _pool(path: str, arguments: dict[str, int], maximum: int | None, **more: object) -> Pool:
    source = SOURCES[path].splitlines()
    line = next(i for i, t in enumerate(source, 1) if "Pool(" in t or "ne(" in t)
    defaults: dict[str, object] = {
        "sink": "sqlalchemy.create_engine",
        "name": "engine",
        "limit": "computed" if maximum is not None else "unknown",
        "urls": ("postgresql",),
        "passed": frozenset(arguments) - {"pool_recycle"},
    }
    return Pool(
        key=PoolKey(path, line, 1),
        arguments=MappingProxyType({name: (value,) for name, value in arguments.items()}),
        max_connections=maximum,
        **(defaults | more),  # type: ignore[arg-type]
    )


def _pools() -> tuple[PoolChange, ...]:
    found = []
    for path in sorted(SOURCES):
        if "/database" in path or "gateway" in path:
            before = {"pool_size": 5, "max_overflow": 10, "pool_recycle": -1}
            after = {name: (value,) for name, value in (before | {"max_overflow": 5}).items()}
            found.append(PoolChange(_pool(path, before, 15), 15, 10, MappingProxyType(after)))
    export = _pool(
        "scripts/export.py",
        {"minconn": 1, "maxconn": 30},
        30,
        sink="psycopg2.pool.ThreadedConnectionPool",
        name="pool",
        urls=(),
    )
    report = _pool("services/report/db.py", {"pool_size": 4}, None, name="connect")
    return (
        *found,
        PoolChange(export, 30, 30, export.arguments),
        PoolChange(report, None, None, report.arguments),
    )


def _plan() -> Plan:
    decisions = _decisions()
    orders = "services/orders/database.py"
    services = tuple(sorted(path for path in SOURCES if path.endswith("database.py")))
    return Plan(
        decisions=decisions,
        edits=tuple(d.edit for d in decisions if d.edit is not None),
        variables=(
            Variable("DB_MAX_OVERFLOW", 5, Role.OVERFLOW, ("max_overflow",), services, True),
            Variable(
                "DB_POOL_SIZE",
                5,
                Role.SIZE,
                ("pool_size",),
                (*services, "services/gateway/db.py"),
                False,
            ),
            Variable(
                "DB_REPORT_POOL_SIZE",
                4,
                Role.SIZE,
                ("pool_size",),
                ("services/report/db.py",),
                True,
            ),
            Variable(
                "GATEWAY_MAX_OVERFLOW",
                5,
                Role.OVERFLOW,
                ("max_overflow",),
                ("services/gateway/db.py",),
                False,
            ),
        ),
        additions=(
            Addition(PoolKey(orders, 4, 1), "pool_recycle", 300, None, "in-memory SQLite may be"),
        ),
        overrides=(
            Override(
                "render.yaml",
                14,
                "GATEWAY_MAX_OVERFLOW",
                "10",
                "render.yaml:14 sets GATEWAY_MAX_OVERFLOW=10, "
                "so the new default 5 has no effect there",
            ),
        ),
        remarks=(
            Remark("services/gateway/db.py", 5, "two names for one role: DB_MAX_OVERFLOW"),
            Remark("README.md", 7, "states DB_MAX_OVERFLOW=10"),
        ),
        pools=_pools(),
        policy=Policy(rules=(Rule(Action.CAP, "max_overflow", 5),)),
    )


def _changes(plan: Plan) -> tuple[FileChange, ...]:
    found = []
    for path in sorted({edit.path for edit in plan.edits}):
        own = tuple(sorted((e for e in plan.edits if e.path == path), key=lambda e: e.start))
        source = SOURCES[path]
        if any(edit.imports for edit in own):
            own = (Edit(path, 0, 0, "", "import os\n\n", "import os", 1), *own)
        after = splice(source, own)
        found.append(FileChange(path, source.encode(), after.encode(), edits=own))
    return tuple(found)


def _checks(changes: tuple[FileChange, ...]) -> tuple[Check, ...]:
    found = [
        Check(change.path, name, True, "")
        for change in changes
        for name in ("parses", "structure", "unset", "set")
    ]
    slow = Check("services/report/db.py", "layout", None, "not run: more than 200000 characters")
    return (*found, slow)


def example(other: dict[str, bytes] | None = None) -> Example:
    """The migration with all its parts; ``other`` are files that are there already."""
    plan = _plan()
    code = _changes(plan)
    test_path = "tests/test_orders.py"
    test_edit = _edit(test_path, "10", "5", "== ", "max_overflow is 5 now")
    test_text = SOURCES[test_path]
    tests = (
        FileChange(
            test_path,
            test_text.encode(),
            splice(test_text, (test_edit,)).encode(),
            edits=(test_edit,),
        ),
        FileChange("tests/test_connection_pool_hard_limits.py", None, b"def test(): ...\n"),
    )
    python = {
        path: SourceFile(path, text.encode(), text, "utf-8", False, path.startswith("tests/"))
        for path, text in SOURCES.items()
    }
    unresolved = Unresolved(
        path="services/report/db.py",
        line=5,
        column=44,
        sink="sqlalchemy.create_engine",
        argument="max_overflow",
        reason="`overflow` is an argument of connect(), which nothing here calls",
        chain=(),
        in_test=False,
    )
    skipped = (Skipped("legacy/old.py", 3, "Python 2: invalid syntax"),)
    migration = Migration(
        snapshot=Snapshot(ROOT, REVISION, python, frozenset(python), other or {}, skipped),
        trace=Trace(
            tuple(d.site for d in plan.decisions),
            tuple(change.pool for change in plan.pools),
            (unresolved,),
            skipped,
        ),
        plan=plan,
        code=code,
        tests=tests,
        checks=_checks(code),
        test_remarks=(Remark("tests/test_orders.py", 9, "may be about the total 15"),),
        skipped=skipped,
    )
    return Example(migration, dict(SOURCES))
