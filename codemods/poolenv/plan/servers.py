"""Which kinds of SQL servers a repository has, and which have variables of their own."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from poolenv.model import Policy, Pool, PoolKey, Site
from poolenv.plan.pool_limits import ways_of
from poolenv.plan.surroundings import Surroundings
from poolenv.plan.targets import Sinks

ANY_SQL = "sql"
"""The kind of a library whose URL names the server; it goes with the repository's main one."""


_SCHEMES = {
    "postgresql": ("postgresql", "postgres", "psycopg2", "psycopg", "asyncpg", "pg8000", "pgdb"),
    "mysql": ("mysql", "mariadb", "pymysql", "mysqldb", "aiomysql", "asyncmy"),
    "oracle": ("oracle", "oracledb", "cx_oracle"),
    "mssql": ("mssql", "pymssql"),
}
"""Schemes of URLs and names of drivers, by the kind of server. SQLite is none: it is what an
engine of any server often falls back to."""


@dataclass(frozen=True, slots=True)
class Servers:
    """The kind of server behind each pool, and the prefixes that the kinds' variables have."""

    kinds: Mapping[PoolKey, str]
    prefixes: Mapping[str, str]
    """Of the kinds beside the main one: ``mysql`` to ``MYSQL``."""

    def family(self, site: Site, policy: Policy, sinks: Sinks) -> str:
        """The variable that all pools of a kind share for an argument: ``DB_POOL_SIZE``."""
        sink = sinks.sink(site.sink)
        argument = sinks.argument(site.sink, site.argument)
        prefix = sink.prefix
        if prefix == "DB":
            kind = self.kinds.get(site.pool, sink.server)
            prefix = self.prefixes.get(kind, policy.prefix)
        return f"{prefix}_{argument.variable}" if prefix else argument.variable


def servers_of(
    pools: Iterable[Pool],
    sites: Iterable[Site],
    policy: Policy,
    sinks: Sinks,
    surroundings: Surroundings,
) -> Servers:
    """Tell the SQL servers of a repository apart.

    The main one is the kind whose variables the repository reads already, else the one with most
    pools, else the first by name; its variables begin with the policy's prefix.
    """
    kinds: dict[PoolKey, str] = {}
    counted: Counter[str] = Counter()
    for pool in pools:
        sink = sinks.sink(pool.sink)
        if sink.prefix != "DB":
            continue
        kind = sink.server if sink.server != ANY_SQL else _named_server(pool, surroundings)
        kinds.update(dict.fromkeys(ways_of(pool), kind))
        if kind != ANY_SQL and not pool.in_test:
            counted[kind] += 1
    if len(counted) < 2:
        return Servers(kinds, {})
    reading: Counter[str] = Counter()
    for site in sites:
        if site.env is not None and not site.in_test and site.env.startswith(f"{policy.prefix}_"):
            reading[kinds.get(site.pool, ANY_SQL)] += 1
    main = min(counted, key=lambda kind: (-reading[kind], -counted[kind], kind))
    lead = "" if policy.prefix == "DB" else f"{policy.prefix}_"
    return Servers(kinds, {k: f"{lead}{k.upper()}" for k in counted if k != main})


def _named_server(pool: Pool, surroundings: Surroundings) -> str:
    """The server that a pool's URLs, or the driver it is handed, name without a doubt."""
    named = {url.partition("+")[0] for url in pool.urls}
    named = named or _driver(pool, surroundings) or _class(pool, surroundings)
    found = {kind for kind, words in _SCHEMES.items() if named & set(words)}
    known = {word for words in _SCHEMES.values() for word in words}
    return found.pop() if len(found) == 1 and named <= known else ANY_SQL


def _driver(pool: Pool, surroundings: Surroundings) -> set[str]:
    """The module that a pool opens connections with: ``PooledDB(pymysql)``, ``creator=``."""
    call = surroundings.way_to(pool.call)[-1] if pool.call is not None else None
    if not isinstance(call, ast.Call):
        return set()
    named = [k.value for k in call.keywords if k.arg == "creator"] or call.args[:1]
    return {node.id.lower() for node in named if isinstance(node, ast.Name)}


def _class(pool: Pool, surroundings: Surroundings) -> set[str]:
    """The server in the name of the class that is called: ``PooledMySQLDatabase(...)``."""
    call = surroundings.way_to(pool.call)[-1] if pool.call is not None else None
    match call:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            found = re.match(r"Pooled(Postgresql|Psycopg|MySQL|MariaDB)", name)
            return {found.group(1).lower()} if found else set()
    return set()
