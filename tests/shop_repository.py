"""A small repository, and branches that people made of it, for the tests of ``verify``."""

from __future__ import annotations

from pathlib import Path

from branch_repository import commit_all, git

from poolenv import pipeline
from poolenv.model import Options
from poolenv.verification import Verification

DATABASE = """\
from sqlalchemy import create_engine

URL = "sqlite:///shop.db"
engine = create_engine(URL, pool_size=5, max_overflow=10)


def price(amount):
    return amount * 2
"""
BY_HAND = """\
import os

from sqlalchemy import create_engine

URL = "sqlite:///shop.db"
engine = create_engine(
    URL,
    pool_size=int(os.environ.get("POOL", "5")),
    max_overflow=int(os.environ.get("SPARE", "5")),
)


def price(amount):
    return amount * 2
"""


def make_shop(folder: Path) -> Path:
    """A repository with one engine of 5 + 10 connections."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    write(folder, {"db.py": DATABASE, "README.md": "A shop.\n", "render.yaml": "envs: []\n"})
    commit_all(folder)
    return folder


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def by_hand(root: Path, files: dict[str, str]) -> Verification:
    """Verify a branch on which a person wrote these files."""
    git(root, "switch", "--quiet", "-c", "by-hand")
    write(root, files)
    commit_all(root)
    git(root, "switch", "--quiet", "main")
    return pipeline.verify(root, "by-hand", Options())


def failures(found: Verification) -> list[str]:
    return [check.detail for check in found.checks if check.passed is False]
