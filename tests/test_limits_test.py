"""The generated test runs and passes in the migrated repository, and fails when a limit goes."""

from __future__ import annotations

import io
import os
import re
import runpy
import shutil
import subprocess
import sys
import unittest
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from hand_made_plan import Change, migrated, plan_of, snapshot_of

from poolenv.limits_test import limits_test
from poolenv.model import Addition, Edit, FileChange, Holder, Options
from poolenv.syntax.source.positions import splice

NAME = "test_connection_pool_hard_limits.py"
READ = 'int(os.getenv("DB_MAX_OVERFLOW", "5"))'
PYTEST = "import pytest\n\n\ndef test_nothing():\n    assert True\n"
UNITTEST = "import unittest\n\n\nclass NothingTest(unittest.TestCase):\n    pass\n"


@dataclass(frozen=True, slots=True)
class Form:
    """A module before, what its literal becomes, and what may not stand there instead."""

    before: str
    """The literal stands between two ``|``."""
    after: str = READ
    mutants: tuple[str, ...] = (
        "10",
        "5",
        'int(os.getenv("DB_MAX_OVERFLOW", "6"))',
        'int(os.getenv("DB_MAX_OVERFLOWS", "5"))',
        'os.getenv("DB_MAX_OVERFLOW", "5")',
        'float(os.getenv("DB_MAX_OVERFLOW", "5"))',
        'int(os.getenv("DB_MAX_OVERFLOW") or "10")',
        'max(int(os.getenv("DB_MAX_OVERFLOW", "5")), 10)',
        'int("5")',
    )
    old: int | float | bool = 10
    new: int | float | bool = 5
    holder: Holder = Holder.EXPRESSION


FORMS = {
    "keyword": Form("engine = create_engine(URL, max_overflow=|10|)\n"),
    "constant": Form(
        "import sqlalchemy\nMAX_OVERFLOW = |10|\n"
        "engine = sqlalchemy.create_engine(URL, max_overflow=MAX_OVERFLOW)\n"
    ),
    "constant_of_a_module_that_runs_alone": Form("import os\n\nLIMIT = |10|\n"),
    "dict_entry": Form(
        "options = {'max_overflow': |10|}\nengine = create_engine(URL, **options)\n"
    ),
    "item_of_a_dict": Form("options = {}\noptions['max_overflow'] = |10|\n"),
    "function_default": Form(
        "def make(url, overflow=|10|, *, echo=False):\n"
        "    return create_engine(url, max_overflow=overflow)\n"
    ),
    "keyword_only_default": Form("def make(url, *, overflow: int = |10|):\n    ...\n"),
    "class_attribute": Form("class Config:\n    POOL_OVERFLOW: int = |10|\n"),
    "latin_1": Form(
        "# -*- coding: latin-1 -*-\nNAME = 'größe'; engine = create_engine(max_overflow=|10|)\n"
    ),
    "default_in_quotes": Form(
        'import os\ne = create_engine(max_overflow=int(os.getenv("DB_MAX_OVERFLOW", |"10"|)))\n',
        '"5"',
        ('"10"', '"6"', '"5.5"'),
        holder=Holder.ENV_DEFAULT,
    ),
    "default_of_environ_get": Form(
        "from os import environ as env\nN = int(env.get('DB_MAX_OVERFLOW', |10|))\n",
        "5",
        ("10", "6", '"x"', "None"),
        holder=Holder.ENV_DEFAULT,
    ),
    "default_by_or": Form(
        'import os as system\nN = int(system.getenv("DB_MAX_OVERFLOW") or |10|)\n',
        "5",
        ("10", "6"),
        holder=Holder.ENV_DEFAULT,
    ),
    "default_by_condition": Form(
        "import os\nN = int(os.environ['DB_MAX_OVERFLOW']) if 'DB_MAX_OVERFLOW' in os.environ "
        "else |10|\n",
        "5",
        ("10", "6"),
        holder=Holder.ENV_DEFAULT,
    ),
    "arithmetic": Form(
        "engine = create_engine(URL, max_overflow=|60 * 30|)\n",
        'int(os.getenv("DB_MAX_OVERFLOW", 60 * 30))',
        ("60 * 30", "1800", 'int(os.getenv("DB_MAX_OVERFLOW", 60 * 31))'),
        1800,
        1800,
    ),
    "float": Form(
        "engine = create_engine(URL, max_overflow=|2.5|)\n",
        'float(os.getenv("DB_MAX_OVERFLOW", "1.5"))',
        ("2.5", 'float(os.getenv("DB_MAX_OVERFLOW", "2.5"))', 'os.getenv("DB_MAX_OVERFLOW", 1.5)'),
        2.5,
        1.5,
    ),
    "flag": Form(
        "engine = create_engine(URL, max_overflow=|True|)\n",
        'os.getenv("DB_MAX_OVERFLOW", "true").strip().lower() in ("1", "true", "yes", "on")',
        ("True", 'os.getenv("DB_MAX_OVERFLOW", "false").lower() in ("1", "true")'),
        True,
        True,
    ),
    "settings_field": Form(
        "class Settings(BaseSettings):\n    DB_MAX_OVERFLOW: int = |10|\n",
        "5",
        ("10", "6"),
        holder=Holder.SETTINGS_FIELD,
    ),
    "settings_field_with_another_name": Form(
        "class Settings(BaseSettings):\n    overflow: int = Field(default=|10|, ge=0)\n",
        "5",
        ("10", "6"),
        holder=Holder.SETTINGS_FIELD,
    ),
    "decouple": Form(
        'from decouple import config\nN = config("DB_MAX_OVERFLOW", default=|10|, cast=int)\n',
        "5",
        ("10", "6"),
        holder=Holder.ENV_DEFAULT,
    ),
    "environs": Form(
        'N = env.int("DB_MAX_OVERFLOW", |10|)\n', "5", ("10", "6"), holder=Holder.ENV_DEFAULT
    ),
}


