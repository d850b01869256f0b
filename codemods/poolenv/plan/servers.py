"""Which kinds of SQL servers a repository has, and whose variables have a prefix of their own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from poolenv.model import Policy, Pool, Site
from poolenv.plan.targets import Sinks

ANY_SQL = "sql"
"""The kind of a library whose URL names the server; it goes with the repository's main one."""


def family(site: Site, prefixes: Mapping[str, str], policy: Policy, sinks: Sinks) -> str:
    """The variable that all pools of a kind share for an argument: ``DB_POOL_SIZE``."""
    sink = sinks.sink(site.sink)
    argument = sinks.argument(site.sink, site.argument)
    prefix = sink.prefix
    if prefix == "DB":
        prefix = prefixes.get(sink.server, policy.prefix)
    return f"{prefix}_{argument.variable}" if prefix else argument.variable


def server_prefixes(
    pools: Iterable[Pool], sites: Iterable[Site], policy: Policy, sinks: Sinks
) -> Mapping[str, str]:
    """Prefixes of the SQL servers beside the main one, by kind: ``mysql`` to ``MYSQL``.

    The main one is the kind whose variables the repository reads already, else the one with most
    pools, else the first by name; its variables begin with the policy's prefix.
    """
    counted: Counter[str] = Counter()
    for pool in pools:
        sink = sinks.sink(pool.sink)
        if sink.prefix == "DB" and sink.server != ANY_SQL and not pool.in_test:
            counted[sink.server] += 1
    if len(counted) < 2:
        return {}
    reading: Counter[str] = Counter()
    for site in sites:
        if site.env is not None and not site.in_test and site.env.startswith(f"{policy.prefix}_"):
            reading[sinks.sink(site.sink).server] += 1
    main = min(counted, key=lambda kind: (-reading[kind], -counted[kind], kind))
    lead = "" if policy.prefix == "DB" else f"{policy.prefix}_"
    return {kind: f"{lead}{kind.upper()}" for kind in counted if kind != main}
