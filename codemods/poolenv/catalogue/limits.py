"""The most connections that a pool can open, from what its arguments say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeGuard

from poolenv.catalogue.entry import Argument, Sink
from poolenv.model import Role, Scalar


@dataclass(frozen=True, slots=True)
class Limit:
    """Most connections per ``Sink.limit_per``.

    ``kind`` is ``computed`` (then ``connections`` is a number), ``no-limit`` or ``unknown``; the
    last two have ``connections`` None.
    """

    connections: int | None
    kind: str


NO_LIMIT: Final = Limit(None, "no-limit")
UNKNOWN: Final = Limit(None, "unknown")

_POOL_CLASSES: Final[Mapping[str, Limit]] = MappingProxyType(
    {
        "NullPool": NO_LIMIT,
        "StaticPool": Limit(1, "computed"),
        "AssertionPool": Limit(1, "computed"),
        "SingletonThreadPool": UNKNOWN,
    }
)
"""SQLAlchemy's pool classes whose limit is not of the arguments (one per thread: unknown)."""


def takes(pool_class: str | None, argument: Argument) -> bool:
    """Whether a pool takes an argument; these classes raise a TypeError for those of a queue."""
    legal = argument.pool_classes
    return pool_class not in _POOL_CLASSES or not legal or pool_class in legal


def most_connections(
    sink: Sink, values: Mapping[str, Scalar], *, pool_class: str | None = None
) -> Limit:
    """The most connections of a pool whose arguments have these values.

    ``values`` may leave arguments out; the library's default counts then. ``pool_class`` is the
    class that the code names (``NullPool``), with or without its module.
    """
    fixed = _POOL_CLASSES.get((pool_class or sink.id).rpartition(".")[2])
    if fixed is not None:
        return fixed
    if sink.limit_fixed is not None:
        return Limit(sink.limit_fixed, "computed")
    if _minimum_is_above(sink, values):
        return UNKNOWN
    arguments = {argument.name: argument for argument in sink.arguments}
    if sink.limit_sum:
        limits = [_one(arguments[name], values) for name in sink.limit_sum]
        return _combined(limits, sum)
    if sink.limit_largest:
        limits = [_one(arguments[name], values) for name in sink.limit_largest]
        return _combined(limits, max)
    for name in sink.limit_first:
        if _value(arguments[name], values) is not None or _lifts(arguments[name], values):
            return _one(arguments[name], values)
    return UNKNOWN


def minimum_after(sink: Sink, maximum: int, values: Mapping[str, Scalar]) -> int | None:
    """What the minimum has to become so that ``maximum`` does not raise; None where it may stay.

    The library's default counts where ``values`` has no minimum: asyncpg's ``max_size=5`` alone
    raises, as its ``min_size`` is 10.
    """
    argument = _minimum(sink)
    if argument is None:
        return None
    value = _value(argument, values)
    return maximum if _is_number(value) and value > maximum else None


def _minimum(sink: Sink) -> Argument | None:
    return next((arg for arg in sink.arguments if arg.name == sink.min_argument), None)


def _minimum_is_above(sink: Sink, values: Mapping[str, Scalar]) -> bool:
    """Whether the minimum is above the maximum: most libraries raise, psycopg2 has no limit."""
    argument = _minimum(sink)
    least = _value(argument, values) if argument else None
    if not _is_number(least):
        return False
    for name in (*sink.limit_sum, *sink.limit_first):
        most = next(arg for arg in sink.arguments if arg.name == name)
        value = _value(most, values)
        if most.role is Role.MAX and _is_number(value) and value not in most.no_limit:
            return value < least
    return False


def _value(argument: Argument, values: Mapping[str, Scalar]) -> Scalar:
    if argument.name in values:
        return values[argument.name]
    return argument.default if argument.has_default else None


def _is_number(value: Scalar) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _lifts(argument: Argument, values: Mapping[str, Scalar]) -> bool:
    """Whether a None is given (or the default) and means something to the library."""
    known = argument.name in values or argument.has_default
    return known and _value(argument, values) is None and None in argument.no_limit


def _one(argument: Argument, values: Mapping[str, Scalar]) -> Limit:
    if argument.name not in values and not argument.has_default:
        return UNKNOWN
    value = _value(argument, values)
    if isinstance(value, bool):
        return UNKNOWN
    if value in argument.version_dependent:
        return UNKNOWN
    if value in argument.no_limit:
        return NO_LIMIT
    if not isinstance(value, int) or value < 0:
        return UNKNOWN
    return Limit(value, "computed")


def _combined(limits: list[Limit], combine: Callable[[list[int]], int]) -> Limit:
    """No limit in one argument is none for the pool; else one unknown makes it unknown."""
    if NO_LIMIT in limits:
        return NO_LIMIT
    numbers = [limit.connections for limit in limits if limit.connections is not None]
    return Limit(combine(numbers), "computed") if len(numbers) == len(limits) else UNKNOWN
