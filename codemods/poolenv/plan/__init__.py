"""Decides every site: what becomes of its value, under which variable, by which edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from poolenv.catalogue.entry import Catalogue
from poolenv.catalogue.possibilities import number
from poolenv.model import (
    Decision,
    Edit,
    Holder,
    Plan,
    Policy,
    Remark,
    Scalar,
    Site,
    Snapshot,
    Span,
    Trace,
    Variable,
    Verdict,
)
from poolenv.plan.additions import additions
from poolenv.plan.decide import obstacle, shared_literals, verdict_of
from poolenv.plan.expressions import converted, environment_read, other_default
from poolenv.plan.limits import pool_changes
from poolenv.plan.naming import Named, variable_names
from poolenv.plan.targets import Sinks, Target, targets
from poolenv.syntax.positions import Lines

__all__ = ["plan", "without_files"]


def plan(snapshot: Snapshot, found: Trace, policy: Policy, catalogue: Catalogue) -> Plan:
    """Decide all sites of a trace under a policy.

    Every site gets a decision, in the trace's order; edits never overlap (one literal that feeds
    several sites gets one edit, and a refusal where it can't serve them all).
    """
    return _Planner(snapshot, found, policy, Sinks(catalogue)).plan()


def without_files(decided: Plan, left_out: Mapping[str, str]) -> Plan:
    """The plan without the edits of files that were left out, each with its reason.

    Their sites keep their values; the pools are counted by what is really changed.
    """
    if not left_out:
        return decided
    decisions = tuple(
        replace(
            d,
            verdict=Verdict.KEEP if d.site.env is None else Verdict.ALREADY_ENV,
            reason=f"left out: {left_out[d.edit.path]}",
            variable=d.site.env,
            new_value=d.site.value,
            edit=None,
        )
        if d.edit is not None and d.edit.path in left_out
        else d
        for d in decided.decisions
    )
    return replace(
        decided,
        decisions=decisions,
        edits=tuple(e for e in decided.edits if e.path not in left_out),
        variables=_variables(decisions),
        additions=tuple(
            replace(a, edit=None, reason=f"left out: {left_out[a.edit.path]}")
            if a.edit is not None and a.edit.path in left_out
            else a
            for a in decided.additions
        ),
    )


@dataclass(slots=True)
class _Planner:
    snapshot: Snapshot
    found: Trace
    policy: Policy
    sinks: Sinks
    _lines: dict[str, Lines] = field(default_factory=dict)
    _edits: dict[Span, Edit] = field(default_factory=dict)

    def plan(self) -> Plan:
        sites = self.found.sites
        wanted = targets(sites, self.found.pools, self.policy, self.sinks)
        reasons = {
            i: obstacle(site, wanted[i], self.policy, self.sinks) for i, site in enumerate(sites)
        }
        open_sites = [i for i, reason in reasons.items() if reason is None]
        refused = shared_literals(sites, wanted, open_sites)
        for i in open_sites:
            source = sites[i].source
            if source in refused:
                reasons[i] = refused[source]
        names, remarks = self._names(wanted, reasons)
        decisions = tuple(
            self._decision(site, wanted[i], reasons[i], names.get(site))
            for i, site in enumerate(sites)
        )
        added, more = additions(self.snapshot, self.found, self.policy, self.sinks)
        edits = (*self._edits.values(), *(a.edit for a in added if a.edit is not None))
        return Plan(
            decisions=decisions,
            edits=tuple(sorted(_apart(edits), key=lambda e: (e.path, e.start, e.end))),
            variables=_variables(decisions),
            additions=added,
            remarks=(*remarks, *more),
            pools=pool_changes(self.found.pools, decisions, added, self.sinks),
            policy=self.policy,
        )

    def _names(
        self, wanted: Mapping[int, Target], reasons: Mapping[int, str | None]
    ) -> tuple[dict[Site, str], tuple[Remark, ...]]:
        need = [
            Named(site, wanted[i].value)
            for i, site in enumerate(self.found.sites)
            if reasons[i] is None and site.holder is Holder.EXPRESSION
        ]
        names, remarks = variable_names(
            need, self._after(wanted), self.found.pools, self.policy, self.sinks
        )
        first: dict[Span, str] = {}
        for one in need:
            assert one.site.source is not None
            first.setdefault(one.site.source, names[one.site])
        kept = {site: first[site.source] for site in names if site.source is not None}
        return kept, remarks

    def _after(self, wanted: Mapping[int, Target]) -> Iterable[Site]:
        """The sites with the defaults they will have, by which names are compared."""
        for i, site in enumerate(self.found.sites):
            yield replace(site, value=wanted[i].value) if site.env is not None else site

    def _decision(
        self, site: Site, target: Target, reason: str | None, name: str | None
    ) -> Decision:
        if reason is not None:
            verdict = Verdict.ALREADY_ENV if site.env is not None else Verdict.KEEP
            return Decision(site, verdict, reason, site.env, site.value)
        converts = self._converts(site)
        verdict, why = verdict_of(site, target, converts=converts)
        variable = name if site.holder is Holder.EXPRESSION else site.env
        if verdict is Verdict.ALREADY_ENV:
            return Decision(site, verdict, why, variable, site.value)
        edit = self._edit(site, target, variable or "", why, converts=converts)
        if site.holder is Holder.EXPRESSION:
            why = f"{why}: {variable}"
        return Decision(site, verdict, why, variable, target.value, edit)

    def _converts(self, site: Site) -> bool:
        """An untyped read whose text the library would not convert."""
        argument = self.sinks.argument(site.sink, site.argument)
        return (
            site.untyped_env
            and site.whole_source is not None
            and argument.type in ("int", "float")
            and argument.strings != "converted"
            and isinstance(number(site.value), int | float)
            and not isinstance(site.value, bool)
        )

    def _edit(self, site: Site, target: Target, variable: str, why: str, *, converts: bool) -> Edit:
        assert site.source is not None
        changed = target.reason is not None
        lines = self._lines_of(site.source.path)
        start, end = lines.range_of_span(site.source)
        old = lines.text[start:end]
        if site.holder is Holder.EXPRESSION:
            new = environment_read(variable, _read_value(site, target), old, changed=changed)
            return self._keep(
                site.source,
                Edit(
                    site.source.path, start, end, old, new, why, site.source.line, frozenset({"os"})
                ),
            )
        inner = other_default(old, target.value) if changed else old
        whole = site.whole_source
        if not converts or whole is None:
            edit = Edit(site.source.path, start, end, old, inner, why, site.source.line)
            return self._keep(site.source, edit)
        outer = self._lines_of(whole.path)
        first, last = outer.range_of_span(whole)
        text = outer.text[first:last]
        if whole.path == site.source.path and first <= start and end <= last:
            read = text[: start - first] + inner + text[end - first :]
        else:
            read = text
            if changed:
                self._keep(
                    site.source,
                    Edit(site.source.path, start, end, old, inner, why, site.source.line),
                )
        new = converted(read, number(target.value))
        return self._keep(whole, Edit(whole.path, first, last, text, new, why, whole.line))

    def _keep(self, span: Span, edit: Edit) -> Edit:
        return self._edits.setdefault(span, edit)

    def _lines_of(self, path: str) -> Lines:
        if path not in self._lines:
            self._lines[path] = Lines(path, self.snapshot.python[path].text)
        return self._lines[path]


def _read_value(site: Site, target: Target) -> Scalar:
    """A text that the library converts stays a text: ``"10"`` in an ini-like mapping."""
    return str(target.value) if isinstance(site.value, str) else target.value


def _apart(edits: Iterable[Edit]) -> list[Edit]:
    """The edits without those that lie inside another one."""
    kept: list[Edit] = []
    for edit in sorted(set(edits), key=lambda e: (e.path, e.start, -e.end)):
        if kept and kept[-1].path == edit.path and edit.start < kept[-1].end:
            continue
        kept.append(edit)
    return kept


def _variables(decisions: Iterable[Decision]) -> tuple[Variable, ...]:
    """The variables that set pool arguments after the change."""
    groups: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.variable is not None and not decision.site.in_test:
            groups.setdefault(decision.variable, []).append(decision)
    found = []
    for name, members in sorted(groups.items()):
        first = next((d for d in members if d.new_value is not None), members[0])
        paths = {d.site.source.path if d.site.source else d.site.path for d in members}
        found.append(
            Variable(
                name=name,
                default=first.new_value,
                role=first.site.role,
                arguments=tuple(sorted({d.site.argument for d in members})),
                paths=tuple(sorted(paths)),
                is_new=all(d.site.env != name for d in members),
            )
        )
    return tuple(found)
