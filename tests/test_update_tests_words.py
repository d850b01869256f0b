"""What a test prints stays true beside an expectation that changes."""

from __future__ import annotations

import pytest
from hand_made_plan import Change, updated

OVERFLOW = Change("app/db.py", "max_overflow=|10|", 'int(os.getenv("DB_MAX_OVERFLOW", "5"))')


def size(value: int) -> Change:
    """The size becomes a variable, with the value that it had."""
    return Change(
        "app/db.py",
        f"pool_size=|{value}|",
        f'int(os.getenv("DB_POOL_SIZE", "{value}"))',
        argument="pool_size",
        old=value,
        new=value,
        variable="DB_POOL_SIZE",
    )


@pytest.mark.parametrize(
    ("held", "before", "after"),
    [
        (5, '15, "5 + 10 = 15"', '10, "5 + 5 = 10"'),
        (5, '15, "✅ 15 connections (10 + 5)"', '10, "✅ 10 connections (5 + 5)"'),
        (5, '15, "5 + 10 + 1, 1.5 + 10, 50 + 10"', '10, "5 + 10 + 1, 1.5 + 10, 50 + 10"'),
        (10, '20, "10 + 10 = 20"', '15, "10 + 5 = 15"'),
    ],
    ids=["in_order", "the_other_way", "other_sums", "twice_the_same"],
)
def test_addends_beside_a_total(held: int, before: str, after: str) -> None:
    test = "from app.db import engine\n\nassert engine.pool.size() + engine.pool._max_overflow == "
    files = {
        "app/db.py": f"engine = create_engine(URL, pool_size={held}, max_overflow=10)\n",
        "tests/test_db.py": f"{test}{before}\n",
    }
    found, _ = updated(files, size(held), OVERFLOW)
    assert found["tests/test_db.py"] == f"{test}{after}\n"
