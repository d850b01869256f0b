"""What the generated test pins: one row per place that the plan decided on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from poolenv.limits_test.pinned_code import (
    defaults,
    evaluate,
    is_number,
    literals,
    names_of,
    reads,
)
from poolenv.limits_test.running_alone import runs_alone
from poolenv.model import Decision, Edit, Plan, Scalar, Snapshot, Verdict
from poolenv.syntax.bindings.holders import holder_name
from poolenv.syntax.source.newer_syntax import mask
from poolenv.syntax.source.parse import parse
from poolenv.syntax.source.positions import Lines, splice
from poolenv.syntax.source.tokens import UnreadableError

_PINNED = (Verdict.REWRITE, Verdict.CHANGE_DEFAULT, Verdict.ALREADY_ENV)


@dataclass(frozen=True, slots=True)
class Limit:
    """A default that can be evaluated: an expression over ``os.environ``."""

    module: str
    variable: str
    argument: str
    default: Scalar
    reads: int = 1
    """How many expressions of the module read the variable and fall back to the default."""
    typed: bool = True
    """The expression converts what it reads: to a number, or to a flag."""


@dataclass(frozen=True, slots=True)
class Written:
    """A default that a settings library reads: it can only be pinned as it is written."""

    module: str
    name: str
    argument: str
    default: Scalar
    places: int = 1
    """How often the module gives the name this default."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A constant of a module that runs alone: standard library, constants and definitions."""

    module: str
    name: str
    variable: str
    default: Scalar


@dataclass(frozen=True, slots=True)
class Pinned:
    """Everything one generated test file pins."""

    limits: tuple[Limit, ...]
    written: tuple[Written, ...]
    loaded: tuple[Loaded, ...]
    no_literals: tuple[tuple[str, str], ...]
    """Module and name: no bare number may be given to that name there."""
    newer: tuple[str, ...]
    """Modules in syntax that Python has since 3.12 or later."""

    @property
    def empty(self) -> bool:
        """There is nothing to pin."""
        return not (self.limits or self.written)


@dataclass(frozen=True, slots=True)
class After:
    """One module as it is after the plan's edits."""

    old: Lines
    lines: Lines
    tree: ast.Module
    edits: tuple[Edit, ...]
    names: dict[str, object]
    """What its expressions may use: ``os`` and the module's plain numbers."""
    _reads: dict[str, list[ast.expr]] = field(default_factory=dict)

    def reads(self, variable: str) -> list[ast.expr]:
        """The expressions that read a variable, found once."""
        if variable not in self._reads:
            is_named = variable in self.lines.text
            self._reads[variable] = reads(self.tree, variable) if is_named else []
        return self._reads[variable]

    def moved(self, offset: int) -> int:
        """Where an offset of the old text is in the new one (an edit's start: its start)."""
        return offset + sum(len(e.new) - len(e.old) for e in self.edits if e.end <= offset)


def pinned(snapshot: Snapshot, plan: Plan) -> Pinned:
    """The rows for every decision on a variable that is not about a test's own pool."""
    rows = _Rows(snapshot, plan)
    for decision in plan.decisions:
        path = _path(decision)
        if path is not None and not decision.site.in_test and decision.verdict in _PINNED:
            rows.decided(decision, path)
    for addition in plan.additions:
        if addition.edit is not None and addition.variable is not None:
            path, name = addition.edit.path, addition.argument
            rows.added(Limit(path, addition.variable, name, addition.value))
    return rows.all()


@dataclass(slots=True)
class _Rows:
    """The rows so far, each once and in the order of the plan."""

    snapshot: Snapshot
    plan: Plan
    modules: dict[str, After | None] = field(default_factory=dict)
    limits: dict[Limit, None] = field(default_factory=dict)
    written: dict[Written, None] = field(default_factory=dict)
    loaded: dict[Loaded, None] = field(default_factory=dict)
    places: dict[tuple[str, str], None] = field(default_factory=dict)

    def after(self, path: str) -> After | None:
        """A module after the plan's edits; None where that can't be parsed."""
        if path not in self.modules:
            self.modules[path] = _after(self.snapshot, self.plan, path)
        return self.modules[path]

    def decided(self, decision: Decision, path: str) -> None:
        """Add the row of a decision whose value is written at ``path``."""
        after = self.after(path)
        if after is None:
            return
        try:
            row = _row(decision, path, after)
        except RecursionError:
            return
        if isinstance(row, Limit):
            self.limits[row] = None
            self.loaded.update(dict.fromkeys(_loaded(row, decision, after)))
        elif row is not None:
            self.written[row] = None
        if row is not None and decision.edit is not None:
            self.places.update(dict.fromkeys(_places(decision, path, after)))

    def added(self, row: Limit) -> None:
        """Add the row of an argument that the plan adds to a call."""
        after = self.after(row.module)
        found = _evaluated(None, row, after) if after is not None else None
        if found is not None:
            self.limits[found] = None
            self.places[row.module, row.argument] = None

    def all(self) -> Pinned:
        """Everything that was added."""
        kept = [p for p in self.places if (a := self.after(p[0])) and not literals(a.tree, p[1])]
        named = {row.module for row in self.limits} | {row.module for row in self.written}
        named |= {path for path, _ in kept}
        newer = tuple(sorted(path for path in named if _is_newer(self.snapshot, path)))
        return Pinned(
            tuple(self.limits),
            tuple(self.written),
            tuple(self.loaded),
            tuple(sorted(kept)),
            newer,
        )


