"""What the change does to values, variables and files, read off the plan and the new files."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from poolenv.model import (
    LAYOUT,
    Addition,
    Decision,
    Edit,
    FileChange,
    Holder,
    Migration,
    Scalar,
    Snapshot,
    Variable,
)

Range = tuple[str, int, int]
"""Path, start and end of an edit: what makes two decisions share one."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One edited value; several arguments may read it."""

    path: str
    line: int
    arguments: tuple[str, ...]
    old_text: str
    new_text: str
    old_value: Scalar
    new_value: Scalar
    variable: str | None
    moved: bool
    """The value was written in code and is now a variable's default."""
    split: str | None = None
    """How a cap of the whole pool was split between its arguments, where that changed this one."""

    @property
    def changed(self) -> bool:
        """Whether the default is another than the value before."""
        return self.new_value != self.old_value

    @property
    def lowered(self) -> bool:
        """Whether the default is a smaller number than before."""
        old, new = self.old_value, self.new_value
        numbers = isinstance(old, int | float) and isinstance(new, int | float)
        return numbers and float(new) < float(old)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Added:
    """One argument that a call passes now, however many pools the call opens."""

    path: str
    line: int
    """Where the call begins."""
    argument: str
    value: Scalar
    new_text: str
    variable: str | None
    before: Scalar
    """The library's own default, where it is known."""

    @property
    def changed(self) -> bool:
        """Whether the library's default was another."""
        return self.value != self.before

    @property
    def old_text(self) -> str | None:
        """What the variable has to hold for the library's default, where it can hold that."""
        number = self.before
        if self.variable is None or isinstance(number, bool) or not isinstance(number, int | float):
            return None
        if float(number).is_integer():
            return str(int(number))
        return None if "int(" in self.new_text else str(number)


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of the change. ``before`` is None for a new file."""

    path: str
    kind: str
    is_new: bool
    edits: int
    lines_before: int
    lines_after: int


@dataclass(frozen=True, slots=True)
class OldValue:
    """A variable whose default is another now, with the value that gives the old behaviour."""

    variable: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """What of the plan is in the new files: a file that failed a check is left out of them."""

    settings: tuple[Setting, ...]
    additions: tuple[Added, ...]
    other_edits: tuple[Edit, ...]
    """Imports, comments and documentation of variables."""
    variables: tuple[Variable, ...]
    left_out: frozenset[Range]
    files: tuple[ChangedFile, ...]
    old_values: tuple[OldValue, ...]

    @property
    def added_for_good(self) -> int:
        """Added arguments that no variable gives the library's own default back."""
        return sum(added.changed and added.old_text is None for added in self.additions)

    @property
    def was_none(self) -> int:
        """Values that were None, which no variable can hold."""
        return sum(s.changed and s.old_value is None for s in self.settings)


def applied(migration: Migration) -> Applied:
    """Join plan and files. Everything is in order of path and place, or of name."""
    plan = migration.plan
    changed = {c.path for c in (*migration.code, *migration.tests)}
    decisions = [d for d in plan.decisions if d.edit is not None]
    additions = [a for a in plan.additions if a.edit is not None]
    edits = [e for e in (*(d.edit for d in decisions), *(a.edit for a in additions)) if e]
    left_out = frozenset(range_of(e) for e in edits if e.path not in changed)
    done_decisions = [d for d in decisions if d.edit and d.edit.path in changed]
    settings = _settings(done_decisions, migration.snapshot)
    added = _added(migration, [a for a in additions if a.edit and a.edit.path in changed])
    done = {range_of(edit) for edit in edits}
    return Applied(
        settings=settings,
        additions=added,
        other_edits=_distinct(
            edit
            for change in sorted(migration.code, key=lambda c: c.path)
            for edit in sorted(change.edits, key=lambda e: (e.start, e.end))
            if range_of(edit) not in done
        ),
        variables=_variables(migration, left_out),
        left_out=left_out,
        files=_files(migration),
        old_values=_old_values(settings, added),
    )


