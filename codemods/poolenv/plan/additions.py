"""Arguments that a policy adds to calls which do not pass them, where that can't raise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from poolenv.catalogue.entry import Argument
from poolenv.catalogue.limits import minimum_after
from poolenv.model import (
    Action,
    Addition,
    Edit,
    Policy,
    Pool,
    Remark,
    Role,
    Scalar,
    Snapshot,
    Span,
    Trace,
)
from poolenv.plan.expressions import environment_read
from poolenv.plan.targets import Sinks, matches
from poolenv.syntax.parse import parse
from poolenv.syntax.positions import Lines

_SQLITE = re.compile(rb"sqlite(?:\+\w+)?:/{2,3}")


def additions(
    snapshot: Snapshot, found: Trace, policy: Policy, sinks: Sinks
) -> tuple[tuple[Addition, ...], tuple[Remark, ...]]:
    """What ``ensure`` rules add, each with its edit or with the reason there is none."""
    wanted: dict[tuple[Span, str], tuple[Pool, Argument, Scalar]] = {}
    refused: list[Addition] = []
    sqlite = _sqlite_files(snapshot)
    for pool in found.pools:
        if pool.in_test:
            continue
        for argument, value in _missing(pool, policy, sinks):
            reason = _hindrance(pool, argument, sqlite)
            if reason is not None or pool.call is None:
                why = reason or "the options stand in a mapping that poolenv does not extend"
                refused.append(Addition(pool.key, argument.name, value, None, why))
            else:
                wanted.setdefault((pool.call, argument.name), (pool, argument, value))
    made = _edits(snapshot, wanted, policy, sinks)
    every = {(a.pool, a.argument): a for a in (*refused, *made)}
    return tuple(sorted(every.values(), key=lambda a: (a.pool.path, a.pool.line, a.argument))), ()


def _missing(pool: Pool, policy: Policy, sinks: Sinks) -> Iterator[tuple[Argument, Scalar]]:
    """Arguments that rules ask for and the pool does not pass, each with its value."""
    sink = sinks.sink(pool.sink)
    for argument in sink.arguments:
        if argument.name in pool.passed or argument.name in pool.lost:
            continue
        for rule in policy.rules:
            if rule.action is Action.ENSURE and matches(rule, argument):
                yield argument, _typed(rule.value, argument)
                break
        else:
            needed = _needed_by_cap(pool, argument, policy, sinks)
            if needed is not None:
                yield argument, needed


def _typed(value: Scalar, argument: Argument) -> Scalar:
    if argument.type == "bool":
        return bool(value)
    return value


def _needed_by_cap(pool: Pool, argument: Argument, policy: Policy, sinks: Sinks) -> Scalar:
    """A cap that only a new argument can keep: the library's default is above it."""
    sink = sinks.sink(pool.sink)
    for rule in policy.rules:
        if rule.action is not Action.CAP or not isinstance(rule.value, int):
            continue
        maxima = _maximum_names(pool, sinks)
        if argument.name == sink.min_argument and rule.target in maxima and maxima & pool.passed:
            return minimum_after(sink, rule.value, {})
        if rule.target != Role.MAX.value and not matches(rule, argument):
            continue
        if argument.name not in (*sink.limit_sum, *sink.limit_first):
            continue
        if not isinstance(argument.default, int) or not argument.has_default:
            continue
        room = rule.value
        if rule.target == Role.MAX.value and argument.role is Role.OVERFLOW:
            room = max(0, rule.value - _size(pool))
        if argument.default > room or argument.default in argument.no_limit:
            return room
    return None


def _size(pool: Pool) -> int:
    sizes = [v for v in pool.arguments.get("pool_size", ()) if isinstance(v, int)]
    return max(sizes, default=0)


def _maximum_names(pool: Pool, sinks: Sinks) -> frozenset[str]:
    sink = sinks.sink(pool.sink)
    names = {a.name for a in sink.arguments if a.role is Role.MAX}
    return frozenset(names | {Role.MAX.value})


def _hindrance(pool: Pool, argument: Argument, sqlite: tuple[str, ...]) -> str | None:
    if pool.open_ended:
        return "a ** mapping that the code does not show may pass it already"
    legal = argument.pool_classes
    if legal and pool.pool_class is not None and pool.pool_class not in legal:
        return f"{pool.pool_class} takes no {argument.name}"
    if argument.pool_classes and pool.pool_class is None:
        if any(url.startswith("sqlite") for url in pool.urls):
            return f"its URL is SQLite, whose pool may take no {argument.name}"
        if sqlite:
            return (
                f"SQLite may be the database too ({sqlite[0]} names it), and its in-memory pool"
                f" takes no {argument.name}"
            )
    return None


