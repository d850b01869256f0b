"""Rules for a role speak of seconds; an argument in milliseconds gets a thousand times as much."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_repositories import cap, engine, ensure, names, planned, set_to

from poolenv.model import Rule

CLIENT = 'from pymongo import MongoClient\n\nclient = MongoClient("mongodb://a"{})\n'
WAIT = "MONGODB_WAIT_QUEUE_TIMEOUT_MS"


@pytest.mark.parametrize(
    ("arguments", "rules", "default", "said"),
    [
        ("", ensure(acquire_timeout=30), 30000, "30000 milliseconds"),
        ("", ensure(waitQueueTimeoutMS=500), 500, "500 milliseconds"),
        (", waitQueueTimeoutMS=60000", cap(acquire_timeout=30), 30000, "(30 seconds)"),
        (", waitQueueTimeoutMS=60000", cap(acquire_timeout=60), 60000, "a literal"),
        (", waitQueueTimeoutMS=900", cap(acquire_timeout=30), 900, "a literal"),
        (", waitQueueTimeoutMS=100", set_to(acquire_timeout=2.5), 2500, "(2.5 seconds)"),
        (", waitQueueTimeoutMS=100", set_to(waitQueueTimeoutMS=30), 30, "set to 30 milliseconds"),
        (", waitQueueTimeoutMS=None", cap(acquire_timeout=30), 30000, "(30 seconds)"),
    ],
)
def test_milliseconds(
    tmp_path: Path, arguments: str, rules: tuple[Rule, ...], default: int, said: str
) -> None:
    """By the role in seconds, by the library's own name in its own unit; the reason says which."""
    plan = planned(tmp_path, {"db.py": CLIENT.format(arguments)}, *rules).plan
    assert {v.name: v.default for v in plan.variables} == {WAIT: default}
    reasons = [d.reason for d in plan.decisions] + [a.reason for a in plan.additions]
    assert len(reasons) == 1
    assert said in reasons[0]


def test_seconds_stay_seconds(tmp_path: Path) -> None:
    """One rule, two libraries: SQLAlchemy takes seconds, pymongo milliseconds."""
    files = {
        "db.py": engine("pool_timeout=60"),
        "documents.py": CLIENT.format(", waitQueueTimeoutMS=60000"),
    }
    migration = planned(tmp_path, files, *cap(acquire_timeout=30))
    assert names(migration) == {"DB_POOL_TIMEOUT": 30, WAIT: 30000}
