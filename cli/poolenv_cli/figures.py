"""What every rendering counts alike: decisions, pools, skipped files, most connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from poolenv.model import Decision, Migration, PoolChange, Site, Skipped


@dataclass(frozen=True, slots=True)
class Total:
    """Most connections of the application's own pools, per process, each opened once."""

    connections: int
    no_limit: int
    """Pools without a limit; not part of ``connections``."""
    unknown: int
    """Pools whose limit the code does not tell; not part of ``connections``."""

    @property
    def besides(self) -> str:
        """``2 pools without a limit and 1 pool of unknown size``, or nothing."""
        notes = []
        if self.no_limit:
            notes.append(f"{counted(self.no_limit, 'pool')} without a limit")
        if self.unknown:
            notes.append(f"{counted(self.unknown, 'pool')} of unknown size")
        return " and ".join(notes)


def decisions_of(migration: Migration) -> Mapping[Site, Decision]:
    """The plan's word on each site."""
    return {decision.site: decision for decision in migration.plan.decisions}


def pools_of(migration: Migration) -> tuple[PoolChange, ...]:
    """Every traced pool with its most connections before and after, in order of the trace.

    What is unknown before stays unknown: no rule reaches a value that can't be traced.
    """
    unchanged = (
        PoolChange(pool, pool.max_connections, pool.max_connections)
        for pool in migration.trace.pools
    )
    changes = migration.plan.pools or tuple(unchanged)
    return tuple(
        replace(change, after=None) if change.pool.limit == "unknown" else change
        for change in changes
    )


def skipped_of(migration: Migration) -> tuple[Skipped, ...]:
    """Every file that was left out, named once, in order of path and line."""
    every = {*migration.snapshot.skipped, *migration.trace.skipped, *migration.skipped}
    return tuple(sorted(every, key=lambda item: (item.path, item.line or 0, item.reason)))


def total(migration: Migration, *, after: bool) -> Total:
    """The sum over the pools outside test code, before or after the change."""
    pools = [change for change in pools_of(migration) if not change.pool.in_test]
    limits = [change.after if after else change.before for change in pools]
    open_ended = [change for change, limit in zip(pools, limits, strict=True) if limit is None]
    unknown = sum(change.pool.limit == "unknown" for change in open_ended)
    known = sum(limit for limit in limits if limit is not None)
    return Total(known, len(open_ended) - unknown, unknown)


def changed_total(migration: Migration) -> str:
    """``15``, ``15 -> 10``, ``15 -> 10, plus 1 pool without a limit``."""
    before, after = total(migration, after=False), total(migration, after=True)
    changed = f"{before.connections} -> {after.connections}"
    words = changed if after.connections != before.connections else str(before.connections)
    if before.besides == after.besides:
        return f"{words}, plus {before.besides}" if before.besides else words
    return (
        f"{words}, plus {before.besides or 'nothing'} before and {after.besides or 'nothing'} after"
    )


def counted(number: int, noun: str) -> str:
    """``1 file``, ``2 files``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
