"""The most connections of a pool whose arguments may each have several values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice, product

from poolenv.catalogue.entry import Sink
from poolenv.catalogue.limits import NO_LIMIT, UNKNOWN, Limit, most_connections
from poolenv.model import Scalar

_COMBINATIONS = 256


def most_of(
    sink: Sink,
    arguments: Mapping[str, tuple[Scalar, ...]],
    lost: frozenset[str],
    pool_class: str | None,
) -> Limit:
    """The largest limit that any combination of the values gives.

    ``lost`` are arguments with a value nobody knows: where one of them counts, so is the limit.
    """
    relevant = {*sink.limit_sum, *sink.limit_largest, *sink.limit_first}
    if sink.min_argument:
        relevant.add(sink.min_argument)
    if lost & relevant:
        return UNKNOWN
    names = [name for name in arguments if name in relevant]
    choices = [arguments[name] for name in names]
    limits = [
        most_connections(
            sink, dict(zip(names, map(number, one), strict=True)), pool_class=pool_class
        )
        for one in islice(product(*choices), _COMBINATIONS + 1)
    ]
    kinds = {limit.kind for limit in limits}
    if "no-limit" in kinds:
        return NO_LIMIT
    if "unknown" in kinds or len(limits) > _COMBINATIONS:
        return UNKNOWN
    return Limit(max(limit.connections or 0 for limit in limits), "computed")


def number(value: Scalar) -> Scalar:
    """A text that is a whole number as that number; anything else as it is."""
    if isinstance(value, str) and re.fullmatch(r"\s*-?\d+\s*", value):
        return int(value)
    return value
