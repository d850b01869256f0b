"""Small repositories in memory, with hand-made decisions on their literals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from poolenv.model import (
    Decision,
    Edit,
    Holder,
    Origin,
    Plan,
    PoolChange,
    PoolKey,
    Role,
    Scalar,
    Site,
    Snapshot,
    SourceFile,
    Verdict,
)
from poolenv.syntax.source.positions import Lines, splice
from poolenv.update_tests import update_tests


@dataclass(frozen=True, slots=True)
class Change:
    """One literal of a repository and what becomes of it.

    ``at`` is a piece of the file's text that holds the literal between two ``|``.
    """

    path: str
    at: str
    new_text: str
    argument: str = "max_overflow"
    old: Scalar = 10
    new: Scalar = 5
    variable: str = "DB_MAX_OVERFLOW"
    used_in: str = ""
    """Path of the sink, where it is another file than the literal's."""
    holder: Holder = Holder.EXPRESSION

    def decision(self, files: Mapping[str, str]) -> Decision:
        """The plan's word on this literal."""
        text = files[self.path]
        before, literal, after = self.at.split("|")
        assert text.count(before + literal + after) == 1, self.at
        start = text.index(before + literal + after) + len(before)
        lines = Lines(self.path, text)
        end = start + len(literal)
        line = lines.position(start)[0]
        imports = frozenset({"os"} if "os." in self.new_text else ())
        edit = Edit(self.path, start, end, literal, self.new_text, "lowered", line, imports)
        site = Site(
            path=self.used_in or self.path,
            line=line,
            column=1,
            sink="sqlalchemy.create_engine",
            argument=self.argument,
            role=Role.OVERFLOW,
            value=self.old,
            source_text=literal,
            origin=Origin.LITERAL,
            source=lines.span_between(start, end),
            env=None,
            chain=(),
            in_test=False,
            pool=PoolKey(self.used_in or self.path, line, 1),
            holder=self.holder,
        )
        changes = self.new_text != literal
        return Decision(
            site,
            Verdict.REWRITE if changes else Verdict.KEEP,
            "hand-made",
            self.variable,
            self.new,
            edit if changes else None,
        )


def snapshot_of(files: Mapping[str, str]) -> Snapshot:
    """A snapshot of these texts; tests are in ``tests`` or named ``test_*`` or ``tests``."""
    python = {}
    for path, text in files.items():
        if path.endswith(".py"):
            pure = PurePosixPath(path)
            is_test = "tests" in pure.parts or pure.name.startswith(("test_", "tests.", "conftest"))
            python[path] = SourceFile(path, text.encode(), text, "utf-8", False, is_test)
    other = {path: text.encode() for path, text in files.items() if path not in python}
    return Snapshot("/repository", None, python, frozenset(python), other)


def plan_of(files: Mapping[str, str], *changes: Change, pools: tuple[PoolChange, ...] = ()) -> Plan:
    """A plan with one decision per change."""
    decisions = tuple(change.decision(files) for change in changes)
    edits = {d.edit.start: d.edit for d in decisions if d.edit is not None}
    unique = tuple(dict.fromkeys(d.edit for d in decisions if d.edit is not None))
    assert edits or not unique
    return Plan(decisions, unique, (), pools=pools)


def updated(
    files: Mapping[str, str], *changes: Change, pools: tuple[PoolChange, ...] = ()
) -> tuple[dict[str, str], list[str]]:
    """The repository after the tests were updated, and the remarks as ``path:line: text``."""
    edits, remarks = update_tests(snapshot_of(files), plan_of(files, *changes, pools=pools))
    after = dict(files)
    for path in {edit.path for edit in edits}:
        after[path] = splice(files[path], tuple(edit for edit in edits if edit.path == path))
    return after, [f"{remark.path}:{remark.line}: {remark.text}" for remark in remarks]


def migrated(files: Mapping[str, str], *changes: Change) -> dict[str, str]:
    """The repository after code and tests were changed, imports of ``os`` included."""
    after, _ = updated(files, *changes)
    plan = plan_of(files, *changes)
    for path in {edit.path for edit in plan.edits}:
        own = tuple(replace(e) for e in plan.edits if e.path == path)
        after[path] = splice(files[path], own)
        if "os." in after[path] and "import os" not in after[path]:
            after[path] = "import os\n" + after[path]
    return after
