"""Runs a repository's regular expressions in a process of their own, with a time limit."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

_SECONDS = 4
_MOST_ALONE = 12
_PROGRAM = """
import json, re, sys
answers = []
for pattern, flags, text in json.load(sys.stdin):
    try:
        found = [m for _, m in zip(range(500), re.finditer(pattern, text, flags))]
    except (re.error, ValueError, OverflowError, RecursionError):
        answers.append(None)
        continue
    answers.append([[m.span(i) for i in range(m.re.groups + 1)] for m in found])
json.dump(answers, sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Query:
    """One search of a whole text."""

    pattern: str
    flags: int
    text: str


Match = tuple[tuple[int, int], ...]
"""The spans of a match: the whole, then each group (``(-1, -1)`` where it took no part)."""


def search(queries: list[Query]) -> list[tuple[Match, ...] | None]:
    """All matches of each query; None for a broken pattern, or where the time runs out.

    A pattern of an untrusted repository may need exponential time, so it never runs in this
    process.
    """
    if not queries:
        return []
    answers = _run(queries, _SECONDS)
    if answers is None and len(queries) > 1:
        # One of them takes too long: give each its own time, but not for ever.
        alone = [_run([query], 1) for query in queries[:_MOST_ALONE]]
        answers = [answer[0] if answer else None for answer in alone]
        answers += [None] * (len(queries) - len(answers))
    return answers if answers is not None else [None for _ in queries]


def _run(queries: list[Query], seconds: int) -> list[tuple[Match, ...] | None] | None:
    """The answers of one process; None where it did not end in time."""
    sent = json.dumps([(query.pattern, query.flags, query.text) for query in queries])
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _PROGRAM],
            input=sent,
            capture_output=True,
            text=True,
            encoding="ascii",
            timeout=seconds,
            check=True,
        )
    except (subprocess.SubprocessError, OSError):
        return None
    answers = json.loads(done.stdout)
    return [
        None
        if answer is None
        else tuple(tuple((start, end) for start, end in match) for match in answer)
        for answer in answers
    ]


def group_spans(pattern: str) -> list[tuple[int, int]]:
    """Where each capturing group stands in a pattern's text; index 0 is the whole pattern."""
    spans = [(0, len(pattern))]
    opened: list[int | None] = []
    position, in_class = 0, False
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif in_class:
            in_class = character != "]" or pattern[position - 1] == "["
        elif character == "[":
            in_class = True
        elif character == "(":
            captures = pattern[position + 1 : position + 2] != "?" or pattern.startswith(
                "(?P<", position
            )
            opened.append(len(spans) if captures else None)
            if captures:
                spans.append((position, -1))
        elif character == ")" and opened:
            index = opened.pop()
            if index is not None:
                spans[index] = (spans[index][0], position + 1)
        position += 1
    return spans
