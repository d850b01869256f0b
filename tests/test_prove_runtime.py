"""Changed modules imported for real, and what reaches their pools."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from branch_repository import checkout_state, commit_all, git

from poolenv.model import Addition, Check, Edit, PoolKey, Role, Scalar, Variable
from poolenv.prove_runtime import prove_runtime
from poolenv.prove_runtime.execution import find_python
from poolenv.prove_runtime.modules import module_name
from poolenv.prove_runtime.values import as_environment, distinctive_values
from poolenv.sandbox import Copy

pytestmark = pytest.mark.usefixtures("own_git_configuration")

SIZE = Variable("DB_POOL_SIZE", 5, Role.SIZE, ("pool_size",), ("app/db.py",), is_new=True)
OVERFLOW = Variable(
    "DB_MAX_OVERFLOW", 5, Role.OVERFLOW, ("max_overflow",), ("app/db.py",), is_new=True
)
OVERFLOW_READ = 'int(os.getenv("DB_MAX_OVERFLOW", "5"))'
BEFORE = """
from sqlalchemy import create_engine
engine = create_engine("postgresql://ada:hunter2@db/x", pool_size=5, max_overflow=10)
"""
AFTER = """
import os
from sqlalchemy import create_engine
engine = create_engine(
    "postgresql://ada:hunter2@db/x",
    pool_size=int(os.getenv("DB_POOL_SIZE", "5")),
    max_overflow=int(os.getenv("DB_MAX_OVERFLOW", "5")),
)
"""


@pytest.fixture(autouse=True)
def _callers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_POOL_SIZE", "99")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


def prove(  # noqa: PLR0913 - a before/after pair and the options of the stage
    tmp_path: Path,
    before: str | dict[str, str],
    after: str | dict[str, str],
    variables: tuple[Variable, ...] = (SIZE, OVERFLOW),
    *,
    module: str = "app/db.py",
    timeout_s: float = 60,
    additions: tuple[Addition, ...] = (),
) -> tuple[Check, Check]:
    root = tmp_path / "repository"
    commits: list[str] = []
    for files in (before, after):
        for path, text in ({module: files} if isinstance(files, str) else files).items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        if not commits:
            git(root, "init", "--quiet")
        commits.append(commit_all(root))
    state = checkout_state(root)
    base, changed = commits
    unset, are_set = prove_runtime(
        root, base, changed, (module,), variables, timeout_s=timeout_s, additions=additions
    )
    assert checkout_state(root) == state
    assert (unset.path, are_set.path) == (module, module)
    assert "hunter2" not in unset.detail + are_set.detail
    return unset, are_set


def test_a_lowered_default_and_its_variable(tmp_path: Path) -> None:
    unset, are_set = prove(tmp_path, BEFORE, AFTER)
    assert (unset.passed, are_set.passed) == (True, True)
    assert unset.detail == (
        "max_overflow 10 to 5; pool_pre_ping=False; pool_recycle=-1; pool_size=5; pool_timeout=30.0"
    )
    assert are_set.detail == (
        "DB_MAX_OVERFLOW=7 gives max_overflow=7; DB_POOL_SIZE=6 gives pool_size=6"
    )


def test_a_default_other_than_the_policys_fails(tmp_path: Path) -> None:
    unset, are_set = prove(
        tmp_path, BEFORE, AFTER.replace(OVERFLOW_READ, OVERFLOW_READ.replace("5", "8"))
    )
    assert (unset.passed, unset.detail) == (False, "app/db.py::<module>: max_overflow was 10, is 8")
    assert are_set.passed is False
    assert are_set.detail.endswith("max_overflow is 8 while DB_MAX_OVERFLOW is unset, not 5")


def test_a_limit_that_was_not_lowered_fails(tmp_path: Path) -> None:
    _, are_set = prove(
        tmp_path, BEFORE, AFTER.replace(OVERFLOW_READ, OVERFLOW_READ.replace("5", "10"))
    )
    assert (are_set.passed, are_set.detail) == (
        False,
        "app/db.py::<module>: max_overflow is 10 while DB_MAX_OVERFLOW is unset, not 5",
    )


def test_a_variable_that_reaches_nothing_fails(tmp_path: Path) -> None:
    lost = AFTER.replace('int(os.getenv("DB_POOL_SIZE", "5"))', "5")
    unset, are_set = prove(tmp_path, BEFORE, lost)
    assert unset.passed is True
    assert (are_set.passed, are_set.detail) == (False, "DB_POOL_SIZE=6 reaches no pool")


def test_variables_that_are_swapped_fail(tmp_path: Path) -> None:
    swapped = AFTER.replace("DB_POOL_SIZE", "X").replace("DB_MAX_OVERFLOW", "DB_POOL_SIZE")
    _, are_set = prove(tmp_path, BEFORE, swapped.replace("X", "DB_MAX_OVERFLOW"))
    assert are_set.passed is False
    assert "is 7 with" in are_set.detail or "is 6 with" in are_set.detail


def test_a_change_that_breaks_the_import_fails(tmp_path: Path) -> None:
    unset, are_set = prove(tmp_path, BEFORE, AFTER.replace("import os\n", ""))
    assert unset.passed is False
    assert unset.detail == "imported before, not now: NameError: name 'os' is not defined"
    assert are_set.passed is None


def test_a_module_that_never_imported_is_not_proven(tmp_path: Path) -> None:
    broken = 'raise RuntimeError("postgresql://ada:hunter2@db/x is\\nunreachable")\n'
    unset, are_set = prove(tmp_path, broken + BEFORE, broken + AFTER)
    assert (unset.passed, are_set.passed) == (None, None)
    assert unset.detail == (
        "does not import at the base: RuntimeError: postgresql://ada:***@db/x is"
    )


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("import sys; sys.exit('no')", "SystemExit: no"),
        ("import os; os._exit(3)", "ended without a report"),
        ("import nowhere_to_be_found", "ModuleNotFoundError: No module named"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "connections are not made"),
        ("this is no python", "SyntaxError"),
    ],
)
def test_imports_that_end_badly_are_values(tmp_path: Path, line: str, says: str) -> None:
    unset, _ = prove(tmp_path, line + "\n", line + "\nx = 1\n")
    assert unset.passed is None
    assert says in unset.detail
    assert "\n" not in unset.detail


def test_a_hanging_import_is_stopped(tmp_path: Path) -> None:
    hang = "import time\ntime.sleep(600)\n"
    unset, _ = prove(tmp_path, hang, hang + "x = 1\n", timeout_s=3)
    assert (unset.passed, unset.detail) == (
        None,
        "does not import at the base: stopped at the time limit of 3 s",
    )


def test_a_module_without_pools_says_so(tmp_path: Path) -> None:
    unset, are_set = prove(tmp_path, "LIMIT = 10\n", "LIMIT = 5\n")
    assert (unset.passed, unset.detail) == (None, "imports, and opens no pool when imported")
    assert are_set.passed is None


def test_a_settings_module_is_followed_into_the_engine(tmp_path: Path) -> None:
    engine = (
        "from sqlalchemy import create_engine\nfrom . import settings\n"
        "engine = create_engine('sqlite:///x.db', pool_size=5, max_overflow=settings.OVERFLOW)\n"
    )
    unset, are_set = prove(
        tmp_path,
        {"app/__init__.py": "", "app/settings.py": "OVERFLOW = 10\n", "app/db.py": engine},
        {"app/settings.py": 'import os\nOVERFLOW = int(os.getenv("DB_MAX_OVERFLOW", "5"))\n'},
        (OVERFLOW,),
    )  # fmt: skip
    assert (unset.passed, are_set.passed) == (True, True)
    assert are_set.detail == "DB_MAX_OVERFLOW=6 gives max_overflow=6"


def test_an_argument_that_the_plan_added_is_expected(tmp_path: Path) -> None:
    after = AFTER.replace("pool_size=", "pool_recycle=300, pool_size=")
    assert prove(tmp_path / "a", BEFORE, after)[0].passed is False
    edit = Edit("app/db.py", 0, 0, "", "pool_recycle=300, ", "ensure", 1)
    addition = Addition(PoolKey("app/db.py", 3, 10), "pool_recycle", 300, edit, "ensure")
    assert prove(tmp_path / "b", BEFORE, after, additions=(addition,))[0].passed is True


def test_another_pool_than_before_fails(tmp_path: Path) -> None:
    unset, _ = prove(tmp_path, BEFORE, AFTER + "other = create_engine('sqlite://')\n")
    assert (unset.passed, unset.detail) == (False, "other pools are opened: 1 before, 2 now")


ASYNC_ENGINE = """
import os
from sqlalchemy.ext.asyncio import create_async_engine
engine = create_async_engine("mysql+aiomysql://ada@db/x", pool_size=5, max_overflow=%s)
"""
FROM_CONFIG = """
import os
from sqlalchemy import engine_from_config
options = {"sqlalchemy.url": "oracle://ada@db/x", "sqlalchemy.max_overflow": %s}
engine = engine_from_config(options)
"""
QUEUE_POOL = """
import os
from sqlalchemy.pool import QueuePool
pool = QueuePool(lambda: None, pool_size=5, max_overflow=%s)
"""


@pytest.mark.parametrize(
    "text", [ASYNC_ENGINE, FROM_CONFIG, QUEUE_POOL], ids=["async", "config", "pool"]
)
def test_other_ways_to_a_sqlalchemy_pool(tmp_path: Path, text: str) -> None:
    unset, are_set = prove(tmp_path, text % 10, text % OVERFLOW_READ, (OVERFLOW,))
    assert (unset.passed, are_set.passed) == (True, True), unset.detail
    assert "max_overflow 10 to 5" in unset.detail


ASYNCPG = """
import asyncio, os, asyncpg
asyncio.set_event_loop(asyncio.new_event_loop())
pool = asyncpg.create_pool("postgresql://db/x", min_size=1, max_size=%s)
"""
PSYCOPG2 = """
import os
from psycopg2.pool import ThreadedConnectionPool
pool = ThreadedConnectionPool(1, %s, "postgresql://127.0.0.1:9/x")
"""


@pytest.mark.parametrize(("text", "argument"), [(ASYNCPG, "max_size"), (PSYCOPG2, "maxconn")])
def test_other_libraries_do_not_connect(tmp_path: Path, text: str, argument: str) -> None:
    variable = Variable("DB_POOL_MAX", 5, Role.MAX, (argument,), ("app/db.py",), is_new=True)
    read = 'int(os.getenv("DB_POOL_MAX", "5"))'
    unset, are_set = prove(tmp_path, text % 10, text % read, (variable,))
    assert f"{argument} 10 to 5" in unset.detail
    assert (are_set.passed, are_set.detail) == (True, f"DB_POOL_MAX=6 gives {argument}=6")


@pytest.mark.parametrize(
    ("files", "path", "dotted"),
    [
        (["app/__init__.py"], "app/db.py", "app.db"),
        (["app/__init__.py"], "app/__init__.py", "app"),
        (["src/app/__init__.py"], "src/app/db.py", "app.db"),
        (["backend/app/__init__.py"], "backend/app/db.py", "app.db"),
        ([], "services/api/db.py", "services.api.db"),
        ([], "src/services/db.py", "services.db"),
        ([], "my-service/db.py", "db"),
        ([], "db.py", "db"),
        (["__init__.py"], "db.py", "db"),
    ],
)
def test_names_of_modules(tmp_path: Path, files: list[str], path: str, dotted: str) -> None:
    for name in (*files, path):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = module_name(Copy(tmp_path, tmp_path), path)
    assert found is not None
    assert found.dotted == dotted
    file = Path(*dotted.split("."))
    reached = [root / name for root in found.paths for name in (f"{file}.py", file / "__init__.py")]
    assert next(name for name in reached if name.is_file()) == tmp_path / path


def test_files_that_no_name_fits(tmp_path: Path) -> None:
    copy = Copy(tmp_path, tmp_path)
    assert module_name(copy, "app/settings.toml") is None
    assert module_name(copy, "app/a.b.py") is None


def variable(name: str, default: Scalar, role: Role = Role.SIZE) -> Variable:
    return Variable(name, default, role, ("x",), (), is_new=True)


def test_values_are_recognisable() -> None:
    values = distinctive_values(
        (
            variable("MAX", 10, Role.MAX),
            variable("MIN", 10, Role.MIN),
            variable("SIZE", 12),
            variable("RECYCLE", -1),
            variable("TIMEOUT", 30.0),
            variable("NONE", None),
            variable("PING", True),
            variable("CLASS", "QueuePool"),
        )
    )
    assert values == {
        "MIN": 11, "SIZE": 13, "RECYCLE": 1, "TIMEOUT": 31.0, "NONE": 7, "PING": False, "MAX": 14,
    }  # fmt: skip
    assert as_environment(values)["TIMEOUT"] == "31"
    assert as_environment(values)["PING"] == "false"


def test_the_interpreter_is_the_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_python(tmp_path) == sys.executable
    for name in ("venv", "active"):
        (tmp_path / name / "bin").mkdir(parents=True)
        (tmp_path / name / "bin/python").symlink_to(sys.executable)
    assert find_python(tmp_path) == str(tmp_path / "venv/bin/python")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert find_python(tmp_path) == str(tmp_path / "active/bin/python")
    assert os.access(find_python(tmp_path), os.X_OK)
