"""The plan without the files that could not be changed, and what then is true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from poolenv.catalogue.entry import Catalogue
from poolenv.model import Addition, Decision, Plan, Role, Scalar, Variable, Verdict
from poolenv.plan.limits import pool_changes
from poolenv.plan.targets import Sinks


def without_files(decided: Plan, left_out: Mapping[str, str], catalogue: Catalogue) -> Plan:
    """The plan without the edits of files that were left out, each with its reason.

    Their sites keep their values; variables and pools are those of what is really changed.
    """
    if not left_out:
        return decided
    decisions = tuple(_kept(decision, left_out) for decision in decided.decisions)
    additions = tuple(_not_added(addition, left_out) for addition in decided.additions)
    roles = {name: v.role for v in decided.variables for name in v.arguments}
    return replace(
        decided,
        decisions=decisions,
        edits=tuple(edit for edit in decided.edits if edit.path not in left_out),
        variables=variables_of(decisions, additions, roles),
        additions=additions,
        pools=pool_changes(
            (change.pool for change in decided.pools), decisions, additions, Sinks(catalogue)
        ),
    )


def _kept(decision: Decision, left_out: Mapping[str, str]) -> Decision:
    """A decision whose edit is not made: the site stays what it was."""
    site, edit = decision.site, decision.edit
    if edit is None:
        return decision
    source = site.source.path if site.source is not None else edit.path
    if edit.path in left_out:
        return replace(
            decision,
            verdict=Verdict.KEEP if site.env is None else Verdict.ALREADY_ENV,
            reason=f"left out: {left_out[edit.path]}",
            variable=site.env,
            new_value=site.value,
            edit=None,
        )
    return replace(decision, new_value=site.value) if source in left_out else decision


def _not_added(addition: Addition, left_out: Mapping[str, str]) -> Addition:
    edit = addition.edit
    if edit is None or edit.path not in left_out:
        return addition
    return replace(addition, edit=None, reason=f"left out: {left_out[edit.path]}", variable=None)


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
