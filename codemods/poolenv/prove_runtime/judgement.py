"""Checks from what was observed: with no variable set, and with each set to its own number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from poolenv.model import Check, Scalar, Variable
from poolenv.prove_runtime.observation import Observation, ObservedPool

UNSET = "runtime, variables unset"
SET = "runtime, variables set"


def judge_unset(
    path: str,
    before: Observation,
    after: Observation,
    variables: tuple[Variable, ...],
    added: frozenset[tuple[str, Scalar]] = frozenset(),
) -> Check:
    """Whether the pools get the old arguments, or the defaults that the policy gave them.

    ``added`` are the arguments, with values, that the plan added to calls.
    """
    if after.error:
        if before.error:
            return Check(path, UNSET, None, f"does not import at the base: {before.error}")
        return Check(path, UNSET, False, f"imported before, not now: {after.error}")
    if before.error:
        return Check(path, UNSET, None, f"imports now, not at the base: {before.error}")
    if not before.pools and not after.pools:
        return Check(path, UNSET, None, "imports, and opens no pool when imported")
    if [pool.place for pool in before.pools] != [pool.place for pool in after.pools]:
        counts = f"{len(before.pools)} before, {len(after.pools)} now"
        return Check(path, UNSET, False, f"other pools are opened: {counts}")
    shown: list[str] = []
    for pool, argument, old, new in _pairs(before, after):
        if old == new:
            shown.append(f"{argument}={_text(new)}")
            continue
        if not _is_wanted(argument, new, variables, added):
            detail = f"{pool.where}: {argument} was {_text(old)}, is {_text(new)}"
            return Check(path, UNSET, False, detail)
        shown.append(f"{argument} {_text(old)} to {_text(new)}")
    return Check(path, UNSET, True, "; ".join(dict.fromkeys(shown)))


def judge_set(
    path: str,
    unset: Observation,
    after: Observation,
    variables: tuple[Variable, ...],
    values: Mapping[str, Scalar],
) -> Check:
    """Whether each variable's number reaches a pool, with the default standing there before.

    ``unset`` and ``after`` are of the changed code, without and with the variables.
    """
    setting = ", ".join(f"{name}={_text(value)}" for name, value in values.items())
    if unset.error or not unset.pools:
        reason = unset.error or "opens no pool when imported"
        return Check(path, SET, None, f"nothing to compare: {reason}")
    if after.error:
        return Check(path, SET, None, f"does not import with {setting}: {after.error}")
    if [pool.place for pool in unset.pools] != [pool.place for pool in after.pools]:
        return Check(path, SET, False, f"other pools are opened with {setting}")
    arrived: dict[str, str] = {}
    for pool, argument, default, now in _pairs(unset, after):
        if default == now:
            continue
        source = _source(argument, now, variables, values)
        if source is None:
            return Check(
                path, SET, False, f"{pool.where}: {argument} is {_text(now)} with {setting}"
            )
        if source.default != default:
            detail = f"{pool.where}: {argument} is {_text(default)} while {source.name} is unset"
            return Check(path, SET, False, f"{detail}, not {_text(source.default)}")
        arrived[source.name] = f"{source.name}={_text(now)} gives {argument}={_text(now)}"
    lost = _lost(unset, variables, values, arrived)
    if lost is not None:
        return Check(path, SET, False, f"{lost}={_text(values[lost])} reaches no pool")
    if not arrived:
        return Check(path, SET, None, "no variable is for the pools that this module opens")
    return Check(path, SET, True, "; ".join(arrived.values()))


def _pairs(
    first: Observation, second: Observation
) -> Iterator[tuple[ObservedPool, str, Scalar, Scalar]]:
    for old, new in zip(first.pools, second.pools, strict=True):
        for argument in sorted(old.arguments.keys() | new.arguments.keys()):
            yield new, argument, old.arguments.get(argument), new.arguments.get(argument)


def _is_wanted(
    argument: str,
    value: Scalar,
    variables: tuple[Variable, ...],
    added: frozenset[tuple[str, Scalar]],
) -> bool:
    by_variable = any(argument in v.arguments and v.default == value for v in variables)
    return by_variable or (argument, value) in added


def _source(
    argument: str,
    value: Scalar,
    variables: tuple[Variable, ...],
    values: Mapping[str, Scalar],
) -> Variable | None:
    for variable in variables:
        if argument in variable.arguments and values.get(variable.name) == value:
            return variable
    return None


def _lost(
    observed: Observation,
    variables: tuple[Variable, ...],
    values: Mapping[str, Scalar],
    arrived: Mapping[str, str],
) -> str | None:
    """A variable that one of these pools' files should read, and that reached none."""
    for variable in variables:
        if variable.name in arrived or variable.name not in values:
            continue
        for pool in observed.pools:
            own = pool.where.partition("::")[0] in variable.paths
            if own and any(argument in pool.arguments for argument in variable.arguments):
                return variable.name
    return None


def _text(value: Scalar) -> str:
    return str(value)
