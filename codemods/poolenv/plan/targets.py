"""What the policy makes of each site's value: set, capped, or kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from poolenv.catalogue.entry import Argument, Catalogue, Sink
from poolenv.catalogue.possibilities import number
from poolenv.model import Action, Policy, Rule, Scalar, Site


@dataclass(frozen=True, slots=True)
class Target:
    """The default a site gets, and why."""

    value: Scalar
    reason: str | None
    """None: the value stays."""


@dataclass(frozen=True, slots=True)
class Sinks:
    """The catalogue by sink id and argument name."""

    catalogue: Catalogue

    def sink(self, sink_id: str) -> Sink:
        """The sink of an id."""
        return next(s for s in self.catalogue.sinks if s.id == sink_id)

    def argument(self, sink_id: str, name: str) -> Argument:
        """One argument of a sink."""
        return next(a for a in self.sink(sink_id).arguments if a.name == name)


def own_targets(sites: Iterable[Site], policy: Policy, sinks: Sinks) -> dict[int, Target]:
    """The target of every site by the rules that name it, by position in ``sites``."""
    return {index: own_target(site, policy, sinks) for index, site in enumerate(sites)}


def matches(rule: Rule, argument: Argument) -> bool:
    """The rule speaks of this argument, by its role or by its own name.

    ``max_overflow`` is the name of Flask-SQLAlchemy's flat setting SQLALCHEMY_MAX_OVERFLOW, too.
    """
    own = argument.name.removeprefix("SQLALCHEMY_")
    plain = own.lower() if own != argument.name else own
    return rule.target in (argument.role.value, argument.name, plain)


def own_target(site: Site, policy: Policy, sinks: Sinks) -> Target:
    """What the rules that name the site's own role or argument make of its value."""
    argument = sinks.argument(site.sink, site.argument)
    value = number(site.value)
    result = Target(value, None)
    for rule in policy.rules:
        if rule.action is Action.ENSURE or not matches(rule, argument):
            continue
        new = asked(rule, argument, like=value)
        if rule.action is Action.SET:
            if new != value or isinstance(new, bool) is not isinstance(value, bool):
                result = Target(new, f"set to {in_words(rule, argument, new)}")
        elif is_above(value, new, argument):
            what = "no limit" if value in argument.no_limit else str(value)
            result = Target(new, f"{what} is above the cap of {in_words(rule, argument, new)}")
    return result


def asked(rule: Rule, argument: Argument, like: Scalar = None) -> Scalar:
    """A rule's value as the argument takes it: a flag, or a float where the code has one.

    A rule for a role speaks of seconds; one that names the argument, of the argument's own unit.
    """
    value = rule.value
    if argument.type == "bool" and isinstance(value, int | float):
        return bool(value)
    if _in_milliseconds(rule, argument) and isinstance(value, int | float) and value > 0:
        value = round(value * 1000)
    if isinstance(like, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def in_words(rule: Rule, argument: Argument, new: Scalar) -> str:
    """A value with its unit where that is not the seconds of a rule: ``30000 milliseconds``."""
    if argument.unit != "milliseconds" or not isinstance(new, int | float):
        return str(new)
    said = f" ({rule.value} seconds)" if new != rule.value else ""
    return f"{new} milliseconds{said}"


def _in_milliseconds(rule: Rule, argument: Argument) -> bool:
    """The rule speaks of seconds, and the argument takes milliseconds."""
    return argument.unit == "milliseconds" and rule.target != argument.name


def is_above(value: Scalar, cap: Scalar, argument: Argument) -> bool:
    """A value is above a cap; "no limit" is above each, whatever number means it.

    A value that is no limit in some versions only is not touched: it may be a small one.
    """
    if not isinstance(cap, int | float) or isinstance(value, bool):
        return False
    if value in argument.version_dependent:
        return False
    if value in argument.no_limit:
        return True
    return isinstance(value, int | float) and value > cap


def unclear(site: Site, policy: Policy, sinks: Sinks) -> str | None:
    """What to say of a cap on a value that is a limit in some versions and none in others."""
    argument = sinks.argument(site.sink, site.argument)
    capped = any(r.action is Action.CAP and matches(r, argument) for r in policy.rules)
    if not capped or number(site.value) not in argument.version_dependent:
        return None
    return (
        f"{site.argument}={site.value} is no limit in some versions of {site.sink.split('.')[0]}"
        " and a limit in others, so the cap leaves it as it is"
    )
