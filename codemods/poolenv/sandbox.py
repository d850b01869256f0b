"""A copy of one commit in a temporary folder, and child processes with a time limit in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from poolenv.plumbing import Git

_OUTPUT_LIMIT: Final = 16 * 1024 * 1024
_DROPPED_PREFIXES: Final = ("GIT_", "PYTEST_", "COV_CORE_", "COVERAGE_")
_DROPPED: Final = frozenset(("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS"))
_SOURCE_FOLDERS: Final = ("src", "lib", "python")
_ROOT_HIDES: Final = frozenset(sys.stdlib_module_names) - {"test"}


@dataclass(frozen=True, slots=True)
class Copy:
    """A commit's files on disk."""

    top: Path
    """The whole repository."""
    root: Path
    """The folder that corresponds to the root that poolenv was run on."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child process ended."""

    exit_code: int | None
    """None where it was never started or was stopped at the time limit; negative: a signal."""
    timed_out: bool
    output: str
    """Standard output and standard error together; the last 16 MB."""
    problem: str | None = None
    """Why it could not be started."""


@contextmanager
def exported(root: Path, tree_ish: str) -> Iterator[Copy]:
    """The files of a commit or tree in a temporary folder, gone afterwards.

    The repository isn't written to (a linked worktree would be recorded in it). Submodules are
    empty folders. Raises PoolenvError (exit code 4) where git can't write the files.
    """
    git = Git(root)
    prefix = git.line("rev-parse", "--show-prefix")
    name = Path(git.line("rev-parse", "--show-toplevel")).name or "root"
    with tempfile.TemporaryDirectory(prefix="poolenv-", ignore_cleanup_errors=True) as folder:
        top = Path(folder, "copy", name)
        top.mkdir(parents=True)
        environment = {"GIT_INDEX_FILE": str(Path(folder, "index")), "GIT_WORK_TREE": str(top)}
        git_folder = str(Path(root, git.line("rev-parse", "--git-dir")).resolve())
        inside = Git(top).with_environment(GIT_DIR=git_folder, **environment)
        inside.run("read-tree", tree_ish)
        inside.run("checkout-index", "--all", "--force", "--quiet")
        yield Copy(top.resolve(), (top / prefix).resolve())


def sanitised_environment(
    copy: Copy, variables: frozenset[str], *, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The caller's environment without what would steer the pools, git or pytest.

    ``variables`` are the names of the pool variables, which are unset. The copy's packages come
    before an editable installation that leads back to the original checkout.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in variables and name not in _DROPPED and not name.startswith(_DROPPED_PREFIXES)
    }
    kept["PYTHONPATH"] = os.pathsep.join(str(path) for path in import_roots(copy))
    kept.setdefault("PYTHONHASHSEED", "0")
    return {**kept, **(more or {})}


def import_roots(copy: Copy) -> tuple[Path, ...]:
    """Folders of the copy that packages are imported from: ``src`` and the like, then the root.

    A root that holds a module named as one of the standard library is left out, since it would
    hide that one from every child process.
    """
    sources = [copy.root / name for name in _SOURCE_FOLDERS]
    found = [path for path in sources if path.is_dir() and not (path / "__init__.py").exists()]
    hides = {
        path.stem
        for path in copy.root.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    return tuple(found) if hides & _ROOT_HIDES else (*found, copy.root)


def run_limited(
    command: tuple[str, ...], folder: Path, environment: Mapping[str, str], timeout_s: float
) -> Ended:
    """Run a command without standard input; kill its whole process group when it ends.

    Output goes to a file, so a child left in the background can't keep the caller waiting.
    """
    with tempfile.TemporaryFile() as output:
        try:
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            return Ended(None, timed_out=False, output="", problem=f"{command[0]}: {reason}")
        timed_out = False
        try:
            child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        size = output.seek(0, os.SEEK_END)
        output.seek(max(0, size - _OUTPUT_LIMIT))
        text = output.read().decode(errors="replace")
        return Ended(None if timed_out else child.returncode, timed_out=timed_out, output=text)
