"""Literals that are one operand of a calculation: an edit of them changes its result, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from poolenv.catalogue.possibilities import number
from poolenv.model import Action, Decision, Holder, Policy, Pool, PoolKey, Remark, Role, Site
from poolenv.plan.targets import Sinks, Target, matches

_OBSTACLE = "it takes part in a calculation"
_BOUND = re.compile(r"\b(?:min|max)\(")
"""``min(keep, most)``: a lower operand only makes the result lower, so it may change."""


@dataclass(frozen=True, slots=True)
class Calculated:
    """Positions of the sites that calculations touch."""

    operands: frozenset[int]
    """The argument is not this value alone (``max_size=size + overflow``)."""
    held: frozenset[int]
    """Those, and the sites of the same literals elsewhere (``min_size=size``): they keep their
    values, as the result would change unseen."""
    derived: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    """Held sites whose literal another argument's expression names, with that expression."""


def calculated(
    sites: tuple[Site, ...], pools: Iterable[Pool], derived: Mapping[int, str] | None = None
) -> Calculated:
    """The operands among the sites, and the sites that share a literal with one.

    ``derived`` are sites to hold as well, with the expressions that compute with their names.
    """
    by_key: dict[PoolKey, list[Pool]] = {}
    for pool in pools:
        by_key.setdefault(pool.key, []).append(pool)
    operands = frozenset(i for i, s in enumerate(sites) if _operand(s, by_key.get(s.pool, ())))
    sources = {sites[i].source for i in operands} - {None}
    held = operands | {i for i, site in enumerate(sites) if site.source in sources}
    named = MappingProxyType(dict(derived or {}))
    return Calculated(operands, frozenset({*held, *named}), named)


def _operand(site: Site, pools: Iterable[Pool]) -> bool:
    """An operand is no value of the argument, which nobody knows."""
    if (site.obstacle or "").startswith(_OBSTACLE):
        return True
    if site.holder in (Holder.EXPRESSION, Holder.FIXED) or site.source is None:
        return False
    if any(_BOUND.search(step.text) for step in site.chain):
        return False
    return any(
        site.argument in pool.lost and site.value not in pool.arguments.get(site.argument, ())
        for pool in pools
    )


def hold(
    found: dict[int, Target],
    sites: tuple[Site, ...],
    which: Calculated,
    policy: Policy,
    sinks: Sinks,
) -> Iterator[Remark]:
    """Give the held sites their own values back, and say where the policy is not met so."""
    unmet: Mapping[tuple[str, int, str], Remark] = {
        (s.path, s.line, s.argument): Remark(
            s.path, s.line, f"the policy is not met for {s.argument}, which is calculated here"
        )
        for s in (sites[i] for i in sorted(which.operands))
        if not s.in_test and _asked_for(s, policy, sinks)
    }
    yield from unmet.values()
    maximum = any(rule.target == Role.MAX.value for rule in policy.rules)
    for index in sorted(which.held):
        site, target = sites[index], found[index]
        asked = target.reason is not None or (
            index in which.derived and maximum and site.role in (Role.SIZE, Role.OVERFLOW)
        )
        if asked and index not in which.operands and not site.in_test:
            what = "its literal is part of a calculation, too"
            if index in which.derived:
                what = (
                    f"its literal is also used in {which.derived[index]}, so the policy is not met"
                )
            text = f"{site.argument} stays {site.value}: {what}"
            yield Remark(site.path, site.line, text)
        found[index] = Target(number(site.value), None)


def _asked_for(site: Site, policy: Policy, sinks: Sinks) -> bool:
    argument = sinks.argument(site.sink, site.argument)
    summed = argument.role in (Role.SIZE, Role.OVERFLOW)
    return any(
        rule.action is not Action.ENSURE
        and (matches(rule, argument) or (summed and rule.target == Role.MAX.value))
        for rule in policy.rules
    )


def with_changed_literals(decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """Sites that are kept say so where their literal changes, as another site's.

    ``max_size=size + overflow`` stays as it is written, and reads ``size`` from a variable now.
    """
    changed = {
        d.site.source: d for d in decisions if d.edit is not None and d.site.source is not None
    }
    return tuple(
        _said(d, changed[d.site.source]) if d.edit is None and d.site.source in changed else d
        for d in decisions
    )


def _said(kept: Decision, changed: Decision) -> Decision:
    value = changed.new_value
    becomes = "" if value == kept.site.value else f", {value} by default"
    text = f"{kept.reason}; its literal becomes a read of {changed.variable}{becomes}"
    return replace(kept, reason=text, new_value=value)
