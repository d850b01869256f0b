"""Every folder of fixtures/cases is a test: ``before/`` becomes ``after/``, and nothing else.

pytest tests/test_cases.py -k keyword_literal
pytest tests/test_cases.py --regen      # writes after/; the git diff is the review
"""

from __future__ import annotations

import os
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import libcst
import pytest
from poolenv.pipeline import run

from poolenv.model import (
    Action,
    Decision,
    FileChange,
    Migration,
    Options,
    Origin,
    Policy,
    Rule,
    Scalar,
    Unresolved,
    Verdict,
)
from poolenv.syntax.positions import splice

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "cases"

Row = Mapping[str, Scalar]
"""One ``[[site]]`` or ``[[unresolved]]`` of a case.toml; only the fields given are compared."""

_KEYS = {"policy", "site", "unresolved", "tests", "include", "exclude"}
_SITE = {
    *("path", "line", "column", "sink", "argument", "role", "value", "origin", "env", "in_test"),
    *("verdict", "variable", "new_value", "source_path", "source_line"),
}
_UNRESOLVED = {"path", "line", "sink", "argument", "reason"}


@dataclass(frozen=True, slots=True)
class Case:
    """One folder with ``before/``, perhaps ``after/`` and ``case.toml``."""

    folder: Path
    options: Options
    sites: tuple[Row, ...] | None
    """Exactly the sites there are (library defaults aside), or None: not compared."""
    unresolved: tuple[Row, ...] | None
    tests: bool
    """Updates of test files are applied, too."""

    @property
    def name(self) -> str:
        """``sqlalchemy/keyword_literal``."""
        return self.folder.relative_to(FOLDER).as_posix()

    def before(self) -> dict[str, bytes]:
        """POSIX path to bytes of every file of ``before/``."""
        return files_of(self.folder / "before")

    def after(self) -> dict[str, bytes]:
        """The expected files; those of ``before/`` where nothing must change."""
        folder = self.folder / "after"
        return files_of(folder) if folder.is_dir() else self.before()

    def write_after(self, files: Mapping[str, bytes]) -> None:
        """Make ``files`` the expected result; no ``after/`` where they equal ``before/``."""
        folder = self.folder / "after"
        if folder.is_dir():
            shutil.rmtree(folder)
        if files != self.before():
            write_files(folder, files)


def all_cases() -> list[Case]:
    """Every case, in order of name. Raises ValueError for a case.toml with an unknown key."""
    return [read_case(folder.parent) for folder in sorted(FOLDER.rglob("before"))]


def read_case(folder: Path) -> Case:
    """Read one case; without a case.toml the default policy holds and only files are compared."""
    path = folder / "case.toml"
    table = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    _refuse_unknown(path, table, _KEYS)
    for kind, known in (("site", _SITE), ("unresolved", _UNRESOLVED)):
        for row in table.get(kind, ()):
            _refuse_unknown(path, row, known)
    options = Options(
        policy=_policy(table.get("policy", {})),
        include=tuple(table.get("include", ())),
        exclude=tuple(table.get("exclude", ())),
        base="",
    )
    return Case(
        folder=folder,
        options=options,
        sites=_rows(table.get("site")),
        unresolved=_rows(table.get("unresolved")),
        tests=bool(table.get("tests", False)),
    )


def files_of(folder: Path) -> dict[str, bytes]:
    """POSIX path to bytes of every file below a folder; bytecode that tests left is not one."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write every file below a folder, which is made."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _rows(found: Sequence[Row] | None) -> tuple[Row, ...] | None:
    return None if found is None else tuple(found)


def _refuse_unknown(path: Path, table: Mapping[str, object], known: set[str]) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ValueError(f"{path}: unknown key {unknown[0]!r}, known are {sorted(known)}")


def _policy(table: Mapping[str, object]) -> Policy:
    rules: list[Rule] = []
    for action in Action:
        values = table.get(action.value, {})
        assert isinstance(values, dict)
        rules += [Rule(action, target, value) for target, value in values.items()]
    return Policy(
        rules=tuple(rules),
        prefix=str(table.get("prefix", "DB")),
        rewrite_tests=bool(table.get("rewrite_tests", False)),
        rewrite_flags=bool(table.get("rewrite_flags", False)),
    )


CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The files, the sites and the invariants of one case."""
    root = tmp_path / "repository"
    before = case.before()
    write_files(root, before)
    migration = run(root, case.options)
    assert files_of(root) == before, "the run itself changed the working tree"

    result = before | {change.path: change.after for change in _changes(case, migration)}
    if request.config.getoption("--regen"):
        case.write_after(result)
    _check_files(result, case.after())
    _check_sites(case, migration)
    _check_changes(migration.code)
    for decision in migration.plan.decisions:
        _check_expression(decision)

    write_files(root, result)
    again = run(root, case.options)
    assert [change.path for change in _changes(case, again)] == [], "the second run changed files"


