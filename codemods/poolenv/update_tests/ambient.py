"""Tests that hold only where the machine does not set the variable itself."""

from __future__ import annotations

from collections.abc import Iterator

from poolenv.model import Remark
from poolenv.update_tests.judging import Judgement
from poolenv.update_tests.own_settings import OwnSettings


def ambient_remarks(judged: list[tuple[Judgement, OwnSettings]]) -> Iterator[Remark]:
    """One remark per file and variable, at the first test that expects the default."""
    seen: set[tuple[str, str]] = set()
    for judgement, own in judged:
        claim = judgement.claim
        if claim.subject.in_source or judgement.doubt:
            continue
        path = claim.unit.module.path
        for fact in judgement.facts:
            variable = fact.variable
            if variable is None or own.controls(variable) or (path, variable) in seen:
                continue
            seen.add((path, variable))
            line = getattr(claim.place, "lineno", 1)
            text = (
                f"expects {fact.argument}={fact.new} without clearing {variable}: fails on a "
                f"machine that exports {variable}"
            )
            yield Remark(path, line, text)
