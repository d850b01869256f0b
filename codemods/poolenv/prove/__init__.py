"""Prove of every changed file that it does what the plan says and nothing else."""

from __future__ import annotations

from poolenv.model import Check, Edit, FileChange, Plan, Snapshot
from poolenv.prove.evaluate import Trial, evaluate
from poolenv.prove.layout import check_layout
from poolenv.prove.names import check_names
from poolenv.prove.places import Place, identity, places_of
from poolenv.prove.structure import check_evaluation_time, check_structure
from poolenv.prove.trials import trials_of
from poolenv.prove.undo import check_between, check_undone
from poolenv.syntax.source.parse import parse
from poolenv.syntax.source.positions import Lines

__all__ = ["failing_paths", "prove"]


def prove(snapshot: Snapshot, plan: Plan, changes: tuple[FileChange, ...]) -> tuple[Check, ...]:
    """Check each change on its own, then evaluate all new expressions in one subprocess.

    Returns the checks in order of path. Nothing raises: what cannot be checked has ``passed``
    None and says why in ``detail``, or False where it then is no proof.
    """
    checks: list[Check] = []
    trials: list[Trial] = []
    for change in changes:
        found, own = _check_file(snapshot, plan, change)
        checks += found
        trials += own
    checks += evaluate(trials)
    return tuple(sorted(checks, key=lambda check: check.path))


def failing_paths(checks: tuple[Check, ...]) -> frozenset[str]:
    """The files that failed a check, to be left out and reported."""
    return frozenset(check.path for check in checks if check.passed is False)


def _check_file(
    snapshot: Snapshot, plan: Plan, change: FileChange
) -> tuple[list[Check], list[Trial]]:
    source = snapshot.python.get(change.path)
    if change.before is None:
        return [_check_new(change)], []
    encoding = source.encoding if source else "utf-8"
    errors = "strict" if source else "surrogateescape"
    old_text = source.text if source else change.before.decode(encoding, errors)
    try:
        new_text = change.after.decode(encoding, errors)
    except UnicodeDecodeError:
        return [Check(change.path, "parses", False, f"not {encoding} any more")], []
    if source and source.bom:
        new_text = new_text.removeprefix("\ufeff")
    places = places_of(change.edits)
    checks = [
        check_undone(change, new_text, places, source.encode if source else _encode),
        check_between(change, old_text, places, encoding),
        _check_complete(plan, change),
    ]
    if source is None:
        return checks, []
    more, trials = _check_python(plan, change, (old_text, new_text), places)
    return [*more[:1], *checks, *more[1:]], trials


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _check_new(change: FileChange) -> Check:
    """A new file has to parse where it is Python; there is nothing to compare it with."""
    if not change.path.endswith(".py"):
        return Check(change.path, "parses", None, "not run: a new file that is not Python")
    try:
        parse(change.after.decode(), change.path)
    except (SyntaxError, ValueError) as error:
        return Check(change.path, "parses", False, f"the new file does not parse: {error}")
    return Check(change.path, "parses", True, "the new file parses")


def _check_complete(plan: Plan, change: FileChange) -> Check:
    done = {identity(edit) for edit in change.edits}
    planned = [edit for edit in plan.edits if edit.path == change.path]
    for edit in planned:
        if identity(edit) not in done:
            detail = f"line {edit.line}: a planned edit is missing: {edit.reason}"
            return Check(change.path, "complete", False, detail)
    for edit in _decided(plan, change.path):
        # Such an edit would be made without being tried: no decision says what it is to give.
        if identity(edit) not in done and any(_overlap(edit, other) for other in planned):
            detail = f"line {edit.line}: another edit than decided: {edit.reason}"
            return Check(change.path, "complete", False, detail)
    return Check(change.path, "complete", True, f"all {len(planned)} planned edits are in it")


def _decided(plan: Plan, path: str) -> list[Edit]:
    """The edits of one file that a decision or an addition asks for."""
    edits = [*(d.edit for d in plan.decisions), *(a.edit for a in plan.additions)]
    return [edit for edit in edits if edit is not None and edit.path == path]


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether both replace some of the same text; two insertions at one place do not."""
    return one.start < other.end and other.start < one.end


def _check_python(
    plan: Plan, change: FileChange, texts: tuple[str, str], places: tuple[Place, ...]
) -> tuple[list[Check], list[Trial]]:
    path = change.path
    try:
        old, new = (parse(text, path) for text in texts)
    except (SyntaxError, ValueError, RecursionError) as error:
        return [Check(path, "parses", False, f"does not parse: {error}")], []
    checks = [
        Check(path, "parses", True, "parses"),
        check_structure(path, old, new, texts, places),
        check_layout(path, texts, places),
        check_names(path, new, texts[1], places),
        check_evaluation_time(path, old, new, texts, places),
    ]
    trials: list[Trial] = []
    for result in trials_of(plan, new, Lines(path, texts[1]), places):
        if isinstance(result, Trial):
            trials.append(result)
        else:
            checks.append(result)
    return checks, trials
