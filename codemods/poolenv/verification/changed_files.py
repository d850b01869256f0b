"""The files in which two commits differ, and what those are that hold no code to compare."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from poolenv.plumbing import Git

_REGULAR: Final = ("100644", "100755")
_NONE: Final = "000000"
_WORDS: Final = frozenset((".md", ".rst", ".adoc", ".markdown"))
_TEST_FOLDERS: Final = frozenset(("test", "tests", "testing"))


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One path that differs."""

    path: str
    """Relative to the root; starts with ``../`` outside of it."""
    old_mode: str
    new_mode: str
    old_blob: str
    new_blob: str

    @property
    def is_new(self) -> bool:
        """Only the branch has it."""
        return self.old_mode == _NONE

    @property
    def obstacle(self) -> str | None:
        """Why its contents are not all that changed."""
        if self.path.startswith("../"):
            return "lies outside of the folder that is verified"
        if self.new_mode == _NONE:
            return "is removed"
        if self.new_mode not in _REGULAR:
            return "is a link or a submodule"
        if not self.is_new and self.old_mode != self.new_mode:
            return f"its mode was {self.old_mode}, is {self.new_mode}"
        return None

    @property
    def is_words(self) -> bool:
        """Whether it is a document by its name."""
        return PurePosixPath(self.path).suffix.lower() in _WORDS

    @property
    def is_test_data(self) -> bool:
        """Whether it lies in a folder of tests."""
        return bool(_TEST_FOLDERS & set(PurePosixPath(self.path).parts[:-1]))


def changed_files(git: Git, base: str, tip: str) -> tuple[ChangedFile, ...]:
    """All paths of the repository that differ, in git's order."""
    prefix = git.line("rev-parse", "--show-prefix")
    output = git.run("diff-tree", "-r", "-z", "--no-renames", "--full-index", base, tip)
    fields = output.split(b"\0")
    found = []
    for meta, path in zip(fields[::2], fields[1::2], strict=False):
        old_mode, new_mode, old, new, _ = meta.decode().removeprefix(":").split(" ")
        relative = os.path.relpath(os.fsdecode(path), prefix or ".")
        found.append(ChangedFile(relative, old_mode, new_mode, old, new))
    return tuple(found)


def foreign_lines(
    git: Git, changed: ChangedFile, variables: frozenset[str]
) -> Iterator[tuple[int, str]]:
    """Changed lines of a configuration file that are neither comments nor about ``variables``.

    Each with its number in the new file (of the place, where it was removed).
    """
    old, new = (
        git.run("cat-file", "blob", blob).decode("utf-8", "replace").splitlines()
        for blob in (changed.old_blob, changed.new_blob)
    )
    names = "|".join(re.escape(name) for name in sorted(variables))
    own = re.compile(rf"(?<!\w)(?:{names})(?!\w)") if names else None
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            continue
        gone = [(first + 1, line) for line in old[start:end]]
        came = [(number + 1, new[number]) for number in range(first, last)]
        for number, line in (*gone, *came):
            is_comment = not line.strip() or line.lstrip().startswith(("#", ";"))
            if not is_comment and not (own and own.search(line)):
                yield number, line.strip()