def repository(
    tests: str, forms: Mapping[str, Form] = FORMS
) -> tuple[dict[str, str], tuple[Change, ...]]:
    """One module per form, and one test that gives the style."""
    files = {f"app/{name}.py": form.before.replace("|", "") for name, form in forms.items()}
    if tests:
        files["tests/test_nothing.py"] = tests
    changes = []
    for name, form in forms.items():
        before, literal, after = form.before.split("|")
        at = f"{before[-30:]}|{literal}|{after[:30]}"
        change = Change(f"app/{name}.py", at, form.after, old=form.old, new=form.new)
        changes.append(replace(change, holder=form.holder))
    return files, tuple(changes)


def encoded(path: str, text: str) -> bytes:
    """A module's bytes; one has a cookie, one a byte-order mark."""
    if "latin-1" in text:
        return text.encode("latin-1")
    return text.encode("utf-8-sig" if path.endswith("keyword.py") else "utf-8")


def written(
    root: Path, files: Mapping[str, str], changes: tuple[Change, ...]
) -> tuple[FileChange, dict[str, str]]:
    """The migrated repository on disk with its limits test; the test, and the files' texts."""
    change = limits_test(snapshot_of(files), plan_of(files, *changes), Options())
    assert change is not None
    after = migrated(files, *changes)
    for path, text in after.items():
        if "latin-1" in text and text.startswith("import os\n"):
            # The cookie has to stay in the first two lines; the rewrite stage sees to that.
            text = text.removeprefix("import os\n").replace("\n", "\nimport os\n", 1)
            after[path] = text
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(encoded(path, text))
    (root / change.path).parent.mkdir(exist_ok=True)
    (root / change.path).write_bytes(change.after)
    return change, after


def ran(root: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A Python command in the repository, with these variables in its environment."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", **variables}
    return subprocess.run(
        [sys.executable, *command], cwd=root, env=environment, capture_output=True, text=True
    )


def is_green(test: Path) -> bool:
    """The generated file of unittest's style passes, run in this process."""
    loaded = SimpleNamespace(**runpy.run_path(str(test)))
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(loaded.ConnectionPoolLimits)
    return unittest.TextTestRunner(io.StringIO()).run(suite).wasSuccessful()


def test_pytest_style(tmp_path: Path) -> None:
    files, changes = repository(PYTEST)
    change, _ = written(tmp_path, files, changes)
    assert change.path == f"tests/{NAME}"
    assert b"import pytest" in change.after
    quiet = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error")
    done = ran(tmp_path, *quiet, DB_MAX_OVERFLOW="99")
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
    assert done.stdout.count("failed") == 0
    (tmp_path / "app/constant.py").write_text(files["app/constant.py"])
    done = ran(tmp_path, *quiet)
    assert done.returncode == 1
    assert "0 reads of DB_MAX_OVERFLOW default to 5: was another number" in done.stdout
    assert "app/constant.py: MAX_OVERFLOW is a number again, line [2]" in done.stdout


def test_unittest_style(tmp_path: Path) -> None:
    files, changes = repository(UNITTEST)
    change, _ = written(tmp_path, files, changes)
    assert b"pytest" not in change.after
    for command in (("-m", "unittest", "discover", "tests"), (change.path,)):
        done = ran(tmp_path, *command, DB_MAX_OVERFLOW="99")
        assert done.returncode == 0, done.stderr
        assert re.search(r"Ran [5-9] tests", done.stderr)


@pytest.mark.parametrize("name", FORMS)
def test_every_mutant_of_a_form_dies(name: str, tmp_path: Path) -> None:
    form = FORMS[name]
    files, changes = repository(UNITTEST, {name: form})
    change, after = written(tmp_path, files, changes)
    test, path = tmp_path / change.path, f"app/{name}.py"
    assert is_green(test)
    start, end = after[path].rindex(form.after), after[path].rindex(form.after) + len(form.after)
    survivors = []
    for mutant in form.mutants:
        text = after[path][:start] + mutant + after[path][end:]
        (tmp_path / path).write_bytes(encoded(path, text))
        if is_green(test):
            survivors.append(mutant)
    assert survivors == []


