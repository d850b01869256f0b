"""What was not rewritten, each place with its reason, same reasons together."""

from __future__ import annotations

from dataclasses import dataclass

from poolenv.model import Migration, Scalar, Verdict


@dataclass(frozen=True, slots=True, order=True)
class NotRewritten:
    """One pool argument that the change leaves as it is."""

    path: str
    line: int
    column: int
    argument: str
    shown: str
    """The value as written, or as known; empty where it is not."""


@dataclass(frozen=True, slots=True)
class Group:
    """All places with one reason."""

    reason: str
    places: tuple[NotRewritten, ...]


@dataclass(frozen=True, slots=True)
class Refusals:
    """By what the reader has to do: nothing (kept, already a variable) or look (unknown)."""

    kept: tuple[Group, ...]
    not_added: tuple[Group, ...]
    already: tuple[Group, ...]
    unknown: tuple[Group, ...]
    kept_in_tests: tuple[Group, ...]

    @property
    def number(self) -> int:
        """Places of the application's own code that keep a fixed or unknown value."""
        return sum(len(group.places) for group in (*self.kept, *self.unknown))

    @property
    def number_not_added(self) -> int:
        """Arguments that the policy asks for and no call got."""
        return sum(len(group.places) for group in self.not_added)


def refusals(migration: Migration) -> Refusals:
    """Every decision without an edit, every unresolved argument, every addition not made."""
    kept: dict[str, set[NotRewritten]] = {}
    tests: dict[str, set[NotRewritten]] = {}
    already: dict[str, set[NotRewritten]] = {}
    unknown: dict[str, set[NotRewritten]] = {}
    not_added: dict[str, set[NotRewritten]] = {}
    production = {d.site.source for d in migration.plan.decisions if not d.site.in_test}
    for decision in migration.plan.decisions:
        site = decision.site
        is_shared = site.in_test and site.source is not None and site.source in production
        if decision.edit is not None or is_shared:
            continue  # A value that test code gets, too, is listed once, where the code has it.
        target = tests if site.in_test else kept
        if decision.verdict is Verdict.ALREADY_ENV:
            target = already
        elif decision.verdict is Verdict.UNRESOLVED and not site.in_test:
            target = unknown
        shown = site.source_text or _shown(site.value)
        place = NotRewritten(site.path, site.line, site.column, site.argument, shown)
        target.setdefault(decision.reason, set()).add(place)
    known = {(p.path, p.line, p.column, p.argument) for s in unknown.values() for p in s}
    for lost in migration.trace.unresolved:
        if (lost.path, lost.line, lost.column, lost.argument) not in known:
            place = NotRewritten(lost.path, lost.line, lost.column, lost.argument, "")
            (tests if lost.in_test else unknown).setdefault(lost.reason, set()).add(place)
    for addition in migration.plan.additions:
        if addition.edit is None:
            at = addition.call or addition.pool
            shown = f"{addition.argument}={addition.value!r}"
            place = NotRewritten(at.path, at.line, at.column, shown, "")
            not_added.setdefault(addition.reason, set()).add(place)
    every = (kept, not_added, already, unknown, tests)
    return Refusals(*map(_groups, every))


def _shown(value: Scalar) -> str:
    return "" if value is None else repr(value)


def _groups(places: dict[str, set[NotRewritten]]) -> tuple[Group, ...]:
    return tuple(Group(reason, tuple(sorted(own))) for reason, own in sorted(places.items()))
