"""Which files of a repository check it: tests, and scripts that grep the sources."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from poolenv.model import Plan, Snapshot
from poolenv.update_tests.facts import Fact

_SCRIPT = re.compile(r"(?:check|verify|validate|test|assert)s?[_-].+|.+[_-](?:check|test)s?")


def checking_files(snapshot: Snapshot, plan: Plan, facts: tuple[Fact, ...]) -> list[str]:
    """Paths of test files and check scripts that name something of the facts, sorted."""
    words = {name for fact in facts for name in (*fact.keys, *_pool_words(fact))}
    code = {edit.path for edit in plan.edits}
    found = []
    for path, source in snapshot.python.items():
        if path in code and not source.is_test:
            continue
        if source.is_test or _SCRIPT.fullmatch(PurePosixPath(path).stem):
            text = source.text.lower()
            if any(word in text for word in words):
                found.append(path)
    return sorted(found)


def _pool_words(fact: Fact) -> tuple[str, ...]:
    return ("pool",) if "pool" in fact.argument or "size" in fact.argument else ()
