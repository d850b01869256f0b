"""A small repository and the migration of it, for the tests of the last stage."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from types import MappingProxyType

from poolenv.branch import BranchResult, write_branch
from poolenv.model import FileChange, Migration, Options, Plan, Snapshot, Trace

BEFORE = b"engine = create_engine(url, max_overflow=10)\n"
AFTER = (
    b'import os\nengine = create_engine(url, max_overflow=int(os.getenv("DB_MAX_OVERFLOW", "5")))\n'
)
TEST_BEFORE = b"assert engine.pool._max_overflow == 10\n"
TEST_AFTER = b"assert engine.pool._max_overflow == 5\n"
CODE = (FileChange("app/db.py", BEFORE, AFTER),)
TESTS = (FileChange("tests/test_db.py", TEST_BEFORE, TEST_AFTER),)
BRANCH = "refs/heads/poolenv/pool-limits"


def git(root: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


def git_bytes(root: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True).stdout


def commit_all(root: Path, message: str = "Some work") -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--no-gpg-sign", "-m", message)
    return git(root, "rev-parse", "HEAD")


def make_repository(root: Path, *options: str) -> Path:
    (root / "app").mkdir(parents=True)
    (root / "tests").mkdir()
    git(root, "init", "--quiet", *options)
    (root / "app/db.py").write_bytes(BEFORE)
    (root / "tests/test_db.py").write_bytes(TEST_BEFORE)
    (root / "README.md").write_bytes(b"# The app\n")
    commit_all(root, "Begin")
    return root


def migration(
    root: Path,
    code: tuple[FileChange, ...] = CODE,
    tests: tuple[FileChange, ...] = TESTS,
    *,
    revision: str | None = "HEAD",
    plan: Plan | None = None,
) -> Migration:
    full = None if revision is None else git(root, "rev-parse", revision)
    nothing: MappingProxyType[str, bytes] = MappingProxyType({})
    snapshot = Snapshot(str(root), full, MappingProxyType({}), frozenset(), nothing)
    plan = plan or Plan((), (), ())
    return Migration(snapshot, Trace((), (), (), ()), plan, code, tests, (), (), ())


def documents(code_commit: str) -> tuple[FileChange, ...]:
    text = f"Undo it with git revert {code_commit} (written by poolenv)\n"
    return (FileChange("LIMITS.md", None, text.encode()),)


def checkout_state(root: Path) -> dict[str, object]:
    """Everything of a checkout that has to stay, save objects and the new branch."""
    folder = Path(root, git(root, "rev-parse", "--git-dir"))
    common = Path(root, git(root, "rev-parse", "--git-common-dir"))
    kept = {
        name: hashlib.sha256((place / name).read_bytes()).hexdigest()
        for place, name in ((folder, "HEAD"), (folder, "index"), (common, "config"))
    }
    refs = git(root, "for-each-ref", "--format=%(objectname) %(refname)").splitlines()
    files = {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }
    return {
        **kept,
        "git folder": sorted(p.name for p in folder.iterdir()),
        "common folder": sorted(p.name for p in common.iterdir() if p.name != "logs"),
        "worktrees": git(root, "worktree", "list"),
        "stash": git(root, "stash", "list"),
        "refs": [ref for ref in refs if not ref.endswith(BRANCH)],
        "files": files,
        "status": git(root, "--no-optional-locks", "status", "--porcelain"),
    }


def make(
    root: Path,
    made: Migration | None = None,
    options: Options | None = None,
    *,
    force: bool = False,
    author: str | None = None,
) -> BranchResult:
    return write_branch(
        root,
        made or migration(root),
        options or Options(),
        documents=documents,
        force=force,
        author=author,
    )
