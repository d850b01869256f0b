"""The case folders of fixtures/cases: how they are read and written (see fixtures/README.md)."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from poolenv.model import Action, Options, Policy, Rule, Scalar

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
