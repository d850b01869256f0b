"""The dry run's diff is what ``git diff BASE..BRANCH`` prints, byte for byte."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from branch_repository import (
    CODE,
    TESTS,
    checkout_state,
    commit_all,
    documents,
    git,
    git_bytes,
    make,
    make_repository,
    migration,
)

from poolenv.branch import diff_text
from poolenv.model import FileChange, Options

pytestmark = pytest.mark.usefixtures("own_git_configuration")

FILES = {
    "app/crlf.py": (b"a = 1\r\nb = 2\r\n", b"a = 1\r\nb = 3\r\n"),
    "app/no_newline.py": (b"a = 1\nb = 2", b"a = 1\nb = 3"),
    "app/gains_newline.py": (b"b = 2", b"b = 2\n"),
    "app/latin.py": (b"# -*- coding: latin-1 -*-\n# caf\xe9\nb = 2\n",) * 1
    + (b"# -*- coding: latin-1 -*-\n# caf\xe9\nb = 3\n",),
    "app/bom.py": (b"\xef\xbb\xbfb = 2\n", b"\xef\xbb\xbfb = 3\n"),
    "app/na\u00efve name.py": (b"b = 2\n", b"b = 3\n"),
    "app/form_feed.py": (b"\x0cb = 2\n", b"\x0cb = 3\n"),
    "app/nul.py": (b"b = 2\0\n", b"b = 3\0\n"),
    "app/long.py": (b"x = 1\n" * 50 + b"b = 2\n", b"import os\n" + b"x = 1\n" * 50 + b"b = 3\n"),
}
CHANGES = tuple(FileChange(path, old, new) for path, (old, new) in FILES.items())


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = make_repository(tmp_path / "repository")
    for path, (old, _) in FILES.items():
        (root / path).write_bytes(old)
    (root / ".gitattributes").write_bytes(b"*.py diff=python\n")
    commit_all(root)
    return root


@pytest.mark.parametrize(
    "configuration",
    [
        {},
        {"diff.noprefix": "true"},
        {"diff.mnemonicPrefix": "true"},
        {"diff.context": "0", "diff.algorithm": "histogram", "diff.renames": "copies"},
        {"core.quotePath": "false", "core.abbrev": "12", "color.ui": "always"},
        {"core.autocrlf": "true"},
    ],
    ids=lambda settings: " ".join(settings) or "defaults",
)
def test_the_diff_is_the_branch(repository: Path, configuration: dict[str, str]) -> None:
    for key, value in configuration.items():
        git(repository, "config", key, value)
    made = migration(repository, (*CODE, *CHANGES), TESTS)
    code_commit = make(repository, made).code
    git(repository, "gc", "--quiet")

    changes = (*made.code, *made.tests, *documents(str(code_commit)))
    printed = diff_text(repository, made, changes)

    real = git_bytes(repository, "diff", "--no-color", "main..poolenv/pool-limits")
    assert printed == real
    assert len(printed.split(b"diff --git ")) == 1 + len(CHANGES) + 3


def test_a_dry_run_writes_nothing_into_the_repository(repository: Path) -> None:
    before = checkout_state(repository), object_files(repository)
    assert diff_text(repository, migration(repository, CHANGES), CHANGES)
    assert (checkout_state(repository), object_files(repository)) == before


def object_files(root: Path) -> list[str]:
    return sorted(str(path) for path in (root / ".git/objects").rglob("*"))


def test_the_diff_applies(repository: Path) -> None:
    # git prints no content of a file with NUL bytes, and Python reads none.
    changes = tuple(change for change in CHANGES if b"\0" not in change.after)
    printed = diff_text(repository, migration(repository), changes)
    git(repository, "apply", "--check", "-", stdin=printed)
    git(repository, "apply", "-", stdin=printed)
    for change in changes:
        assert (repository / change.path).read_bytes() == change.after


def test_no_changes_print_nothing(repository: Path) -> None:
    assert diff_text(repository, migration(repository), ()) == b""


def test_an_object_folder_with_a_colon(tmp_path: Path) -> None:
    root = make_repository(tmp_path / 'a:"b"')
    made = migration(root)
    assert diff_text(root, made, CODE) == git_bytes(
        root, "diff", "main", str(make(root, made, Options(branch="other")).code)
    )


def test_a_plain_folder_has_the_same_format(tmp_path: Path, repository: Path) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    changes = (*CHANGES, *documents("<code commit>"))
    (repository / ".gitattributes").unlink()
    inside = diff_text(repository, migration(repository), changes)
    outside = diff_text(plain, migration(plain, revision=None), changes)
    assert outside == inside
    assert list(plain.iterdir()) == []


def test_a_dirty_working_tree_is_compared_with_what_was_read(repository: Path) -> None:
    (repository / "app/db.py").write_bytes(b"mine = 10\n")
    changes = (FileChange("app/db.py", b"mine = 10\n", b"mine = 5\n"),)
    printed = diff_text(repository / "app", migration(repository, revision=None), ())
    assert printed == b""
    printed = diff_text(repository, migration(repository, revision=None), changes)
    subprocess.run(["git", "apply", "-"], cwd=repository, input=printed, check=True)
    assert (repository / "app/db.py").read_bytes() == b"mine = 5\n"
