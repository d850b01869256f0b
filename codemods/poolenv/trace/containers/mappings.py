"""Items of mappings and sequences: displays, merges, and what statements do to them later."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from poolenv.model import Origin
from poolenv.syntax.resolving.references import At
from poolenv.trace.containers import paired, rows
from poolenv.trace.outcome import Outcome, Value, led_by, step, written_as
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values import reads
from poolenv.trace.values.texts import keys_of, texts_of


def _surely(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    return tuple(replace(o, sure=True) if isinstance(o, Value) else o for o in outcomes)


def joined(first: tuple[Outcome, ...], second: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Alternatives of one key: an unknown mapping is no news where a value was found.

    Nor is an object that lacks an attribute, where a statement gives it one.
    """
    every = (*first, *second)
    if first and second:
        every = tuple(replace(o, sure=False) if isinstance(o, Value) else o for o in every)
    if any(isinstance(o, Value) for o in every):
        return tuple(o for o in every if isinstance(o, Value) or not (o.mapping or o.absent))
    return every


def dict_values(tracer: Tracer, node: ast.Dict, path: Path, at: At) -> tuple[Outcome, ...]:
    """The values of a key in ``{…}``: the last entry that has it wins."""
    if not path or not path[0].startswith("["):
        return (tracer.lost("the value is a mapping", node, at),) if not path else ()
    wanted = path[0][1:]
    if row := rows.row_of(path[0]):
        return rows.of_items(tracer, node, row, path[1:], at)
    unknown: list[Outcome] = []
    everything: list[Outcome] = []
    for key, value in reversed(list(zip(node.keys, node.values, strict=True))):
        if key is None:
            inner = tracer.ask(value, path, at)
            if is_there(inner) and wanted != "*" and not of_callers(inner):
                return joined(inner, tuple(unknown))
            (everything if wanted == "*" else unknown).extend(inner)
            continue
        if wanted == "*" or wanted in map(str, texts_of(tracer, key, at)):
            there = at if wanted == "*" else rows.supposing(tracer, key, wanted, at)
            found = written_as(tracer.ask(value, path[1:], there), Origin.DICT)
            if wanted != "*":
                if of_callers(unknown):
                    return joined(tuple(unknown), found)
                return _surely(joined(found, ()))
            everything.extend(found)
    return tuple(everything) if wanted == "*" else tuple(unknown)


def merged(tracer: Tracer, parts: Sequence[ast.expr], path: Path, at: At) -> tuple[Outcome, ...]:
    """The values of a key in mappings laid over one another, the last on top."""
    unknown: tuple[Outcome, ...] = ()
    for part in reversed(parts):
        found = tracer.ask(part, path, at)
        if is_there(found) and not of_callers(found):
            return joined(found, unknown)
        unknown = (*unknown, *found)
    return unknown


def is_there(outcomes: Iterable[Outcome]) -> bool:
    """The key is in the mapping, whatever its value."""
    return any(isinstance(o, Value) or not o.mapping for o in outcomes)


def of_callers(outcomes: Iterable[Outcome]) -> bool:
    """Some callers put the key into the mapping; another one may leave it out."""
    return any(isinstance(o, Value) and o.calls and not o.sure for o in outcomes)


def subscript_values(
    tracer: Tracer, node: ast.Subscript, path: Path, at: At
) -> tuple[Outcome, ...]:
    """The values of ``base[key]``."""
    if isinstance(node.slice, ast.Slice):
        return (tracer.lost("it is a slice of a sequence", node, at),)
    keys = texts_of(tracer, node.slice, at)
    if "os.environ" in tracer.externals(node.value, at):
        names = [key for key in keys if isinstance(key, str)]
        if len(names) == 1:
            preset = reads.preset_default(tracer, names[0], at)
            return preset or (tracer.unread(names[0], node, at),)
    keys = keys_of(tracer, node.slice, at)
    found = tuple(o for key in keys for o in tracer.ask(node.value, (f"[{key}", *path), at))
    if keys == ("*",) and found and not any(isinstance(o, Value) for o in found):
        reason = "the key it is looked up by is not known"
        return (tracer.lost(reason, node, at, mapping=bool(path)),)
    found = tuple(o if isinstance(o, Value) else replace(o, mapping=bool(path)) for o in found)
    if not found and not path:
        return (tracer.lost(f"no entry {keys[0]!r} can be seen in the mapping", node, at),)
    return led_by(found, step(at.scope.module, node))


def sequence_values(
    tracer: Tracer, node: ast.Tuple | ast.List | ast.Set, path: Path, at: At
) -> tuple[Outcome, ...]:
    """The values of one element, or of every element."""
    wanted = path[0][1:]
    if wanted.startswith("*"):
        return rows.of_elements(tracer, node.elts, path, at)
    if wanted.lstrip("-").isdigit():
        index = int(wanted)
        before = node.elts[: index + 1] if index >= 0 else node.elts
        if -len(node.elts) <= index < len(node.elts) and not any(
            isinstance(e, ast.Starred) for e in before
        ):
            return tracer.ask(node.elts[index], path[1:], at)
    return ()


def call_mapping_values(tracer: Tracer, call: ast.Call, path: Path, at: At) -> tuple[Outcome, ...]:
    """The values of a key in what ``dict(base, key=…, **more)`` or ``.update(…)`` is given."""
    wanted = path[0][1:]
    unknown: tuple[Outcome, ...] = ()
    for keyword in reversed(call.keywords):
        if keyword.arg is None:
            found = tracer.ask(keyword.value, path, at)
        elif keyword.arg == wanted:
            found = written_as(tracer.ask(keyword.value, path[1:], at), Origin.DICT)
        else:
            continue
        if is_there(found) or keyword.arg is not None:
            return joined(found, unknown)
        unknown = (*unknown, *found)
    for argument in reversed(call.args):
        pairs = paired.zipped_values(tracer, argument, path, at)
        if pairs is None:
            pairs = _pairs(tracer, argument, path, at)
        found = tracer.ask(argument, path, at) if pairs is None else pairs
        if is_there(found):
            return joined(found, unknown)
        unknown = (*unknown, *found)
    return unknown


def _pairs(tracer: Tracer, node: ast.expr, path: Path, at: At) -> tuple[Outcome, ...] | None:
    """``dict([("pool_size", 5), …])``."""
    if not isinstance(node, ast.List | ast.Tuple):
        return None
    for element in node.elts:
        match element:
            case ast.Tuple(elts=[ast.Constant(value=key), value]) if key == path[0][1:]:
                return written_as(tracer.ask(value, path[1:], at), Origin.DICT)
    return ()
