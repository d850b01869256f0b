"""``poolenv explain`` of small repositories: every line that a value passes, in its order."""

from __future__ import annotations

import re
from pathlib import Path

from poolenv.model import Options
from poolenv.pipeline import scan
from poolenv_cli import explain

_APP = """\
from sqlalchemy import create_engine
from settings import (
    URL,
    SIZE,
)

def options(conf):
    made = {
        "pool_pre_ping": True,
        "pool_size": SIZE,
        "max_overflow": conf.get(
            "overflow",
            12,
        ),
    }
    return made

def connect(**more):
    return create_engine(URL, **more)

connect(
    **options({}),
    pool_recycle=300,
)
"""


def _explained(tmp_path: Path, line: int) -> str:
    (tmp_path / "app.py").write_text(_APP)
    (tmp_path / "settings.py").write_text("URL = 'postgresql://db'\nSIZE = 20\n")
    migration = scan(tmp_path, Options(), proofs=False)
    return explain.render(migration, explain.Place(tmp_path, "app.py", line))


def _lines(text: str) -> list[str]:
    return re.findall(r"^(\S+:\d+): note", text, re.MULTILINE)


def test_every_line_on_the_way_is_named_and_can_be_asked_for(tmp_path: Path) -> None:
    text = _explained(tmp_path, 10)
    assert "pool_size of sqlalchemy.create_engine is 20" in text
    passed = [18, 21, 22, 16, 8, 10, 4]
    assert _lines(text) == [f"app.py:{line}" for line in passed] + ["settings.py:2"]
    for line in passed:
        assert "pool_size of sqlalchemy.create_engine is 20" in _explained(tmp_path, line)


def test_the_notes_say_what_each_end_is(tmp_path: Path) -> None:
    text = _explained(tmp_path, 13)
    assert "app.py:13: note: the value is the default of this look-up\n" in text
    assert text.count("^") == 2
    written = _explained(tmp_path, 23)
    assert "app.py:19: note: the pool takes it from here\n" in written
    assert "app.py:23: note: the value is written here\n" in written
    assert written.count("the value is written here") == 1
