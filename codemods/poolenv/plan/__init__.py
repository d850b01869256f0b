"""Decides every site: what becomes of its value, under which variable, by which edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from poolenv.catalogue.entry import Catalogue
from poolenv.catalogue.possibilities import number
from poolenv.model import (
    Decision,
    Holder,
    Plan,
    Policy,
    PoolKey,
    Remark,
    Scalar,
    Site,
    Snapshot,
    Span,
    Trace,
    Verdict,
)
from poolenv.plan.additions import additions, missing_arguments
from poolenv.plan.calculations import calculated, hold, with_changed_literals
from poolenv.plan.decide import Facts, obstacles, shared_literals, verdict_of
from poolenv.plan.derived import derived
from poolenv.plan.edits import Editor, apart, converts, new_value, unconverted
from poolenv.plan.existing import Existing, defaults_of
from poolenv.plan.left_out import variables_of, without_files
from poolenv.plan.limits import pool_changes
from poolenv.plan.missing import Missing
from poolenv.plan.named import Named, limiting
from poolenv.plan.naming import variable_names
from poolenv.plan.places import is_float
from poolenv.plan.pool_limits import (
    Members,
    hold_maximum,
    keys_of,
    lower_minimum,
    lowered_with,
    lowest_minimum_where_shared,
    lowest_where_shared,
    members_of,
    other_classes,
    split_maximum,
)
from poolenv.plan.servers import servers_of
from poolenv.plan.spreading import growth_of, with_breaks
from poolenv.plan.surroundings import Surroundings
from poolenv.plan.targets import Sinks, Target, own_target, own_targets, unclear

__all__ = ["plan", "without_files"]


def plan(snapshot: Snapshot, found: Trace, policy: Policy, catalogue: Catalogue) -> Plan:
    """Decide all sites of a trace under a policy.

    Every site gets a decision, in the trace's order; edits never overlap (one literal that feeds
    several sites gets one edit, and a refusal where it can't serve them all).
    """
    return _Planner(found, policy, Sinks(catalogue), Surroundings(snapshot)).plan()


@dataclass(slots=True)
class _Planner:
    found: Trace
    policy: Policy
    sinks: Sinks
    surroundings: Surroundings
    remarks: list[Remark] = field(default_factory=list)

    def plan(self) -> Plan:
        sites, pools = self.found.sites, self.found.pools
        wanted, reasons = self._decided()
        missing = missing_arguments(
            pools, self._after(wanted, reasons), self.policy, self.sinks, self.surroundings, sites
        )
        names = self._names(wanted, reasons, missing)
        editor = Editor(self.surroundings)
        decisions = with_changed_literals(
            tuple(
                self._decision(editor, site, wanted[i], reasons[i], names.get(site))
                for i, site in enumerate(sites)
            )
        )
        made = editor.made.values()
        added, insertions = additions(missing, names, self.surroundings, growth_of(made))
        self.remarks += other_classes(pools)
        roles = {one.argument.name: one.argument.role for one in missing}
        return Plan(
            decisions=decisions,
            edits=apart(with_breaks(made, insertions, self.surroundings)),
            variables=variables_of(decisions, added, roles),
            additions=added,
            remarks=tuple(self.remarks),
            pools=pool_changes(pools, decisions, added, self.sinks),
            policy=self.policy,
        )

    def _decided(self) -> tuple[dict[int, Target], dict[int, str | None]]:
        """What every site's default becomes, and what hinders it, by position."""
        sites = self.found.sites
        wanted = own_targets(sites, self.policy, self.sinks)
        named = derived(sites, wanted, self.surroundings)
        which = calculated(sites, self.found.pools, named)
        self.remarks += hold(wanted, sites, which, self.policy, self.sinks)
        members = members_of(self.found.pools, sites, wanted, self.sinks, which)
        for one in members:
            split_maximum(one, self.policy, self.sinks)
        lowest_where_shared(sites, wanted, self.policy)
        for one in members:
            lower_minimum(one, self.policy)
        lowest_minimum_where_shared(sites, wanted)
        keys = frozenset(key for pool in self.found.pools for key in keys_of(pool))
        facts = Facts(self.policy, self.sinks, self.surroundings, keys)
        reasons = obstacles(sites, wanted, facts)
        self._hold(members, wanted, reasons)
        for i, site in enumerate(sites):
            doubt = None if site.in_test else unclear(site, self.policy, self.sinks)
            for said in filter(None, (doubt, unconverted(site, self.sinks))):
                self.remarks.append(Remark(site.path, site.line, said))
            if reasons[i] is None and site.holder is Holder.EXPRESSION:
                wanted[i] = self._as_annotated(site, wanted[i])
        return wanted, reasons

    def _hold(
        self,
        members: list[Members],
        wanted: dict[int, Target],
        reasons: dict[int, str | None],
    ) -> None:
        """Hold maxima above minima that stay, and refuse literals of several meanings.

        Either may make the other necessary: a minimum that is refused holds its maximum.
        """
        sites = self.found.sites
        said: set[Remark] = set()
        while True:
            for one in members:
                held = hold_maximum(one, reasons)
                for index in lowered_with(one, [i for i, _ in held]):
                    wanted[index] = own_target(sites[index], self.policy, self.sinks)
                for index, why in held:
                    site = sites[index]
                    wanted[index] = Target(site.value, None)
                    said.add(Remark(site.path, site.line, f"not capped: {why}"))
            unhindered = [i for i, why in reasons.items() if why is None]
            refused = shared_literals(sites, wanted, unhindered)
            newly = {i: refused[sites[i].source] for i in unhindered if sites[i].source in refused}
            reasons.update(newly)
            if not newly:
                break
        self.remarks += sorted(said, key=lambda one: (one.path, one.line, one.text))

    def _as_annotated(self, site: Site, target: Target) -> Target:
        """A whole number as the float that its annotation says, so that ``2.5`` may be set."""
        value = target.value
        if isinstance(value, bool) or not isinstance(value, int):
            return target
        return Target(float(value), target.reason) if is_float(site, self.surroundings) else target

    def _after(
        self, wanted: Mapping[int, Target], reasons: Mapping[int, str | None]
    ) -> dict[tuple[PoolKey, str], tuple[Scalar, ...]]:
        """The values of each argument after the change, those that stay included."""
        after: dict[tuple[PoolKey, str], tuple[Scalar, ...]] = {}
        operands = calculated(self.found.sites, self.found.pools).operands
        for i, site in enumerate(self.found.sites):
            if i in operands:
                continue
            key = (site.pool, site.argument)
            value = wanted[i].value if reasons[i] is None else site.value
            after[key] = (*after.get(key, ()), value)
        return after

    def _names(
        self,
        wanted: Mapping[int, Target],
        reasons: Mapping[int, str | None],
        missing: tuple[Missing, ...],
    ) -> dict[Site, str]:
        """The variable of every site that becomes a read, and of every added argument."""
        rewritten = [
            (site, self._named(site, wanted[i]))
            for i, site in enumerate(self.found.sites)
            if reasons[i] is None and site.holder is Holder.EXPRESSION
        ]
        production = {site.source for site, _ in rewritten if not site.in_test}
        need = limiting(
            [named for s, named in rewritten if not s.in_test or s.source not in production],
            self.sinks,
        )
        more = [Named(one.site, one.value, one.argument.default) for one in missing if one.reads]
        pools, policy, sinks = self.found.pools, self.policy, self.sinks
        every = tuple(self._with_new_defaults(wanted, reasons))
        operands = calculated(self.found.sites, pools).operands
        plain = tuple(site for i, site in enumerate(every) if i not in operands)
        only = frozenset(every[i].env or "" for i in operands) - {site.env for site in plain}
        servers = servers_of(pools, every, policy, sinks, self.surroundings)
        given, remarks = variable_names(
            (*need, *more),
            Existing(plain, defaults_of(self.found.sites), only),
            pools,
            servers,
            policy,
            sinks,
        )
        self.remarks += remarks
        by_source: dict[Span, str] = {}
        for named in need:
            assert named.site.source is not None
            by_source.setdefault(named.site.source, given[named.site])
        for site, _ in rewritten:
            assert site.source is not None
            given[site] = by_source[site.source]
        return given

    def _named(self, site: Site, target: Target) -> Named:
        assert site.source is not None
        around = self.surroundings.around(site.source)
        before = number(site.value)
        return Named(site, target.value, before, around.owner, around.name, around.classes)

    def _with_new_defaults(
        self, wanted: Mapping[int, Target], reasons: Mapping[int, str | None]
    ) -> Iterable[Site]:
        """The sites with the defaults they will have, by which names are compared."""
        for i, site in enumerate(self.found.sites):
            changes = site.env is not None and reasons[i] is None
            yield replace(site, value=wanted[i].value) if changes else site

    def _decision(
        self, editor: Editor, site: Site, target: Target, reason: str | None, name: str | None
    ) -> Decision:
        if reason is not None:
            verdict = Verdict.ALREADY_ENV if site.env is not None else Verdict.KEEP
            return Decision(site, verdict, reason, site.env, site.value)
        typed = converts(site, self.sinks)
        verdict, why = verdict_of(site, target, converts=typed)
        if site.in_test and not self.policy.rewrite_tests:
            why = f"its literal feeds production code, too; {why}"
        variable = name if site.holder is Holder.EXPRESSION else site.env
        if verdict is Verdict.ALREADY_ENV:
            return Decision(site, verdict, why, variable, site.value)
        edit = editor.edit(site, target, variable or "", why, converts=typed)
        if site.holder is Holder.EXPRESSION:
            why = f"{why}: {variable}"
        value = target.value if typed else new_value(site, target)
        return Decision(site, verdict, why, variable, value, edit)
