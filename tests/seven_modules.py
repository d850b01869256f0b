"""The example repository before and after its migration, as two folders."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from poolenv.model import Action, Migration, Options, Policy, Rule

EXAMPLE = Path(__file__).resolve().parent.parent / "fixtures" / "seven_modules"
CAP = Options(Policy((Rule(Action.CAP, "max_overflow", 5),)))


@dataclass(frozen=True, slots=True)
class Application:
    """One of the seven modules with an ``engine``."""

    folder: str
    """Where its process is started, relative to the root."""
    module: str
    variable: str
    """What sets its max_overflow after the migration."""


APPLICATIONS = (
    Application("backend", "app.database", "DB_MAX_OVERFLOW"),
    Application("backend", "app.analytics.database", "DB_MAX_OVERFLOW"),
    Application("api", "backend_app.database", "DB_POOL_MAX_OVERFLOW"),
    Application("api", "backend_app.audit.database", "DB_MAX_OVERFLOW"),
    Application("jobs", "app.database", "DB_MAX_OVERFLOW"),
    Application("jobs", "app.stock_sync", "DB_MAX_OVERFLOW"),
    Application(".", "reporting.db", "DB_MAX_OVERFLOW"),
)


def copy_of_example(folder: Path) -> Path:
    """A git repository with one commit that holds the example."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    commit = [*identity, "-c", "commit.gpgsign=false", "commit", "-q", "-m", "Start"]
    for arguments in (["init", "-q"], ["add", "-A"], commit):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)
    return folder


def migrated_copy(folder: Path, options: Options = CAP) -> Migration:
    """A copy of the example with the code changes of a migration written into it."""
    from poolenv.pipeline import run

    migration = run(copy_of_example(folder), options)
    for change in (*migration.code, *migration.tests):
        path = folder / change.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(change.after)
    return migration
