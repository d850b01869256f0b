"""What differs between a terminal and a pipe: colours, escapes, the sign of life."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATCH = b"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a = '\x1b[2J\xe9'\n+a = 5\n"


def _run(code: str, *, terminal: str | None, **more: str) -> bytes:
    """Output of a program whose stdout or stderr is a terminal."""
    path = os.pathsep.join((str(ROOT / "codemods"), str(ROOT / "cli")))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": path, "TERM": "xterm", **more}
    command = [sys.executable, "-c", code]
    if terminal is None:
        done = subprocess.run(command, env=environment, capture_output=True, check=True)
        return done.stdout + done.stderr
    parent, child = pty.openpty()
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=child if terminal == "stdout" else subprocess.DEVNULL,
        stderr=child if terminal == "stderr" else subprocess.DEVNULL,
    ):
        os.close(child)
        shown = b""
        while part := _read(parent):
            shown += part
    os.close(parent)
    return shown


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says EIO where the other end is closed.
        return b""


WRITE = f"from poolenv_cli.patch import write; write({PATCH!r})"
WORK = """
import time
from poolenv_cli.progress import working
with working("Looking"):
    time.sleep({})
"""


def test_a_patch_in_a_pipe_is_its_bytes() -> None:
    assert _run(WRITE, terminal=None) == PATCH


def test_a_patch_on_a_terminal_has_colours_and_nothing_else_that_acts() -> None:
    shown = _run(WRITE, terminal="stdout")
    assert b"\x1b[31m-a = '\\x1b[2J" in shown
    assert b"\x1b[32m+a = 5\x1b[m" in shown
    assert b"\x1b[2J" not in shown


def test_no_color_is_honoured() -> None:
    shown = _run(WRITE, terminal="stdout", NO_COLOR="1")
    assert b"+a = 5" in shown
    assert b"\x1b" not in shown


@pytest.mark.parametrize(
    ("seconds", "terminal", "shown"),
    [(1.2, "stderr", True), (0.0, "stderr", False), (1.2, None, False)],
)
def test_only_long_work_on_a_terminal_shows_that_it_lives(
    seconds: float, terminal: str | None, shown: bool
) -> None:
    assert (b"Looking" in _run(WORK.format(seconds), terminal=terminal)) is shown
