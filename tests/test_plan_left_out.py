"""Pools lose all their edits or none: a file that fails takes those in other files with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_repositories import cap, engine, planned, set_to

from poolenv import prove
from poolenv.catalogue import load
from poolenv.model import Check, FileChange, Options, Plan, Policy, Snapshot
from poolenv.pipeline import run
from poolenv.plan import without_files

FILES = {
    "config.py": "SIZE = 20  # 20 connections\n",
    "db.py": "from config import SIZE\n\n" + engine("pool_size=SIZE, max_overflow=20"),
    "other.py": engine("max_overflow=20"),
}
RULES = (*set_to(size=3), *cap(overflow=5))


def test_the_other_half_of_a_pool(tmp_path: Path) -> None:
    """config.py can't be changed, so db.py is not changed either; other.py is."""
    decided = planned(tmp_path, FILES, *RULES).plan
    left = without_files(decided, {"config.py": "no proof"}, load())
    assert {edit.path for edit in left.edits} == {"other.py"}
    reasons = {d.site.argument: d.reason for d in left.decisions if d.site.path == "db.py"}
    assert reasons == {
        "pool_size": "left out: no proof",
        "max_overflow": "left out: its pool needs config.py, which is left out, too",
    }
    assert [(p.pool.key.path, p.before, p.after) for p in left.pools] == [
        ("db.py", 40, 40),
        ("other.py", 25, 10),
    ]


def test_a_shared_literal_takes_every_pool_with_it(tmp_path: Path) -> None:
    """two.py fails; the constant that its pool needs feeds one.py's pool, too."""
    files = {
        "config.py": "SIZE = 20\n",
        "one.py": "from config import SIZE\n\n" + engine("pool_size=SIZE, max_overflow=20"),
        "two.py": "from config import SIZE\n\n" + engine("pool_size=SIZE, max_overflow=30"),
    }
    decided = planned(tmp_path, files, *RULES).plan
    left = without_files(decided, {"two.py": "no proof"}, load())
    assert left.edits == ()
    assert left.variables == ()


def test_an_addition_goes_with_its_comma(tmp_path: Path) -> None:
    """Nothing of a call that is left out stays behind."""
    call = "create_engine(\n    URL,\n    pool_size=SIZE  # ours\n)\n"
    files = {
        "config.py": "SIZE = 20\nURL = 'postgresql:///a'\n",
        "db.py": "from sqlalchemy import create_engine\n\n"
        f"from config import SIZE, URL\n\nengine = {call}",
    }
    decided = planned(tmp_path, files, *RULES).plan
    assert {edit.path for edit in decided.edits} == {"config.py", "db.py"}
    assert without_files(decided, {"config.py": "no proof"}, load()).edits == ()


def test_the_run_starts_again_without_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing proof of config.py: its comment stays, db.py stays, and both are reported."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    real = prove.prove

    def failing(
        snapshot: Snapshot, decided: Plan, changes: tuple[FileChange, ...]
    ) -> tuple[Check, ...]:
        checks = real(snapshot, decided, changes)
        wrong = Check("config.py", "layout", False, "made to fail")
        return (*checks, wrong) if any(c.path == "config.py" for c in changes) else checks

    monkeypatch.setattr(prove, "prove", failing)
    migration = run(tmp_path, Options(policy=Policy(rules=RULES), base=""))
    assert [change.path for change in migration.code] == ["other.py"]
    assert [(s.path, "made to fail" in s.reason) for s in migration.skipped] == [
        ("config.py", True)
    ]
    assert [c.path for c in migration.checks if c.passed is False] == ["config.py"]
    assert {p.pool.key.path: p.after for p in migration.plan.pools} == {"db.py": 40, "other.py": 10}
