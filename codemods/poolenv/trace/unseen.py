"""What only users of a library hand on to a pool, where the code passes the same on its own."""

from __future__ import annotations

from dataclasses import replace

from poolenv.syntax.use import Question
from poolenv.trace.outcome import Outcome, Value
from poolenv.trace.sites import Answer


def without_seen_elsewhere(found: list[Answer]) -> list[Answer]:
    """Leave out of what only users of a library hand on that which the code itself passes too."""
    several = [(q.argument.role, o) for one in found for q, of in one.outcomes for o in of]
    values = [(role, o) for role, o in several if isinstance(o, Value)]
    if not any(value.unseen for _, value in values):
        return found
    seen = {(role, value.span) for role, value in values if not value.unseen}

    def is_new(question: Question, outcome: Outcome) -> bool:
        unseen = isinstance(outcome, Value) and outcome.unseen
        return not unseen or (question.argument.role, outcome.span) not in seen

    return [
        replace(
            one,
            outcomes=tuple((q, tuple(o for o in of if is_new(q, o))) for q, of in one.outcomes),
        )
        for one in found
    ]
