"""Policy rules as people write them: ``--cap max_overflow=5``, ``cap = { size = 5 }``, presets."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Final

from poolenv.model import Action, PoolenvError, Role, Rule, Scalar

PRESETS: Final[Mapping[str, tuple[Rule, ...]]] = MappingProxyType(
    {
        "hard-limits": (
            Rule(Action.CAP, "size", 5),
            Rule(Action.CAP, "overflow", 5),
            Rule(Action.ENSURE, "recycle", 300),
            Rule(Action.ENSURE, "acquire_timeout", 30),
            Rule(Action.ENSURE, "health_check", True),
        )
    }
)

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_LARGEST: Final = 2**31 - 1
_EXAMPLES: Final = MappingProxyType(
    {Action.SET: "size=5", Action.CAP: "max_overflow=5", Action.ENSURE: "recycle=300"}
)


class Kind(Enum):
    """What values a target takes, with the words for a person."""

    COUNT = "a whole number"
    NUMBER = "a number"
    FLAG = "true or false"


_ROLE_KINDS: Final[Mapping[Role, Kind]] = MappingProxyType(
    {
        Role.SIZE: Kind.COUNT,
        Role.OVERFLOW: Kind.COUNT,
        Role.MAX: Kind.COUNT,
        Role.MIN: Kind.COUNT,
        Role.ACQUIRE_TIMEOUT: Kind.NUMBER,
        Role.RECYCLE: Kind.NUMBER,
        Role.IDLE_TIMEOUT: Kind.NUMBER,
        Role.HEALTH_CHECK: Kind.FLAG,
    }
)


@dataclass(frozen=True, slots=True)
class Targets:
    """Every name a rule may speak of: the roles, and the arguments of the catalogue."""

    kinds: Mapping[str, Kind]
    roles: Mapping[str, frozenset[Role]]
    """Argument name to the roles it has in one library or another."""
    listed_only: frozenset[str] = field(default_factory=frozenset)
    """Arguments that the catalogue lists and never rewrites."""


def known_targets(sinks: tuple[Mapping[str, object], ...] = ()) -> Targets:
    """Roles and argument names of the catalogue, the user's own ``sinks`` included."""
    from poolenv.catalogue.loader import load

    types: dict[str, set[str]] = {}
    roles: dict[str, set[Role]] = {}
    every: set[str] = set()
    for sink in load(sinks).sinks:
        for argument in sink.arguments:
            every.add(argument.name)
            if argument.rewrite and argument.type in ("int", "float", "bool"):
                types.setdefault(argument.name, set()).add(argument.type)
                roles.setdefault(argument.name, set()).add(argument.role)
    kinds = {name: _kind_of(of_name) for name, of_name in types.items()}
    kinds.update({role.value: kind for role, kind in _ROLE_KINDS.items()})
    return Targets(
        MappingProxyType(kinds),
        MappingProxyType({name: frozenset(found) for name, found in roles.items()}),
        frozenset(every - kinds.keys()),
    )


def _kind_of(types: set[str]) -> Kind:
    if types == {"bool"}:
        return Kind.FLAG
    return Kind.NUMBER if "float" in types else Kind.COUNT


def parse_rule(action: Action, text: str, sinks: tuple[Mapping[str, object], ...] = ()) -> Rule:
    """``max_overflow=5`` of ``--cap`` as a Rule; the target is a role or an argument's name.

    Raises PoolenvError where the target is unknown or the value does not fit it.
    """
    where = f"--{action.value} {text if text.isprintable() else repr(text)}"
    target, equals, raw = text.partition("=")
    target, raw = target.strip(), raw.strip()
    if not equals or not target or not raw:
        example = f"--{action.value} {_EXAMPLES[action]}"
        raise PoolenvError(f"{where}: expected ROLE=VALUE, like {example}")
    return check_rule(Rule(action, target, _scalar(raw)), where, known_targets(sinks))


