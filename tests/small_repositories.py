"""Repositories of a few lines, run up to the changes."""

from __future__ import annotations

from pathlib import Path

from poolenv.model import Action, Migration, Options, Policy, Rule, Scalar
from poolenv.pipeline import run

ASYNCPG = (
    "import asyncpg\n\n\nasync def pool():\n    return await asyncpg.create_pool(URL, {})\n"
    '\n\nURL = "postgresql:///a"\n'
)
ENGINE = 'from sqlalchemy import create_engine\n\nengine = create_engine("postgresql:///a", {})\n'


def cap(**targets: Scalar) -> tuple[Rule, ...]:
    """``--cap`` for each target."""
    return tuple(Rule(Action.CAP, target, value) for target, value in targets.items())


def ensure(**targets: Scalar) -> tuple[Rule, ...]:
    """``--ensure`` for each target."""
    return tuple(Rule(Action.ENSURE, target, value) for target, value in targets.items())


def set_to(**targets: Scalar) -> tuple[Rule, ...]:
    """``--set`` for each target."""
    return tuple(Rule(Action.SET, target, value) for target, value in targets.items())


def planned(
    root: Path,
    files: dict[str, str],
    *rules: Rule,
    flags: bool = False,
    prefix: str = "DB",
) -> Migration:
    """Write the files and run; every proof has to hold."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    policy = Policy(rules=rules, rewrite_flags=flags, prefix=prefix)
    migration = run(root, Options(policy=policy, base=""))
    assert [check for check in migration.checks if check.passed is False] == []
    assert migration.skipped == ()
    return migration


def changed(root: Path, files: dict[str, str], *rules: Rule, flags: bool = False) -> dict[str, str]:
    """The new text of each file that changes, without the import."""
    migration = planned(root, files, *rules, flags=flags)
    return {
        change.path: change.after.decode().replace("import os\n\n", "").replace("import os\n", "")
        for change in migration.code
    }


def names(migration: Migration) -> dict[str, Scalar]:
    """Each variable with its default."""
    return {variable.name: variable.default for variable in migration.plan.variables}


def engine(arguments: str) -> str:
    """A module with one engine."""
    return ENGINE.format(arguments)
