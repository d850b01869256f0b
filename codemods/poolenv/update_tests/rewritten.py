"""The files that the plan edits, before and after, with where each edit ends up."""

from __future__ import annotations

from dataclasses import dataclass

from poolenv.model import Edit, Plan, Scalar, Snapshot
from poolenv.syntax.source.positions import splice
from poolenv.update_tests.facts import Fact


@dataclass(frozen=True, slots=True)
class Moved:
    """One edit with its range in the new text, and the values it changes, where known."""

    edit: Edit
    start: int
    end: int
    old: Scalar = None
    new: Scalar = None


@dataclass(frozen=True, slots=True)
class Rewritten:
    """One file's text before and after the plan's edits."""

    path: str
    old: str
    new: str
    moved: tuple[Moved, ...]

    def new_range(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a range of the old text is in the new one; None where an edit crosses its ends."""
        shift = growth = 0
        for moved in self.moved:
            edit = moved.edit
            if edit.end <= start and edit.start < start:
                shift += len(edit.new) - len(edit.old)
            elif start <= edit.start and edit.end <= end:
                growth += len(edit.new) - len(edit.old)
            elif edit.start < end and edit.end > start:
                return None
        return start + shift, end + shift + growth


def rewritten_files(
    snapshot: Snapshot, plan: Plan, facts: tuple[Fact, ...]
) -> tuple[Rewritten, ...]:
    """Every file with edits that a test could read: code and configuration, tests excluded."""
    values = {(f.edit.path, f.edit.start, f.edit.end): f for f in facts if f.edit is not None}
    by_path: dict[str, list[Edit]] = {}
    for edit in plan.edits:
        by_path.setdefault(edit.path, []).append(edit)
    found = []
    for path, edits in sorted(by_path.items()):
        source = snapshot.python.get(path)
        if source is not None and source.is_test:
            continue
        text = source.text if source else decoded(snapshot.other.get(path, b""))
        edits.sort(key=lambda edit: (edit.start, edit.end))
        moved, shift = [], 0
        for edit in edits:
            fact = values.get((path, edit.start, edit.end))
            start = edit.start + shift
            shift += len(edit.new) - len(edit.old)
            pair = (fact.old, fact.new) if fact else (None, None)
            moved.append(Moved(edit, start, start + len(edit.new), *pair))
        found.append(Rewritten(path, text, splice(text, tuple(edits)), tuple(moved)))
    return tuple(found)


def decoded(data: bytes) -> str:
    """A configuration file's text, a byte-order mark included, as edits of it count."""
    return data.decode("utf-8", errors="surrogateescape")