def _scalar(raw: str) -> Scalar:
    """The value a person typed: a number or a flag where it is one, else the text itself."""
    if raw.lower() in ("true", "false"):
        return raw.lower() == "true"
    if _NUMBER.fullmatch(raw):
        return float(raw) if "." in raw else int(raw[:400])
    return raw


def check_rule(rule: Rule, where: str, known: Targets) -> Rule:
    """The rule itself where target and value fit; PoolenvError that starts with ``where`` else."""
    if rule.target not in known.kinds:
        if rule.target in known.listed_only:
            raise PoolenvError(f"{where}: {rule.target} is listed by scan, but never rewritten")
        hint = nearest(rule.target, known.kinds, "a role or an argument such as max_overflow")
        raise PoolenvError(f"{where}: no pool argument or role is called {rule.target!r}; {hint}")
    kind, value = known.kinds[rule.target], rule.value
    if kind is Kind.FLAG:
        if rule.action is Action.CAP:
            raise PoolenvError(
                f"{where}: {rule.target} is true or false, which has no cap; use set or ensure"
            )
        if not isinstance(value, bool):
            raise PoolenvError(f"{where}: {rule.target} takes true or false, not {value!r}")
        return rule
    return _check_number(rule, kind, where)


def _check_number(rule: Rule, kind: Kind, where: str) -> Rule:
    value = rule.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PoolenvError(f"{where}: {rule.target} takes {kind.value}, not {value!r}")
    if not math.isfinite(value) or not 0 <= value <= _LARGEST:
        raise PoolenvError(f"{where}: {rule.target} takes {kind.value} from 0 to {_LARGEST}")
    if kind is Kind.COUNT and isinstance(value, float):
        raise PoolenvError(f"{where}: {rule.target} takes a whole number, not {value!r}")
    if rule.action is Action.CAP and value == 0:
        raise PoolenvError(
            f"{where}: a cap has to be above 0: to many libraries 0 means no limit; "
            f"use set {rule.target} = 0 where 0 is meant"
        )
    return rule


def nearest(word: str, known: Iterable[str], otherwise: str) -> str:
    """``did you mean 'size'?`` for the known name nearest to a word, else what is expected."""
    found = difflib.get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.5)
    return f"did you mean {found[0]!r}?" if found else f"expected {otherwise}"


def _slot(rule: Rule) -> tuple[str, bool]:
    """What a rule decides: a target's default (set, cap), or that the argument is there."""
    return rule.target, rule.action is Action.ENSURE


def check_conflicts(rules: tuple[Rule, ...], where: str) -> tuple[Rule, ...]:
    """The rules without repeats; PoolenvError where two of them say different things."""
    kept: dict[tuple[str, bool], Rule] = {}
    for rule in rules:
        other = kept.setdefault(_slot(rule), rule)
        if other != rule:
            raise PoolenvError(
                f"{where}: {other.action.value} {other.target}={_written(other.value)} and "
                f"{rule.action.value} {rule.target}={_written(rule.value)} contradict each other; "
                "keep one of them"
            )
    return tuple(kept.values())


def _written(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def overlay(lower: tuple[Rule, ...], upper: tuple[Rule, ...], known: Targets) -> tuple[Rule, ...]:
    """``upper`` over ``lower``: a rule gives way to one on its target, or on its target's role.

    A role given on the command line would have no effect on an argument that the
    configuration names, as the more specific name wins within one set of rules.
    """
    taken = {_slot(rule) for rule in upper}

    def gives_way(rule: Rule) -> bool:
        roles = known.roles.get(rule.target, frozenset())
        names = {rule.target} | ({role.value for role in roles} if len(roles) == 1 else set())
        return any((name, _slot(rule)[1]) in taken for name in names)

    return tuple(rule for rule in lower if not gives_way(rule)) + upper


def preset_rules(name: str, where: str) -> tuple[Rule, ...]:
    """The rules of a preset; PoolenvError for a name that is none."""
    if name not in PRESETS:
        hint = nearest(name, PRESETS, " or ".join(sorted(PRESETS)))
        raise PoolenvError(f"{where}: no preset is called {name!r}; {hint}")
    return PRESETS[name]
