"""The command on real repositories: what it prints where, and the exit code."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from poolenv_cli.main import run

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTED = {
    "core/config.py": "POOL_SIZE = 20\n",
    "db/session.py": (
        "from sqlalchemy import create_engine\n\n"
        "from core.config import POOL_SIZE\n\n"
        'engine = create_engine("postgresql://shop:secret@db/shop", pool_size=POOL_SIZE)\n'
    ),
}
"""The repository of the example in docs/json.md."""
BEFORE = "engine = create_engine(URL, pool_size=5, max_overflow=10)\n"
AFTER = (
    'engine = create_engine(\n    URL,\n    pool_size=int(os.getenv("DB_POOL_SIZE", "5")),\n'
    '    max_overflow=int(os.getenv("DB_MAX_OVERFLOW", "5")),\n)\n'
)
IMPORT = 'from sqlalchemy import create_engine\n\nURL = "postgresql://db/shop"\n'


@dataclass(frozen=True)
class Done:
    """What one command printed and ended with."""

    returncode: int
    stdout: str
    stderr: str


Poolenv = Callable[..., Done]


@pytest.fixture
def poolenv(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Poolenv:
    """Run one command line in a folder, in this process (imports cost more than the work)."""

    def command(cwd: Path, *arguments: str) -> Done:
        monkeypatch.chdir(cwd)
        code = run(list(arguments))
        return Done(code, *capsys.readouterr())

    return command


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout


def _repository(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "config", "user.name", "Ada")
    _git(folder, "config", "user.email", "ada@example.org")
    _git(folder, "config", "commit.gpgSign", "false")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "Start")
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A repository with one engine of 5 + 10 connections."""
    return _repository(tmp_path, {"app.py": IMPORT + BEFORE})


def test_the_example_of_the_json_documentation_is_true(
    poolenv: Poolenv, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    done = poolenv(_repository(tmp_path, DOCUMENTED), "scan", "--format", "json", "--cap", "size=5")
    assert (done.returncode, done.stderr) == (0, "")
    report = json.loads(done.stdout)
    assert len(report["checks"]) > 1
    shortened = {**report, "root": "/srv/shop", "checks": report["checks"][:1]}
    shown = json.dumps(shortened, indent=2)
    document = ROOT / "docs" / "json.md"
    text = document.read_text(encoding="utf-8")
    fenced = f"```json\n{shown}\n```"
    if request.config.getoption("--regen"):
        text = re.sub(r"```json\n.*?\n```", lambda _: fenced, text, flags=re.DOTALL)
        document.write_text(text, encoding="utf-8")
    assert fenced in text, "the example is out of date: run this test with --regen"
    for name, source in DOCUMENTED.items():
        assert f"```python\n# {name}\n{source}```" in text


def test_scan_tells_each_argument_with_its_verdict(poolenv: Poolenv, shop: Path) -> None:
    done = poolenv(shop, "scan", "--cap", "max_overflow=5")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"4:29 +pool_size +5 +rewrite +DB_POOL_SIZE", done.stdout)
    assert re.search(r"4:42 +max_overflow +10 -> 5 +rewrite +DB_MAX_OVERFLOW", done.stdout)
    assert "Most connections per process, 1 pool: 15 -> 10" in done.stdout
    assert "\x1b" not in done.stdout


def test_diff_is_what_migrate_makes(poolenv: Poolenv, shop: Path) -> None:
    diff = poolenv(shop, "diff", "--cap", "max_overflow=5")
    assert (diff.returncode, diff.stderr) == (0, "")
    new = "".join(f"+{line}" for line in AFTER.splitlines(keepends=True))
    assert f"-{BEFORE}{new}" in diff.stdout
    assert _git(shop, "branch", "--list") == "* main\n"

    made = poolenv(shop, "migrate", "--cap", "max_overflow=5")
    assert (made.returncode, made.stderr) == (0, "")
    code = _git(shop, "rev-parse", "poolenv/pool-limits~2").strip()
    branch = _git(shop, "diff", "main..poolenv/pool-limits").splitlines()
    dry = diff.stdout.replace("<code commit>", code).splitlines()
    hashes = re.compile(r"^index |\b[0-9a-f]{7,40}\b")
    assert [x for x in dry if not hashes.search(x)] == [x for x in branch if not hashes.search(x)]
    assert _git(shop, "status", "--porcelain") == ""


def test_migrate_says_what_it_made_and_what_is_next(poolenv: Poolenv, shop: Path) -> None:
    done = poolenv(shop, "migrate", "--cap", "max_overflow=5", "--branch", "limits")
    base = _git(shop, "rev-parse", "HEAD")[:10]
    assert f"Made branch limits: 3 commits on {base}" in done.stdout
    assert "Most connections per process: 15 -> 10" in done.stdout
    assert f"  look  git diff {base}..limits\n" in done.stdout
    assert "  push  git push -u origin limits\n" in done.stdout
    assert _git(shop, "show", "limits:app.py").endswith(AFTER)

    again = poolenv(shop, "migrate", "--cap", "max_overflow=5", "--branch", "limits")
    assert again.returncode == 4
    assert again.stderr.count("\n") == 1
    assert "--force" in again.stderr


