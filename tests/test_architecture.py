"""The promises of docs/architecture.md that a machine can hold."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("codemods/poolenv", "cli/poolenv_cli")
HEAVY = {"libcst", "jinja2", "rich", "poolenv.pipeline"}
LONGEST = 350
LONGEST_FUNCTION = 40
"""Lines below the signature."""
BANNED = {"utils", "helpers", "common", "manager", "base", "context", "api"}


def _modules(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def _environment() -> dict[str, str]:
    path = os.pathsep.join((str(ROOT / "codemods"), str(ROOT / "cli")))
    return {**os.environ, "PYTHONPATH": path}


def test_data_flows_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(command), "--no-cache"], cwd=ROOT, env=_environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["scan", "--help"]])
def test_help_and_version_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import json, sys\n"
        "from poolenv_cli.main import main\n"
        "try: main()\n"
        "finally: print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout
    loaded = set(json.loads(done.stderr))
    assert "poolenv_cli.main" in loaded
    assert HEAVY & loaded == set()


def test_files_stay_short() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _modules(*SOURCES, "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_functions_stay_short() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{function.name}": lines
        for path in _modules(*SOURCES)
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (function.end_lineno or 0) - function.body[0].lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_modules_are_named_by_their_subject() -> None:
    named = {path.stem for path in _modules(*SOURCES)} | {
        path.parent.name for path in _modules(*SOURCES)
    }
    assert named & BANNED == set()


def test_the_roots_hold_no_second_copy() -> None:
    # An __init__.py in codemods/ would let `import codemods.poolenv` make every class twice.
    assert not (ROOT / "codemods" / "__init__.py").exists()
    assert not (ROOT / "cli" / "__init__.py").exists()


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in _modules(*SOURCES)
        if not re.match(r'"""\S', path.read_text(encoding="utf-8"))
    ]
    assert silent == []


def test_the_table_of_interfaces_names_what_there_is() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.partition("## Interfaces")[2]
    rows = re.findall(r"^\| `([\w.]+)`[^|]* \| (.*`.*) \|$", table, re.M)
    named = [(module, name) for module, row in rows for name in re.findall(r"`(\w+)\(", row)]
    stages = {
        path.name for path in (ROOT / SOURCES[0]).iterdir() if (path / "__init__.py").exists()
    }
    assert {module.partition(".")[0] for module, _ in named} >= stages - {"model"}
    missing = [(module, name) for module, name in named if not _has(module, name)]
    assert missing == []


def _has(module: str, name: str) -> bool:
    inside = (
        ("", ".program", ".resolving.resolve", ".calls.callers") if module == "syntax" else ("",)
    )
    return any(hasattr(importlib.import_module(f"poolenv.{module}{m}"), name) for m in inside)