def _is_newer(snapshot: Snapshot, path: str) -> bool:
    """Some words of the module are no syntax of Python 3.11, whatever Python this is."""
    try:
        return mask(snapshot.python[path].text) is not None
    except UnreadableError:
        return False


def _path(decision: Decision) -> str | None:
    if decision.variable is None and decision.site.env is None:
        return None
    if decision.edit is not None:
        return decision.edit.path
    return decision.site.source.path if decision.site.source else None


def _after(snapshot: Snapshot, plan: Plan, path: str) -> After | None:
    source = snapshot.python.get(path)
    if source is None:
        return None
    edits = tuple(edit for edit in plan.edits if edit.path == path)
    # The rewrite adds these imports later; here they only have to be seen.
    modules = sorted({name for edit in edits for name in edit.imports})
    text = splice(source.text, edits)
    try:
        tree = parse(text, path)
    except SyntaxError:
        return None
    tree.body += [ast.Import(names=[ast.alias(name=name)]) for name in modules]
    return After(Lines(path, source.text), Lines(path, text), tree, edits, names_of(tree))


def _row(decision: Decision, path: str, after: After) -> Limit | Written | None:
    variable = decision.variable or decision.site.env or ""
    argument, default = decision.site.argument, decision.site.value
    if decision.edit is not None:
        default = decision.new_value
    if default is None or isinstance(default, str):
        return None
    place = _range(decision, after)
    row = Limit(path, variable, argument, default)
    found = _evaluated(place, row, after) if place is not None else None
    if found is not None:
        return found
    for name in dict.fromkeys((variable, *_holders(decision, after))):
        places = [str(value) for value in defaults(after.tree, name)].count(str(default))
        if places:
            return Written(path, name, argument, default, places)
    return None


def _evaluated(place: tuple[int, int] | None, row: Limit, after: After) -> Limit | None:
    """The row of the read that stands at a place (or anywhere), None where there is none."""
    found = after.reads(row.variable)
    for node in found:
        start, end = after.lines.range_of(node)
        if place is not None and (end <= place[0] or place[1] <= start):
            continue
        default, typed = _fallback(node, row, after), _converts(node)
        if default is not None:
            row = replace(row, default=row.default if typed else default, typed=typed)
            alike = [other for other in found if _converts(other) is typed]
            # Equal texts are not enough where nothing converts them: ``5`` is not ``"5"``.
            same = [_fallback(other, row, after) for other in alike]
            kind = type(default)
            count = sum(1 for value in same if value is not None and (typed or type(value) is kind))
            return replace(row, reads=count)
    return None


def _fallback(node: ast.expr, row: Limit, after: After) -> Scalar:
    """The default inside a read as it is written (``"5"``, ``60 * 60``); None: another one."""
    wanted = str(row.default).lower()
    for inner in ast.walk(node):
        value: object = None
        if is_number(inner) and isinstance(inner, ast.expr):
            value = evaluate(inner, {})
        elif isinstance(inner, ast.Constant):
            value = inner.value
        elif isinstance(inner, ast.Name):
            value = after.names.get(inner.id)
        if isinstance(value, int | float | str) and str(value).strip().lower() == wanted:
            return value
    return None


def _converts(node: ast.expr) -> bool:
    """``int(…)`` or ``float(…)``, or the test for a flag's accepted words."""
    if isinstance(node, ast.IfExp):
        return _converts(node.body) and (_converts(node.orelse) or is_number(node.orelse))
    return isinstance(node, ast.Compare) or (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("int", "float")
    )


def _loaded(row: Limit, decision: Decision, after: After) -> Iterator[Loaded]:
    if row.typed and not isinstance(row.default, bool) and runs_alone(after.tree):
        bound = {
            target.id
            for statement in after.tree.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        for name in _holders(decision, after):
            if name in bound:
                yield Loaded(row.module, name, row.variable, row.default)


def _range(decision: Decision, after: After) -> tuple[int, int] | None:
    """Offsets in the new text of what was edited, or of what is read already."""
    edit, source = decision.edit, decision.site.source
    if edit is not None:
        start = after.moved(edit.start)
        return start, start + len(edit.new)
    if source is None:
        return None
    start, end = after.old.range_of_span(source)
    return after.moved(start), after.moved(end)


def _places(decision: Decision, path: str, after: After) -> Iterator[tuple[str, str]]:
    for name in _holders(decision, after):
        yield path, name
    yield decision.site.path, decision.site.argument


def _holders(decision: Decision, after: After) -> list[str]:
    """The name that the edited expression is given to, as the new text has it."""
    place = _range(decision, after)
    if place is None:
        return []
    name = holder_name(after.tree, after.lines, *place)
    return [name] if name else []
