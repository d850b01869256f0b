"""Exact calls that a test expects: they have to name the arguments that ``ensure`` added."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from poolenv.model import Addition, Edit, PoolKey, Remark
from poolenv.syntax.bindings.expressions import keyword_of, last_name
from poolenv.syntax.bindings.scopes import Module
from poolenv.update_tests.claims import CALLED
from poolenv.update_tests.judging import Judgement


def added_arguments(
    additions: tuple[Addition, ...], judgements: list[Judgement], module: Module
) -> Iterator[Edit | Remark]:
    """Keywords to insert into ``assert_called_with(…)`` and ``mock.call(…)`` of a file.

    A remark where the call may be of several pools that got different arguments, and where a
    whole mapping of the call's keywords is compared.
    """
    done: set[ast.AST] = set()
    for judgement in judgements:
        place = judgement.claim.place
        if place in done:
            continue
        done.add(place)
        pools = {fact.pool for j in judgements if j.claim.place is place for fact in j.facts}
        wanted = [_of(additions, pool) for pool in sorted(pools, key=lambda p: (p.path, p.line))]
        if not any(wanted):
            continue
        missing = dict(wanted[0])
        if isinstance(place, ast.Call) and _is_expected_call(place):
            given = [keyword for keyword in place.keywords if keyword.arg is not None]
            missing = {n: v for n, v in missing.items() if keyword_of(place, n) is None}
            same = all(each == wanted[0] for each in wanted)
            if same and missing and len(given) == len(place.keywords):
                yield _insertion(module, given[-1], missing)
            elif missing and not same:
                yield _remark(module, place, missing)
        elif isinstance(place, ast.Compare) and _compares_keywords(place):
            yield _remark(module, place, missing)


def _of(additions: tuple[Addition, ...], pool: PoolKey) -> dict[str, str]:
    return {a.argument: repr(a.value) for a in additions if a.pool == pool and a.edit is not None}


def _is_expected_call(call: ast.Call) -> bool:
    name = last_name(call.func)
    return name in CALLED and bool(call.keywords)


def _compares_keywords(compare: ast.Compare) -> bool:
    """``create.call_args.kwargs == {…}``, all keywords at once."""
    sides = (compare.left, *compare.comparators)
    whole = any(last_name(side) == "kwargs" for side in sides)
    return whole and any(isinstance(side, ast.Dict | ast.Name | ast.Call) for side in sides)


def _insertion(module: Module, last: ast.keyword, missing: dict[str, str]) -> Edit:
    lines = module.lines
    _, end = lines.range_of(last.value)
    start, _ = lines.range_of(last)
    line, column = lines.position(start)
    before = lines.line_text(line)[: column - 1]
    # One keyword a line stays one keyword a line.
    between = f",\n{before}" if not before.strip() else ", "
    if "\r\n" in lines.text:
        between = between.replace("\n", "\r\n")
    new = "".join(f"{between}{name}={value}" for name, value in missing.items())
    reason = f"the call passes {' and '.join(missing)} now"
    return Edit(lines.path, end, end, "", new, reason, lines.position(end)[0])


def _remark(module: Module, place: ast.expr, missing: dict[str, str]) -> Remark:
    names = " and ".join(missing) or "more arguments"
    text = f"the call that is expected here passes {names} now; check it by hand"
    return Remark(module.path, place.lineno, text)
