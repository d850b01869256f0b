"""Whether a site may be rewritten at all, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from poolenv.catalogue.possibilities import number
from poolenv.model import Holder, Policy, PoolKey, Role, Site, Span, Verdict
from poolenv.plan.places import is_plain, one_on_purpose
from poolenv.plan.surroundings import Surroundings
from poolenv.plan.targets import Sinks, Target

_LIMITS = frozenset({Role.SIZE, Role.MAX})
_OF_A_TEST = "test code opens this pool"
_FOR_TESTS = "only pools that test code opens get it"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the obstacles of all sites are judged by."""

    policy: Policy
    sinks: Sinks
    surroundings: Surroundings
    pools: frozenset[PoolKey]
    """The calls that open pools, wrappers' included."""


def obstacles(
    sites: tuple[Site, ...],
    targets: Mapping[int, Target],
    facts: Facts,
) -> dict[int, str | None]:
    """Why each site keeps its text, by position; None where it may change.

    A literal that feeds production code and a test's own pool changes for both.
    """
    found = {i: _obstacle(site, targets[i], facts) for i, site in enumerate(sites)}
    production = {
        site.source for i, site in enumerate(sites) if found[i] is None and not site.in_test
    }
    with_tests = replace(facts, policy=replace(facts.policy, rewrite_tests=True))
    for i, site in enumerate(sites):
        if (
            found[i] in (_OF_A_TEST, _FOR_TESTS)
            and site.source is not None
            and site.source in production
        ):
            found[i] = _obstacle(site, targets[i], with_tests)
    _keep_ones(sites, found, facts.surroundings)
    return found


def _keep_ones(
    sites: tuple[Site, ...], found: dict[int, str | None], surroundings: Surroundings
) -> None:
    """Refuse the pools of one connection on purpose, with whatever shares their literals."""
    meant = {
        site.source: why
        for i, site in enumerate(sites)
        if found[i] is None and (why := one_on_purpose(site, surroundings)) is not None
    }
    for i, site in enumerate(sites):
        if found[i] is None and site.source in meant:
            found[i] = meant[site.source]


def _obstacle(site: Site, target: Target, facts: Facts) -> str | None:
    policy, surroundings = facts.policy, facts.surroundings
    argument = facts.sinks.argument(site.sink, site.argument)
    if site.in_test and not policy.rewrite_tests:
        written = surroundings.snapshot.python.get(site.source.path) if site.source else None
        return _OF_A_TEST if written is None or written.is_test else _FOR_TESTS
    if site.source is None:
        return f"{site.env} is read without a default" if site.env else "it has no literal"
    if site.holder is Holder.FIXED:
        return site.obstacle or "it can't be rewritten where it stands"
    source = surroundings.snapshot.python.get(site.source.path)
    if source is not None and source.is_test and not policy.rewrite_tests:
        return "its literal stands in test code, which keeps its values"
    if not argument.rewrite:
        return f"{argument.name} is listed, not rewritten"
    if site.value is None and target.reason is None:
        return "None has a meaning of its own"
    if site.holder is Holder.EXPRESSION:
        if site.value is None and not is_plain(site, facts.pools, surroundings):
            return "None stands inside a call or condition that may mean something of its own by it"
        if surroundings.around(site.source).in_text:
            return "it stands inside an f-string, which the quotes of a variable would end"
        return _expression_obstacle(site, target, policy, argument.strings)
    return None


def _expression_obstacle(site: Site, target: Target, policy: Policy, strings: str) -> str | None:
    if isinstance(site.value, bool) or isinstance(target.value, bool):
        if not policy.rewrite_flags and target.reason is None:
            return "a flag stays as it is unless --rewrite-flags asks for it"
        return None
    if isinstance(site.value, str):
        if not isinstance(number(site.value), int):
            return "it is a text"
        if strings != "converted":
            return "it is a text that the library does not convert"
    return None


def shared_literals(
    sites: Sequence[Site], targets: Mapping[int, Target], open_sites: Iterable[int]
) -> dict[Span | None, str]:
    """Literals that feed arguments of different meaning, with the reason to leave them."""
    by_source: dict[Span, list[int]] = {}
    for index in open_sites:
        source = sites[index].source
        if source is not None:
            by_source.setdefault(source, []).append(index)
    refused: dict[Span | None, str] = {}
    for source, indexes in by_source.items():
        members = [sites[i] for i in indexes]
        roles = {m.role for m in members}
        if len(roles) > 1 and not roles <= _LIMITS and any(_new_read(m) for m in members):
            names = " and ".join(sorted({m.argument for m in members}))
            refused[source] = f"one literal feeds {names}, and one variable can't be both"
        elif len({repr(targets[i].value) for i in indexes}) > 1:
            refused[source] = "the policy asks for different values of one literal"
    return refused


def _new_read(site: Site) -> bool:
    return site.holder is Holder.EXPRESSION


def verdict_of(site: Site, target: Target, *, converts: bool) -> tuple[Verdict, str]:
    """The verdict of a site that nothing hinders, with its reason."""
    changed = target.reason
    if site.holder is Holder.EXPRESSION:
        return Verdict.REWRITE, changed or "a literal becomes an environment read"
    if converts:
        why = f"text of {site.env} would reach the library unconverted"
        return Verdict.REWRITE, f"{why}; {changed}" if changed else why
    if changed is not None:
        return Verdict.CHANGE_DEFAULT, changed
    return Verdict.ALREADY_ENV, f"{site.env} sets it"
