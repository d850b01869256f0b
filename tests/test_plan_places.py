"""What the place of a literal says: a None of a foreign call, a float, a probe's one connection."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_repositories import cap, changed, engine, names, planned, set_to

VARIABLE = (
    "import os\n\nfrom sqlalchemy import create_engine\n\n\n"
    "class Variable:\n    def __init__(self, name, kind, default):\n"
    "        self.name, self.kind, self.default = name, kind, default\n\n"
    "    def get(self):\n        text = os.getenv(self.name)\n"
    "        return self.kind(text) if text else self.default\n\n\n"
    'POOL_SIZE = Variable("STORE_POOL_SIZE", int, None)\n\n\n'
    'engine = create_engine("postgresql:///a", pool_size=POOL_SIZE.get())\n'
)


def test_none_inside_a_foreign_call(tmp_path: Path) -> None:
    """Its meaning is that call's: no read of another variable is put in its place."""
    assert changed(tmp_path, {"db.py": VARIABLE}, *set_to(size=3)) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{call}(pool_timeout=None)", "{call}(pool_timeout={read})"),
        ("{call}(**dict(pool_timeout=None))", "{call}(**dict(pool_timeout={read}))"),
        ('{call}(**{{"pool_timeout": None}})', '{call}(**{{"pool_timeout": {read}}})'),
        (
            "WAIT = None\ne = {call}(pool_timeout=WAIT)",
            "WAIT = {read}\ne = {call}(pool_timeout=WAIT)",
        ),
        (
            "def make(wait=None):\n    return {call}(pool_timeout=wait)",
            "def make(wait={read}):\n    return {call}(pool_timeout=wait)",
        ),
    ],
)
def test_none_that_stands_by_itself(tmp_path: Path, before: str, after: str) -> None:
    """In the call, a mapping, a constant or a default: no limit, which a cap lowers."""
    source = "from functools import partial\n\nfrom sqlalchemy import create_engine\n\n"
    read = 'int(os.getenv("DB_POOL_TIMEOUT", "30"))'
    files = {"db.py": source + before.format(call="create_engine") + "\n"}
    found = changed(tmp_path, files, *cap(acquire_timeout=30))
    assert found == {"db.py": source + after.format(call="create_engine", read=read) + "\n"}


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [("float", "float"), ("float | None", "float"), ("Optional[float]", "float"), ("int", "int")],
)
@pytest.mark.parametrize(
    "source",
    [
        "class Settings:\n    wait: {0} = {1}\n\n\n"
        'engine = create_engine("postgresql:///a", pool_timeout=Settings.wait)\n',
        "def make(url, wait: {0} = {1}):\n    return create_engine(url, pool_timeout=wait)\n",
        "def make(url, *, wait: {0} = {1}):\n    return create_engine(url, pool_timeout=wait)\n",
        'wait: {0} = {1}\nengine = create_engine("postgresql:///a", pool_timeout=wait)\n',
    ],
)
def test_annotated_floats(tmp_path: Path, source: str, annotation: str, kind: str) -> None:
    """``wait: float = 30``: 2.5 may be written into its variable."""
    source = "from typing import Optional\n\nfrom sqlalchemy import create_engine\n\n" + source
    found = changed(tmp_path, {"db.py": source.format(annotation, 30)})
    read = f'{kind}(os.getenv("DB_POOL_TIMEOUT", "30"))'
    assert found == {"db.py": source.format(annotation, read)}


PROBE = (
    "from sqlalchemy import create_engine\n\n\n"
    "def {}(url):\n    return create_engine(url, pool_size={}, max_overflow={})\n"
)


@pytest.mark.parametrize(
    ("path", "name", "size", "kept"),
    [
        ("db.py", "readiness_probe", 1, True),
        ("db.py", "check_database", 1, True),
        ("healthcheck.py", "connect", 1, True),
        ("migrations/env.py", "run_migrations_online", 1, True),
        ("db.py", "checkpoint_store", 1, False),
        ("healthcare.py", "connect", 1, False),
        ("db.py", "readiness_probe", 2, False),
    ],
)
def test_one_on_purpose(tmp_path: Path, path: str, name: str, size: int, *, kept: bool) -> None:
    """What probes or migrates opens one connection, whatever the application opens."""
    migration = planned(tmp_path, {path: PROBE.format(name, size, 5)}, *set_to(size=3))
    found = {d.site.argument: (d.new_value, d.reason) for d in migration.plan.decisions}
    assert found["pool_size"][0] == (1 if kept else 3)
    assert ("on purpose" in found["pool_size"][1]) is kept
    assert names(migration)["DB_MAX_OVERFLOW"] == 5


def test_a_constant_of_a_probe_and_the_application(tmp_path: Path) -> None:
    """One literal can't be kept for the one and changed for the other."""
    files = {
        "probe.py": "SIZE = 1\n" + engine("pool_size=SIZE"),
        "app.py": "from probe import SIZE\n\n" + engine("pool_size=SIZE"),
    }
    migration = planned(tmp_path, files, *set_to(size=3))
    assert migration.code == ()
    assert [p.after for p in migration.plan.pools] == [11, 11]
