"""The plan without the files that could not be changed, and what then is true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from poolenv.catalogue.entry import Catalogue
from poolenv.model import Addition, Decision, Edit, Plan, PoolKey, Role, Scalar, Variable, Verdict
from poolenv.plan.limits import pool_changes, uses_of
from poolenv.plan.spreading import without_lonely_breaks
from poolenv.plan.targets import Sinks


def without_files(decided: Plan, left_out: Mapping[str, str], catalogue: Catalogue) -> Plan:
    """The plan without the edits of files that were left out, each with its reason.

    A pool that loses one of its edits loses all of them, in other files, too. Their sites keep
    their values; variables and pools are those of what is really changed.
    """
    if not left_out:
        return decided
    dropped = _dropped(decided, left_out)
    decisions = tuple(_kept(decision, dropped) for decision in decided.decisions)
    additions = tuple(_not_added(addition, dropped) for addition in decided.additions)
    roles = {name: v.role for v in decided.variables for name in v.arguments}
    return replace(
        decided,
        decisions=decisions,
        edits=without_lonely_breaks(_made(decided, left_out, dropped)),
        variables=variables_of(decisions, additions, roles),
        additions=additions,
        pools=pool_changes(
            (change.pool for change in decided.pools), decisions, additions, Sinks(catalogue)
        ),
    )


def _dropped(decided: Plan, left_out: Mapping[str, str]) -> dict[Edit, str]:
    """The edits that are not made, each with the reason.

    One that several pools share takes all their edits with it.
    """
    uses = uses_of(change.pool for change in decided.pools)
    pools_of: dict[Edit, set[PoolKey]] = {}
    for decision in decided.decisions:
        if decision.edit is not None:
            own = uses.get(decision.site.pool, {decision.site.pool})
            pools_of.setdefault(decision.edit, set()).update(own)
    for addition in decided.additions:
        if addition.edit is not None:
            own = uses.get(addition.pool, {addition.pool})
            pools_of.setdefault(addition.edit, set()).update(own)
    dropped = {edit: left_out[edit.path] for edit in pools_of if edit.path in left_out}
    for decision in decided.decisions:
        edit, source = decision.edit, decision.site.source
        if edit is not None and source is not None and source.path in left_out:
            dropped.setdefault(edit, left_out[source.path])
    because: dict[PoolKey, str] = {}
    new = list(dropped)
    while new:
        because.update({key: e.path for e in new for key in pools_of[e] if key not in because})
        new = [e for e, keys in pools_of.items() if e not in dropped and keys & because.keys()]
        for edit in new:
            path = next(because[key] for key in sorted(pools_of[edit] & because.keys(), key=_place))
            dropped[edit] = f"its pool needs {path}, which is left out, too"
    return dropped


def _made(
    decided: Plan, left_out: Mapping[str, str], dropped: Mapping[Edit, str]
) -> Iterator[Edit]:
    """The edits that stay: not those of left-out files, nor what only belongs to a dropped one."""
    literals = {
        (d.site.source.path, d.site.source.line)
        for d in decided.decisions
        if d.edit in dropped and d.site.whole_source is not None and d.site.source is not None
    }
    calls = [a.call for a in decided.additions if a.edit in dropped and a.call is not None]
    listed = {d.edit for d in decided.decisions} | {a.edit for a in decided.additions}
    for edit in decided.edits:
        if edit.path in left_out or edit in dropped:
            continue
        inside = any(c.path == edit.path and c.line <= edit.line <= c.end_line for c in calls)
        if edit not in listed and (inside or (edit.path, edit.line) in literals):
            continue
        yield edit


def _place(key: PoolKey) -> tuple[str, int, int]:
    return key.path, key.line, key.column


def _kept(decision: Decision, dropped: Mapping[Edit, str]) -> Decision:
    """A decision whose edit is not made: the site stays what it was."""
    site, edit = decision.site, decision.edit
    if edit is None or edit not in dropped:
        return decision
    return replace(
        decision,
        verdict=Verdict.KEEP if site.env is None else Verdict.ALREADY_ENV,
        reason=f"left out: {dropped[edit]}",
        variable=site.env,
        new_value=site.value,
        edit=None,
    )


def _not_added(addition: Addition, dropped: Mapping[Edit, str]) -> Addition:
    edit = addition.edit
    if edit is None or edit not in dropped:
        return addition
    return replace(addition, edit=None, reason=f"left out: {dropped[edit]}", variable=None)


def variables_of(
    decisions: Iterable[Decision], additions: Iterable[Addition], roles: Mapping[str, Role]
) -> tuple[Variable, ...]:
    """The variables that set pool arguments after the change, in order of name.

    ``roles`` are those of added arguments, by name. A variable with several defaults (branches of
    one argument) has the first one.
    """
    found: dict[str, _Variable] = {}
    for decision in decisions:
        site = decision.site
        if decision.variable is not None and not site.in_test:
            path = site.source.path if site.source else site.path
            one = found.setdefault(decision.variable, _Variable(site.role))
            one.add(site.argument, path, decision.new_value, read=site.env == decision.variable)
    for addition in additions:
        if addition.variable is not None and addition.edit is not None:
            role = roles.get(addition.argument, Role.OTHER)
            one = found.setdefault(addition.variable, _Variable(role))
            one.add(addition.argument, addition.edit.path, addition.value, read=False)
    return tuple(one.frozen(name) for name, one in sorted(found.items()))


class _Variable:
    """One variable while its readers are collected."""

    def __init__(self, role: Role) -> None:
        self.role = role
        self.arguments: set[str] = set()
        self.paths: set[str] = set()
        self.defaults: list[Scalar] = []
        self.is_new = True

    def add(self, argument: str, path: str, default: Scalar, *, read: bool) -> None:
        self.arguments.add(argument)
        self.paths.add(path)
        self.defaults += [default] if default is not None else []
        self.is_new = self.is_new and not read

    def frozen(self, name: str) -> Variable:
        return Variable(
            name=name,
            default=self.defaults[0] if self.defaults else None,
            role=self.role,
            arguments=tuple(sorted(self.arguments)),
            paths=tuple(sorted(self.paths)),
            is_new=self.is_new,
        )