def _changes(case: Case, migration: Migration) -> tuple[FileChange, ...]:
    """What the case applies; the new limits test has tests of its own."""
    updated = tuple(change for change in migration.tests if change.before is not None)
    return (*migration.code, *updated) if case.tests else migration.code


def _check_files(result: Mapping[str, bytes], expected: Mapping[str, bytes]) -> None:
    for name, data in expected.items():
        assert result[name].decode("latin-1") == data.decode("latin-1"), name
    assert sorted(result) == sorted(expected)


def _check_changes(changes: tuple[FileChange, ...]) -> None:
    """What changed parses, and consists of the listed edits alone."""
    for change in changes:
        assert change.before is not None, f"{change.path} is new"
        if change.path.endswith(".py"):
            libcst.parse_module(change.after)
        assert change.edits, f"{change.path} changed without an edit"
        encoding = "latin-1" if b"latin-1" in change.before[:200] else "utf-8"
        bom = b"\xef\xbb\xbf" if change.before.startswith(b"\xef\xbb\xbf") else b""
        text = change.before[len(bom) :].decode(encoding)
        assert bom + splice(text, change.edits).encode(encoding) == change.after, change.path


def _check_expression(decision: Decision) -> None:
    """A rewritten literal gives the policy's value when the variable is unset, else its value."""
    if decision.verdict is not Verdict.REWRITE:
        return
    assert decision.edit is not None, f"{decision.site.path}:{decision.site.line} has no edit"
    assert decision.variable is not None
    unset = _evaluate(decision.edit.new, {})
    assert unset == decision.new_value
    assert type(unset) is type(decision.new_value)
    text: str = str(not unset).lower() if isinstance(unset, bool) else "7"
    expected: object = not unset if isinstance(unset, bool) else 7
    assert _evaluate(decision.edit.new, {decision.variable: text}) == expected


def _evaluate(expression: str, environment: dict[str, str]) -> object:
    """Evaluate an expression that may use ``os`` and the built-in types, and nothing else."""
    getenv = environment.get
    fake = SimpleNamespace(environ=environment, getenv=getenv)
    builtins = {"int": int, "float": float, "str": str, "bool": bool}
    names = {"__builtins__": builtins, "os": fake, "getenv": getenv, "environ": environment}
    return eval(expression, names)


def _check_sites(case: Case, migration: Migration) -> None:
    if case.sites is not None:
        found = [
            _site_row(decision)
            for decision in migration.plan.decisions
            if decision.site.origin is not Origin.LIBRARY_DEFAULT
            and decision.verdict is not Verdict.UNRESOLVED
        ]
        _check_rows("site", case.sites, found)
    if case.unresolved is not None:
        _check_rows(
            "unresolved", case.unresolved, [_unresolved_row(u) for u in migration.trace.unresolved]
        )


def _check_rows(kind: str, expected: tuple[Row, ...], found: list[Row]) -> None:
    """Each row is found once, and nothing else is."""
    left = list(found)
    for row in expected:
        match = next((candidate for candidate in left if _fits(row, candidate)), None)
        listing = "".join(f"{os.linesep}  {candidate}" for candidate in left)
        assert match is not None, f"no {kind} fits {dict(row)}; there are:{listing}"
        left.remove(match)
    assert left == [], f"more than the expected {kind} rows: {left}"


def _fits(row: Row, candidate: Row) -> bool:
    for key, value in row.items():
        got = candidate[key]
        if key == "reason":
            if str(value).lower() not in str(got).lower():
                return False
        elif got != _none(value) or type(got) is not type(_none(value)):
            return False
    return True


def _none(value: Scalar) -> Scalar:
    """TOML has no null; case.toml writes None as "<none>"."""
    return None if value == "<none>" else value


def _site_row(decision: Decision) -> Row:
    site = decision.site
    return {
        "path": site.path,
        "line": site.line,
        "column": site.column,
        "sink": site.sink,
        "argument": site.argument,
        "role": site.role.value,
        "value": site.value,
        "origin": site.origin.value,
        "env": site.env,
        "in_test": site.in_test,
        "verdict": decision.verdict.value,
        "variable": decision.variable,
        "new_value": decision.new_value,
        "source_path": site.source.path if site.source else None,
        "source_line": site.source.line if site.source else None,
    }


def _unresolved_row(unresolved: Unresolved) -> Row:
    return {
        "path": unresolved.path,
        "line": unresolved.line,
        "sink": unresolved.sink,
        "argument": unresolved.argument,
        "reason": unresolved.reason,
    }
