"""Every failure is one line on stderr and an exit code; never a traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from poolenv.model import PoolenvError
from poolenv_cli.exits import guarded

POOLENV = (sys.executable, "-c", "from poolenv_cli.main import main; main()")
POOL = "'postgresql://db/shop', pool_size=5, max_overflow=10"
COMMIT = ("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "Start")
ROOT = Path(__file__).resolve().parent.parent


def _environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join((str(ROOT / "codemods"), str(ROOT / "cli")))
    return {**os.environ, "PYTHONPATH": path, **more}


def _poolenv(*arguments: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*POOLENV, *arguments],
        cwd=cwd,
        env=_environment(**more),
        capture_output=True,
        text=True,
        timeout=60,
    )


def _raising(error: BaseException) -> Callable[[], int]:
    def work() -> int:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (PoolenvError("app.py:3: odd"), 2, "poolenv: error: app.py:3: odd\n"),
        (PoolenvError("branch is there", exit_code=4), 4, "poolenv: error: branch is there\n"),
        (PoolenvError("two\nlines\x1b"), 2, "poolenv: error: two\\nlines\\x1b\n"),
        (
            PoolenvError("no postgresql://shop:hunter2@db/shop"),
            2,
            "poolenv: error: no postgresql://shop:***@db/shop\n",
        ),
        (
            OSError(errno.ENOSPC, "No space left on device", "/tmp/x"),
            70,
            "poolenv: error: /tmp/x: No space left on device\n",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_failures_of_the_work(
    error: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(_raising(error)) == code
    assert capsys.readouterr() == ("", line)


def test_a_bug_is_named_as_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POOLENV_DEBUG", raising=False)
    assert guarded(_raising(ZeroDivisionError("division by zero"))) == 70
    said = capsys.readouterr().err
    assert said.startswith("poolenv: error: internal error: ZeroDivisionError: division by zero")
    assert said.count("\n") == 1
    monkeypatch.setenv("POOLENV_DEBUG", "1")
    guarded(_raising(ZeroDivisionError("division by zero")))
    assert "Traceback (most recent call last)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("scn",), "No such command 'scn'"),
        (("scan", "--nope"), "No such option: --nope"),
        (("scan", "--format", "xml"), "'xml' is not one of"),
        (("scan", "--cap"), "requires an argument"),
        (("scan", "--cap", "max_overflow"), "expected ROLE=VALUE, like --cap max_overflow=5"),
        (("scan", "--cap", "max_overflw=5"), "did you mean 'max_overflow'?"),
        (("scan", "missing"), "missing: no such folder"),
        (("scan", "file.txt"), "file.txt: not a folder"),
        (("scan", "--config", "missing.toml"), "missing.toml: no such file"),
        (("explain",), "PATH:LINE"),
        (("explain", "file.txt"), "expected PATH:LINE, like db/session.py:12"),
        (("explain", "missing.py:3"), "missing.py:3: no such file"),
        (("verify",), "BRANCH"),
    ],
)
def test_wrong_usage_is_one_line_and_2(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    (tmp_path / "file.txt").touch()
    done = _poolenv(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("poolenv: error: ")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr


def test_no_command_shows_the_help_on_stderr(tmp_path: Path) -> None:
    done = _poolenv(cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "migrate" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("scan",), ("scan", "--format", "json"), ("diff",), ("--help",)]
)
def test_a_reader_that_goes_away_is_met_in_silence(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    for command in (("init", "-q"), ("add", "-A"), COMMIT):
        (tmp_path / "app.py").write_text(f"import sqlalchemy\nsqlalchemy.create_engine({POOL})\n")
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    with subprocess.Popen(
        [*POOLENV, *arguments],
        cwd=tmp_path,
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_a_name_the_terminal_cannot_show_is_escaped(tmp_path: Path) -> None:
    done = _poolenv("scan", "caf\xe9", cwd=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 2
    assert "caf\\xe9: no such folder" in done.stderr
