"""Every folder of fixtures/cases is a test: ``before/`` becomes ``after/``, and nothing else.

pytest tests/test_cases.py -k keyword_literal
pytest tests/test_cases.py --regen      # writes after/; the git diff is the review
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import libcst
import pytest
from case_folders import Case, Row, all_cases, files_of, write_files

from poolenv.model import Decision, FileChange, Migration, Origin, Scalar, Unresolved, Verdict
from poolenv.pipeline import run
from poolenv.syntax.source.positions import splice

CASES = all_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(case: Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The files, the sites and the invariants of one case."""
    root = tmp_path / "repository"
    before = case.before()
    write_files(root, before)
    migration = run(root, case.options)
    assert files_of(root) == before, "the run itself changed the working tree"

    failed = [check for check in migration.checks if check.passed is False]
    assert failed == [], "a proof failed, so the change was left out"

    result = before | {change.path: change.after for change in _changes(case, migration)}
    if request.config.getoption("--regen"):
        case.write_after(result)
    _check_files(result, case.after())
    _check_sites(case, migration)
    _check_changes(migration.code)
    for decision in migration.plan.decisions:
        _check_expression(root, decision)

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


def _check_expression(root: Path, decision: Decision) -> None:
    """A rewritten literal gives the policy's value when the variable is unset, else its value."""
    if decision.verdict is not Verdict.REWRITE:
        return
    assert decision.edit is not None, f"{decision.site.path}:{decision.site.line} has no edit"
    assert decision.variable is not None
    site, new = decision.site, decision.edit.new
    values = _constants((root / site.source.path).read_bytes()) if site.source else {}
    was_text = decision.edit.old[:1] in "'\""
    default = str(decision.new_value) if was_text else decision.new_value
    unset = _evaluate(new, {}, values)
    assert unset == default
    assert type(unset) is type(default)
    text: str = str(not unset).lower() if isinstance(unset, bool) else "7"
    expected: object = not unset if isinstance(unset, bool) else text if was_text else 7
    assert _evaluate(new, {decision.variable: text}, values) == expected


def _constants(source: bytes) -> dict[str, object]:
    """The numbers that a module names, for expressions like ``2 * HOUR``."""
    pattern = re.compile(rb"^([A-Z_]+) = ([\d_ *]+)$", re.MULTILINE)
    return {name.decode(): eval(value) for name, value in pattern.findall(source)}


def _evaluate(
    expression: str, environment: dict[str, str], constants: Mapping[str, object]
) -> object:
    """Evaluate an expression that may use ``os``, the built-in types and constants, no more."""
    getenv = environment.get
    fake = SimpleNamespace(environ=environment, getenv=getenv)
    builtins = {"int": int, "float": float, "str": str, "bool": bool}
    names = {"__builtins__": builtins, "os": fake, "getenv": getenv, "environ": environment}
    return eval(expression, {**names, **constants})


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
