"""The command line's say, laid over the options of the configuration file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from poolenv.config import checks
from poolenv.config.rules import (
    check_conflicts,
    known_targets,
    overlay,
    parse_rule,
    preset_rules,
)
from poolenv.model import Action, Options, Rule


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What was typed, unchecked; None and empty mean "not given"."""

    set_rules: tuple[str, ...] = ()
    cap_rules: tuple[str, ...] = ()
    ensure_rules: tuple[str, ...] = ()
    preset: str | None = None
    prefix: str | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    base: str | None = None
    branch: str | None = None
    rewrite_tests: bool = False
    rewrite_flags: bool = False


def merge(options: Options, given: CommandLine) -> Options:
    """``options`` with everything that was given replaced; rules are replaced by target.

    Raises PoolenvError for a value that is wrong or rules that contradict each other.
    """
    policy: dict[str, Any] = {"rules": _rules(options, given)}
    if given.prefix is not None:
        policy["prefix"] = checks.prefix(given.prefix, "--prefix")
    if given.rewrite_tests:
        policy["rewrite_tests"] = True
    if given.rewrite_flags:
        policy["rewrite_flags"] = True
    others: dict[str, Any] = {"policy": replace(options.policy, **policy)}
    if given.include:
        others["include"] = checks.globs(given.include, "--include")
    if given.exclude:
        others["exclude"] = checks.globs(given.exclude, "--exclude")
    if given.base is not None:
        others["base"] = checks.revision(given.base, "--base")
    if given.branch is not None:
        others["branch"] = checks.revision(given.branch, "--branch")
    return replace(options, **others)


def _rules(options: Options, given: CommandLine) -> tuple[Rule, ...]:
    typed = (
        *((Action.SET, text) for text in given.set_rules),
        *((Action.CAP, text) for text in given.cap_rules),
        *((Action.ENSURE, text) for text in given.ensure_rules),
    )
    if not typed and given.preset is None:
        return options.policy.rules
    rules = tuple(parse_rule(action, text, options.sinks) for action, text in typed)
    rules = check_conflicts(rules, "the command line")
    known = known_targets(options.sinks)
    if given.preset is not None:
        rules = overlay(preset_rules(given.preset, "--preset"), rules, known)
    return overlay(options.policy.rules, rules, known)