def _distinct(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The first of those that do the same on one line."""
    found: dict[tuple[str, int, str], Edit] = {}
    for edit in edits:
        found.setdefault((edit.path, edit.line, edit.reason), edit)
    return tuple(found.values())


def range_of(edit: Edit) -> Range:
    """What identifies an edit."""
    return edit.path, edit.start, edit.end


def variable_of(decision: Decision, snapshot: Snapshot) -> str | None:
    """The variable that sets a decision's value after the change, if code on its way reads it.

    What the plan says is held against the text: the new expression, a field that a settings
    class fills, or the name in a file that the value passes through.
    """
    site, edit = decision.site, decision.edit
    name = decision.variable or site.env
    if name is None:
        return None
    if edit is not None and name in edit.new:
        return name
    if site.holder is Holder.SETTINGS_FIELD or (edit is None and site.env is not None):
        return name
    paths = {site.path, *(step.path for step in site.chain), *([edit.path] if edit else [])}
    texts = [source.text for path in paths if (source := snapshot.python.get(path)) is not None]
    # A reader may add a prefix: ``DB_POOL_SIZE`` is written ``"POOL_SIZE"`` then.
    parts = name.split("_")
    tails = ("_".join(parts[start:]) for start in range(len(parts)))
    read = re.compile("|".join(rf"[\"']{re.escape(tail)}[\"']" for tail in tails), re.IGNORECASE)
    return name if any(read.search(text) for text in texts) else None


def _settings(decisions: list[Decision], snapshot: Snapshot) -> tuple[Setting, ...]:
    by_range: dict[Range, list[Decision]] = {}
    for decision in decisions:
        assert decision.edit is not None
        by_range.setdefault(range_of(decision.edit), []).append(decision)
    return tuple(_setting(by_range[key], snapshot) for key in sorted(by_range))


def _setting(decisions: list[Decision], snapshot: Snapshot) -> Setting:
    first = decisions[0]
    edit = first.edit
    assert edit is not None
    return Setting(
        path=edit.path,
        line=edit.line,
        arguments=tuple(sorted({d.site.argument for d in decisions})),
        old_text=edit.old,
        new_text=edit.new,
        old_value=first.site.value,
        new_value=first.new_value,
        variable=variable_of(first, snapshot),
        moved=first.site.env is None,
        split=_split(decisions),
    )


def _added(migration: Migration, additions: list[Addition]) -> tuple[Added, ...]:
    """One entry per call and argument, in order of place and name."""
    pools = {(one.pool.key, one.pool.call): one.pool for one in migration.plan.pools}
    found: dict[tuple[str, int, str], Added] = {}
    for addition in additions:
        edit, call = addition.edit, addition.call
        assert edit is not None
        pool = pools.get((addition.pool, call))
        before = pool.arguments.get(addition.argument, ()) if pool is not None else ()
        added = Added(
            path=edit.path,
            line=call.line if call is not None else addition.pool.line,
            argument=addition.argument,
            value=addition.value,
            new_text=edit.new,
            variable=addition.variable,
            before=before[0] if len(before) == 1 else None,
        )
        found.setdefault((edit.path, edit.start, addition.argument), added)
    return tuple(sorted(found.values(), key=lambda one: (one.path, one.line, one.argument)))


def _split(decisions: list[Decision]) -> str | None:
    """The plan's words on the split, which the variable's name follows."""
    for decision in decisions:
        if decision.site.value != decision.new_value and " is capped at " in decision.reason:
            return decision.reason.removesuffix(f": {decision.variable}")
    return None


def _variables(migration: Migration, left_out: frozenset[Range]) -> tuple[Variable, ...]:
    """The plan's variables without the files that were left out."""
    missing = {
        (decision.variable, decision.edit.path)
        for decision in migration.plan.decisions
        if decision.edit is not None and range_of(decision.edit) in left_out
    }
    read = {variable_of(decision, migration.snapshot) for decision in migration.plan.decisions}
    read |= {addition.variable for addition in migration.plan.additions}
    found = []
    for variable in sorted(migration.plan.variables, key=lambda v: v.name):
        paths = tuple(p for p in sorted(variable.paths) if (variable.name, p) not in missing)
        if variable.name in read and (paths or not variable.paths):
            found.append(
                Variable(
                    variable.name,
                    variable.default,
                    variable.role,
                    tuple(sorted(variable.arguments)),
                    paths,
                    variable.is_new,
                )
            )
    return tuple(found)


def _files(migration: Migration) -> tuple[ChangedFile, ...]:
    kinds = (("code", migration.code), ("tests", migration.tests))
    found = []
    for kind, changes in kinds:
        for change in sorted(changes, key=lambda c: c.path):
            other = kind == "code" and not change.path.endswith((".py", ".pyi"))
            found.append(_file(change, "documentation of variables" if other else kind))
    return tuple(found)


def _file(change: FileChange, kind: str) -> ChangedFile:
    return ChangedFile(
        path=change.path,
        kind=kind,
        is_new=change.before is None,
        edits=sum(edit.reason != LAYOUT for edit in change.edits),
        lines_before=len((change.before or b"").splitlines()),
        lines_after=len(change.after.splitlines()),
    )


def _old_values(
    settings: tuple[Setting, ...], additions: tuple[Added, ...]
) -> tuple[OldValue, ...]:
    found: dict[str, list[Scalar]] = {}
    for setting in settings:
        if setting.changed and setting.variable is not None and setting.old_value is not None:
            found.setdefault(setting.variable, []).append(setting.old_value)
    for added in additions:
        if added.changed and added.variable is not None and added.old_text is not None:
            values = found.setdefault(added.variable, [])
            values += [] if added.old_text in map(str, values) else [added.old_text]
    return tuple(
        OldValue(name, tuple(dict.fromkeys(values))) for name, values in sorted(found.items())
    )
