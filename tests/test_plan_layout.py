"""Lines that new text makes too long: each argument on a line of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_repositories import cap, engine, ensure, planned


def test_an_added_argument_that_fits_stays_on_the_line(tmp_path: Path) -> None:
    migration = planned(tmp_path, {"db.py": engine("echo=True")}, *ensure(health_check=True))
    wanted = 'engine = create_engine("postgresql:///a", echo=True, pool_pre_ping=True)'
    assert wanted in migration.code[0].after.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "async def connect(dsn, *, least: int = 2, most: int = 20) -> object:\n"
            "    return await asyncpg.create_pool(dsn, min_size=least, max_size=most)\n",
            "async def connect(\n    dsn,\n    *,\n"
            '    least: int = int(os.getenv("DB_POOL_MIN_SIZE", "2")),\n'
            '    most: int = int(os.getenv("DB_POOL_MAX_SIZE", "4")),\n) -> object:\n',
        ),
        (
            "async def connect(dsn):\n"
            "    return await asyncpg.create_pool(dsn, min_size=2, max_size=20)  # [a, b]\n",
            "    return await asyncpg.create_pool(\n        dsn,\n"
            '        min_size=int(os.getenv("DB_POOL_MIN_SIZE", "2")),\n'
            '        max_size=int(os.getenv("DB_POOL_MAX_SIZE", "4")),\n    )  # [a, b]\n',
        ),
        (
            "async def connect(dsn):\n    return await asyncpg.create_pool(\n"
            "        dsn, min_size=2, max_size=20\n    )\n",
            "        dsn,\n"
            '        min_size=int(os.getenv("DB_POOL_MIN_SIZE", "2")),\n'
            '        max_size=int(os.getenv("DB_POOL_MAX_SIZE", "4")),\n    )\n',
        ),
    ],
)
def test_values_that_are_too_long_for_a_line(tmp_path: Path, before: str, after: str) -> None:
    migration = planned(tmp_path, {"db.py": f"import asyncpg\n\n\n{before}"}, *cap(max=4))
    assert after in migration.code[0].after.decode()
