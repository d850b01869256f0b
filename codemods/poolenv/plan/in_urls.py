"""Pool arguments that the URL in a call sets already."""

from __future__ import annotations

from collections.abc import Iterable

from poolenv.catalogue.entry import Argument, Sink
from poolenv.model import Pool, PoolKey, Role, Site, Span


def set_in_url(pool: Pool, argument: Argument, sink: Sink, sites: Iterable[Site]) -> str | None:
    """Why an argument is not added beside the URL that stands in the same call, or None.

    The URL sets the argument itself, or a minimum that may be above the new maximum, which raises.
    """
    names = {argument.name}
    if argument.role is Role.MAX and sink.min_argument is not None:
        names.add(sink.min_argument)
    for site in sites:
        at = site.source
        if site.argument not in names or at is None or pool.call is None:
            continue
        if _is_of_url(site, at) and pool.call.holds(at):
            return f"the URL in the call sets {site.argument}, and stays as it is"
    return None


def _is_of_url(site: Site, at: Span) -> bool:
    """A setting in a URL is listed as a pool of its own, which begins at its number."""
    return site.pool == PoolKey(at.path, at.line, at.column)
