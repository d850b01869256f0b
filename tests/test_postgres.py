"""On a real PostgreSQL, no engine of the migrated example opens more than size + overflow."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pool_burst import CALLERS, Burst, measure
from postgres_server import NoPostgresError, Server, running_server
from seven_modules import APPLICATIONS, Application, copy_of_example, migrated_copy

AT_ONCE = 2
"""Bursts side by side: as many as the processors of a small machine."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL of PyPI or of this machine; without one these tests fail, they don't skip."""
    try:
        with running_server() as running:
            yield running
    except NoPostgresError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as it is."""
    return copy_of_example(tmp_path_factory.mktemp("before") / "seven_modules")


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example after ``--cap max_overflow=5``."""
    folder = tmp_path_factory.mktemp("after") / "seven_modules"
    migrated_copy(folder)
    return folder


def bursts(
    server: Server, root: Path, applications: tuple[Application, ...], overflow: int | None = None
) -> dict[str, Burst]:
    """The bursts of some applications, with their max_overflow set by its variable."""

    def one(application: Application) -> Burst:
        variables = {} if overflow is None else {application.variable: str(overflow)}
        return measure(server, root / application.folder, application.module, variables)

    names = [f"{application.folder}/{application.module}" for application in applications]
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return dict(zip(names, threads.map(one, applications), strict=True))


def limited_to(limit: int, applications: tuple[Application, ...]) -> dict[str, Burst]:
    """Exactly as many connections and callers as the limit; all others got TimeoutError."""
    names = [f"{application.folder}/{application.module}" for application in applications]
    return dict.fromkeys(names, Burst(limit, limit, CALLERS - limit))


SOME = tuple(a for a in APPLICATIONS if a.module in ("app.database", "reporting.db"))
"""Two synchronous engines and an asynchronous one."""
RENAMED = tuple(a for a in APPLICATIONS if a.variable != "DB_MAX_OVERFLOW")
"""The one whose variable has another name."""


def test_before_the_migration_engines_open_15(server: Server, before: Path) -> None:
    assert bursts(server, before, SOME) == limited_to(15, SOME)


def test_afterwards_the_eleventh_caller_gets_a_timeout(server: Server, after: Path) -> None:
    assert bursts(server, after, APPLICATIONS) == limited_to(10, APPLICATIONS)


def test_the_variable_sets_another_limit(server: Server, after: Path) -> None:
    applications = (*SOME, *RENAMED)
    assert bursts(server, after, applications, overflow=2) == limited_to(7, applications)


ENGINES = {
    "sync": "from sqlalchemy import create_engine as create\n\nDRIVER = 'postgresql+psycopg'\n",
    "async": (
        "from sqlalchemy.ext.asyncio import create_async_engine as create\n\n"
        "DRIVER = 'postgresql+asyncpg'\n"
    ),
}


@pytest.mark.parametrize(("kind", "size", "overflow"), [("sync", 2, 0), ("async", 3, 1)])
def test_the_burst_itself_tells_limits_apart(
    kind: str, size: int, overflow: int, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "small.py").write_text(
        f"import os\n\n{ENGINES[kind]}"
        "URL = os.environ['DATABASE_URL'].replace('postgresql', DRIVER, 1)\n"
        f"engine = create(URL, pool_size={size}, max_overflow={overflow})\n"
    )
    limit = size + overflow
    assert measure(server, tmp_path, "small") == Burst(limit, limit, CALLERS - limit)