def test_literal_beside_the_read_is_found(tmp_path: Path) -> None:
    form = FORMS["constant"]
    files, changes = repository(UNITTEST, {"constant": form})
    changes = (replace(changes[0], used_in="app/constant.py"),)
    change, after = written(tmp_path, files, changes)
    assert is_green(tmp_path / change.path)
    bypassed = after["app/constant.py"].replace("max_overflow=MAX_OVERFLOW", "max_overflow=10")
    (tmp_path / "app/constant.py").write_text(bypassed)
    assert not is_green(tmp_path / change.path)


def test_module_that_has_another_number_for_the_name_may_keep_it(tmp_path: Path) -> None:
    form = Form(
        "engine = create_engine(URL, max_overflow=|10|)\nprobe = create_engine(max_overflow=0)\n"
    )
    files, changes = repository(UNITTEST, {"two": form})
    change, _ = written(tmp_path, files, changes)
    assert is_green(tmp_path / change.path)
    assert b"NO_LITERALS" not in change.after


def test_added_argument_is_pinned(tmp_path: Path) -> None:
    files, changes = repository(UNITTEST, {"keyword": FORMS["keyword"]})
    plan, path = plan_of(files, *changes), "app/keyword.py"
    at = files[path].index(")")
    new = ', pool_timeout=int(os.getenv("DB_POOL_TIMEOUT", "30"))'
    edit = Edit(path, at, at, "", new, "added", 1, frozenset({"os"}))
    pool = plan.decisions[0].site.pool
    added = Addition(pool, "pool_timeout", 30, edit, "the policy asks for it", "DB_POOL_TIMEOUT")
    plan = replace(plan, edits=(*plan.edits, edit), additions=(added,))
    change = limits_test(snapshot_of(files), plan, Options())
    assert change is not None
    (tmp_path / "app").mkdir()
    (tmp_path / "tests").mkdir()
    test = tmp_path / change.path
    test.write_bytes(change.after)
    text = "import os\n" + splice(files[path], plan.edits)
    (tmp_path / path).write_text(text)
    assert is_green(test)
    for mutant in (text.replace("30", "31"), text.replace(new, ", pool_timeout=30")):
        (tmp_path / path).write_text(mutant)
        assert not is_green(test)


def test_formatters_and_linters_have_nothing_to_say(tmp_path: Path) -> None:
    for style, tests in (("pytest", PYTEST), ("unittest", UNITTEST)):
        for names in (list(FORMS), ["keyword"], ["settings_field"], ["flag", "latin_1"]):
            forms = {name: FORMS[name] for name in names}
            change, _ = written(tmp_path / style / names[0], *repository(tests, forms))
            path = tmp_path / style / names[0] / change.path
            for command in (["check", "--extend-select", "I,B,UP,SIM"], ["format", "--check"]):
                done = subprocess.run(
                    [Path(sys.executable).with_name("ruff"), *command, "--isolated", path],
                    capture_output=True,
                    text=True,
                )
                assert done.returncode == 0, done.stdout


def test_generated_file_needs_no_poolenv(tmp_path: Path) -> None:
    files, changes = repository(UNITTEST, {"keyword": FORMS["keyword"]})
    change, _ = written(tmp_path, files, changes)
    shutil.copytree(tmp_path, tmp_path / "elsewhere" / "moved", ignore=shutil.ignore_patterns("e*"))
    done = ran(tmp_path / "elsewhere" / "moved", "-I", "-S", change.path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("tests", [PYTEST, UNITTEST])
def test_newer_syntax_is_skipped_with_its_place(tmp_path: Path, tests: str) -> None:
    """Type parameters and an f-string with its own quotes inside are of Python 3.12."""
    newer = Form(
        "def first[T](rows: list[T]) -> T:\n    return rows[0]\n\n\n"
        "engine = create_engine(f'{URL['a']}', max_overflow=|10|)\n"
    )
    files, changes = repository(tests, {"newer": newer, "keyword": FORMS["keyword"]})
    change, _ = written(tmp_path, files, changes)
    assert b'NEWER = {\n    "app/newer.py",\n}\n' in change.after
    done = ran(tmp_path, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", change.path)
    assert done.returncode == 0, done.stdout
    if sys.version_info < (3, 12):
        assert "app/newer.py:" in done.stdout
        assert "is no syntax of Python 3.11" in done.stdout
    (tmp_path / "app/keyword.py").write_text("engine = create_engine(\n")
    done = ran(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", change.path)
    assert done.returncode == 1
    assert "SyntaxError" in done.stdout


def test_newer_syntax_is_formatted(tmp_path: Path) -> None:
    newer = Form("type A = int\nengine = create_engine(URL, max_overflow=|10|)\n")
    for style, tests in (("pytest", PYTEST), ("unittest", UNITTEST)):
        change, _ = written(tmp_path / style, *repository(tests, {"newer": newer}))
        for command in (["check", "--extend-select", "I,B,UP,SIM"], ["format", "--check"]):
            line = [str(Path(sys.executable).with_name("ruff")), *command, "--isolated"]
            done = subprocess.run(
                [*line, str(tmp_path / style / change.path)], capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout
