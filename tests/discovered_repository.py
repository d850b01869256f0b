"""A small git repository to discover files in, in any state."""

from __future__ import annotations

from pathlib import Path

from test_discover import CATALOGUE, POOL, git, write

from poolenv.discover import discover
from poolenv.model import Options, Snapshot


def look_at(root: Path, revision: str, exclude: tuple[str, ...] = ()) -> Snapshot:
    return discover(root, CATALOGUE, Options(exclude=exclude), revision=revision)


def commit(root: Path, files: dict[str, bytes]) -> str:
    if not (root / ".git").exists():
        root.mkdir(parents=True, exist_ok=True)
        git(root, "init", "--quiet")
    write(root, files)
    git(root, "add", "--all", "--force")
    git(root, "commit", "--quiet", "--no-gpg-sign", "-m", "Some work")
    return git(root, "rev-parse", "HEAD")


def small_repository(root: Path) -> Path:
    """A repository with one commit."""
    commit(root, {"app/db.py": POOL, "app/models.py": b"a = 1\n", ".env": b"A=1", "gone.py": POOL})
    return root
