"""The stage: decisions in, one new test file out."""

from __future__ import annotations

from poolenv.limits_test.placement import place_for
from poolenv.limits_test.rendering import render
from poolenv.limits_test.rows import pinned
from poolenv.model import FileChange, Options, Plan, Snapshot


def limits_test(snapshot: Snapshot, plan: Plan, options: Options) -> FileChange | None:
    """The test file that pins what the plan decided, or None where it changes nothing to pin.

    Its name is ``options.limits_test``, its folder and style those of the repository's own
    tests. A file that an earlier run made is replaced; any other file of that name is left
    alone and a number is put behind the new one's.
    """
    is_changed = any(d.edit is not None and not d.site.in_test for d in plan.decisions)
    if not is_changed and not any(addition.edit is not None for addition in plan.additions):
        return None
    rows = pinned(snapshot, plan)
    if rows.empty:
        return None
    modules = {row.module for row in rows.limits} | {row.module for row in rows.written}
    place = place_for(snapshot, options.limits_test, tuple(sorted(modules)))
    existing = snapshot.python.get(place.path)
    after = render(rows, place).encode()
    before = existing.data if existing else None
    if before == after:
        return None
    return FileChange(place.path, before, after, existing.mode if existing else 0o100644)