def _sqlite_files(snapshot: Snapshot) -> tuple[str, ...]:
    found = [path for path, file in snapshot.python.items() if _SQLITE.search(file.data)]
    found += [p for p, data in snapshot.other.items() if _SQLITE.search(data) and ".env" in p]
    return tuple(sorted(found))


def _edits(
    snapshot: Snapshot,
    wanted: Mapping[tuple[Span, str], tuple[Pool, Argument, Scalar]],
    policy: Policy,
    sinks: Sinks,
) -> Iterator[Addition]:
    by_call: dict[Span, list[tuple[Pool, Argument, Scalar]]] = {}
    for (span, _), entry in wanted.items():
        by_call.setdefault(span, []).append(entry)
    for span, entries in by_call.items():
        texts = [_argument_text(pool, arg, value, policy, sinks) for pool, arg, value in entries]
        reads = any("os.getenv" in text for text in texts)
        edit = _insertion(snapshot, span, texts, reads=reads)
        if edit is None:
            continue
        for pool, argument, value in entries:
            yield Addition(pool.key, argument.name, value, edit, "the policy ensures it")


def _argument_text(
    pool: Pool, argument: Argument, value: Scalar, policy: Policy, sinks: Sinks
) -> str:
    if isinstance(value, bool):
        return f"{argument.name}={value}"
    prefix = sinks.sink(pool.sink).prefix
    name = f"{policy.prefix if prefix == 'DB' else prefix}_{argument.variable}"
    read = environment_read(name, value, str(value), changed=True)
    return f"{argument.name}={read}"


def _insertion(snapshot: Snapshot, span: Span, texts: list[str], *, reads: bool) -> Edit | None:
    """The edit that puts arguments last in a call, in the layout of the call."""
    text = snapshot.python[span.path].text
    lines = Lines(span.path, text)
    call = _call_at(text, span, lines)
    if call is None:
        return None
    start, end = lines.range_of(call)
    passed: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    passed.sort(key=lambda node: lines.range_of(node)[1])
    reason = "arguments that the policy ensures"
    imports = frozenset({"os"}) if reads else frozenset[str]()
    if not passed:
        at = end - 1
        return Edit(span.path, at, at, "", ", ".join(texts), reason, span.line, imports)
    last = lines.range_of(passed[-1])[1]
    first_line = lines.position(lines.range_of(passed[0])[0])[0]
    at, comma = _after_argument(text, last, end)
    separate_lines = first_line != lines.position(start)[0] and _own_line(text, lines, passed[-1])
    if separate_lines:
        column = lines.line_text(lines.position(lines.range_of(passed[-1])[0])[0])
        indent = column[: len(column) - len(column.lstrip())]
        newline = "\r\n" if "\r\n" in text else "\n"
        new = "".join(f"{newline}{indent}{one}," for one in texts)
        new = new if comma else "," + new.removesuffix(",")
    else:
        new = (" " if comma else ", ") + ", ".join(texts)
    return Edit(span.path, at, at, "", new, reason, lines.position(at)[0], imports)


def _after_argument(text: str, last: int, end: int) -> tuple[int, bool]:
    """Where to insert after the last argument: behind its comma where it has one."""
    match = re.compile(r"[\s)]*?,").match(text, last, end)
    between = text[last:end]
    if match and "#" not in between[: match.end() - last]:
        return match.end(), True
    closing = re.compile(r"\)*(?=\s*(?:#[^\n]*\s*)*\)$)").match(between)
    return last + (closing.end() if closing and between.count(")") > 1 else 0), False


def _own_line(text: str, lines: Lines, node: ast.expr | ast.keyword) -> bool:
    start = lines.range_of(node)[0]
    line, column = lines.position(start)
    return not lines.line_text(line)[: column - 1].strip()


def _call_at(text: str, span: Span, lines: Lines) -> ast.Call | None:
    for node in ast.walk(parse(text, span.path)):
        if isinstance(node, ast.Call) and lines.span(node) == span:
            return node
    return None
