"""Follows each pool argument to where its value is written, across the repository."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from poolenv.model import Pool, Site, Trace, Unresolved
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.syntax.use import UrlParameter, Use
from poolenv.trace.expressions import values_of
from poolenv.trace.loose.by_name import constants_by_name, with_constants
from poolenv.trace.loose.opened import Openings
from poolenv.trace.loose.overridden import overridden_settings
from poolenv.trace.loose.settings import loose_settings
from poolenv.trace.loose.urls import loose_in_urls
from poolenv.trace.pools import pools_of
from poolenv.trace.sites import (
    answers,
    doubtful_answer,
    one_per_configuration,
    sites_of,
    unresolved_of,
    url_sites,
)
from poolenv.trace.tracer import Tracer
from poolenv.trace.unseen import without_seen_elsewhere

__all__ = ["trace"]

_RECURSION = 12_000
"""Python frames that the longest chain followed may need (``tracer`` bounds its steps)."""


@contextmanager
def _deep_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def trace(
    program: Program,
    resolver: Resolver,
    callers: Callers,
    uses: tuple[Use, ...],
    urls: tuple[UrlParameter, ...] = (),
) -> Trace:
    """The sites, pools and unresolved arguments of all uses, in order of path and line.

    Calls come before settings, so that a constant which feeds both counts for the call.
    """
    tracer = Tracer(program, resolver, callers, values_of)
    known = [use for use in uses if use.doubt is None]
    with _deep_recursion():
        asked = [answers(tracer, use) for use in sorted(known, key=lambda u: u.call is None)]
        doubtful = {id(use): doubtful_answer(tracer, use) for use in uses if use.doubt is not None}
        found = one_per_configuration([answer for answer in asked if answer is not None])
        found = without_seen_elsewhere(found)
        pools = tuple(pools_of(tracer, found, urls))
    likely = [answer for answer in doubtful.values() if answer is not None]
    sites = [*sites_of(program, [*found, *likely]), *url_sites(program, urls)]
    open_uses = [use for use in uses if use.doubt is not None and doubtful[id(use)] is None]
    with _deep_recursion():
        lost = unresolved_of(tracer, [*found, *likely], open_uses)
    loose: list[Unresolved] = []
    if uses:
        named, by_name = constants_by_name(program, resolver, callers, sites, lost)
        sites.extend(named)
        pools = with_constants(pools, named, {use.sink.id: use.sink for use in known})
        lost = (*lost, *by_name)
        overridden, late = overridden_settings(program, resolver, Openings(program, callers), sites)
        sites.extend(overridden)
        lost = (*lost, *late)
        assigned, listed = loose_settings(program, resolver, sites, lost)
        sites.extend(assigned)
        loose = [*listed, *loose_in_urls(program, sites)]
    return _in_order(program, sites, pools, (*lost, *loose))


def _in_order(
    program: Program, sites: list[Site], pools: tuple[Pool, ...], lost: tuple[Unresolved, ...]
) -> Trace:
    return Trace(
        sites=tuple(sorted(sites, key=lambda s: (s.path, s.line, s.column, s.argument))),
        pools=tuple(sorted(pools, key=lambda p: (p.key.path, p.key.line, p.key.column))),
        unresolved=tuple(sorted(lost, key=lambda u: (u.path, u.line, u.column, u.argument))),
        skipped=tuple(sorted(program.skipped.values(), key=lambda s: s.path)),
    )