def test_a_second_run_finds_nothing(poolenv: Poolenv, shop: Path) -> None:
    poolenv(shop, "migrate", "--cap", "max_overflow=5")
    second = poolenv(shop, "diff", "--base", "poolenv/pool-limits", "--cap", "max_overflow=5")
    assert (second.returncode, second.stdout) == (0, "")
    made = poolenv(
        shop, "migrate", "--base", "poolenv/pool-limits", "--branch", "x", "--cap", "max_overflow=5"
    )
    assert made.returncode == 0
    assert "Nothing to change" in made.stdout


def test_dry_run_is_diff(poolenv: Poolenv, shop: Path) -> None:
    diff = poolenv(shop, "diff", "--cap", "size=4")
    dry = poolenv(shop, "migrate", "--dry-run", "--cap", "size=4")
    assert dry.stdout == diff.stdout
    assert _git(shop, "branch", "--list") == "* main\n"


def test_exit_code_of_diff_only_where_asked(poolenv: Poolenv, shop: Path) -> None:
    assert poolenv(shop, "diff").returncode == 0
    assert poolenv(shop, "diff", "--exit-code").returncode == 1
    (shop / "app.py").unlink()
    _git(shop, "commit", "--quiet", "--all", "--message", "No pool")
    assert poolenv(shop, "diff", "--exit-code").returncode == 0


def test_in_place_outside_git(poolenv: Poolenv, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(IMPORT + BEFORE)
    done = poolenv(tmp_path, "migrate", "--in-place", "--cap", "max_overflow=5")
    assert (done.returncode, done.stderr) == (0, "")
    assert "in place" in done.stdout
    assert (tmp_path / "app.py").read_text() == "import os\n\n" + IMPORT + AFTER


@pytest.mark.parametrize(
    "option",
    [
        ("--branch", "limits"),
        ("--base", "HEAD"),
        ("--force",),
        ("--author", "A <a@example.org>"),
        ("--sign",),
    ],
)
def test_in_place_makes_no_commits(
    poolenv: Poolenv, tmp_path: Path, option: tuple[str, ...]
) -> None:
    """An option that would have no effect is a mistake, and nothing is edited."""
    (tmp_path / "app.py").write_text(IMPORT + BEFORE)
    done = poolenv(tmp_path, "migrate", "--in-place", *option)
    said = f"{option[0]} speaks of commits, and --in-place makes none; give one of them"
    assert (done.returncode, done.stderr) == (2, f"poolenv: error: {said}\n")
    assert (tmp_path / "app.py").read_text() == IMPORT + BEFORE


def test_migrate_outside_git_is_refused_in_one_line(poolenv: Poolenv, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(IMPORT + BEFORE)
    done = poolenv(tmp_path, "migrate")
    assert done.returncode in (2, 4)
    assert "not a git repository" in done.stderr
    assert "`migrate --in-place`" in done.stderr
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "app.py").read_text() == IMPORT + BEFORE


def test_a_file_that_cannot_be_parsed_is_named_and_the_rest_done(
    poolenv: Poolenv, shop: Path
) -> None:
    (shop / "old.py").write_text("from sqlalchemy import create_engine\nprint 'hello'\n")
    _git(shop, "add", "--all")
    _git(shop, "commit", "--quiet", "--message", "Python 2")
    for arguments in (("scan",), ("diff",), ("migrate",)):
        done = poolenv(shop, *arguments)
        assert done.returncode == 3
        assert done.stderr.startswith("poolenv: warning: old.py:2: left out: ")
        assert done.stderr.count("\n") == 1
    assert "DB_POOL_SIZE" in _git(shop, "show", "poolenv/pool-limits:app.py")


def test_explain_from_a_folder_inside(poolenv: Poolenv, tmp_path: Path) -> None:
    _repository(tmp_path, DOCUMENTED)
    done = poolenv(tmp_path / "db", "explain", "session.py:5")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(
        "db/session.py:5:60: pool_size of sqlalchemy.create_engine is 20\n"
    )
    assert "core/config.py:1: note: the value is this constant\n    1 | POOL_SIZE = 20\n" in (
        done.stdout
    )
    assert "secret" not in done.stdout
    nothing = poolenv(tmp_path, "explain", "db/session.py:1")
    assert nothing.returncode == 2
    assert "the nearest in this file: line 5 (pool_size)" in nothing.stderr


def test_demo(poolenv: Poolenv, tmp_path: Path) -> None:
    done = poolenv(tmp_path, "demo", "--keep", "copy")
    assert (done.returncode, done.stderr) == (0, "")
    copy = tmp_path / "copy"
    assert "A copy of the example repository lies in" in done.stdout
    assert "Most connections per process, 8 pools: 135 -> 100" in done.stdout
    assert "Made branch poolenv/pool-limits: 3 commits" in done.stdout
    assert len(_git(copy, "log", "--format=%h", "main..poolenv/pool-limits").split()) == 3
    assert _git(copy, "status", "--porcelain") == ""


def test_the_change_and_the_figures_in_the_readme_are_the_demos(
    poolenv: Poolenv, tmp_path: Path
) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"```diff\n(.*?)```", text, flags=re.DOTALL)
    assert found is not None
    poolenv(tmp_path, "demo", "--keep", "copy")
    # One hunk as a reader sees it, whatever the context lines that git chooses.
    patch = _git(tmp_path / "copy", "diff", "-U20", "main..poolenv/pool-limits")
    assert found[1] in patch
    assert "135 connections at\nmost before, 100 after" in text
