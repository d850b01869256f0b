"""Items of mappings and sequences: displays, merges, and what statements do to them later."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from poolenv.model import Origin
from poolenv.syntax.references import At, Frame, FunctionReference
from poolenv.syntax.scopes import Binding, Mutation, Scope
from poolenv.trace.outcome import Lost, Outcome, Value, led_by, step, written_as

if TYPE_CHECKING:
    from poolenv.trace.tracer import Path, Tracer


def _surely(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    return tuple(replace(o, sure=True) if isinstance(o, Value) else o for o in outcomes)


def joined(first: tuple[Outcome, ...], second: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Alternatives of one key: an unknown mapping is no news where a value was found."""
    every = (*first, *second)
    if first and second:
        every = tuple(replace(o, sure=False) if isinstance(o, Value) else o for o in every)
    if any(isinstance(o, Value) for o in every):
        return tuple(o for o in every if isinstance(o, Value) or not o.mapping)
    return every


def dict_values(tracer: Tracer, node: ast.Dict, path: Path, at: At) -> tuple[Outcome, ...]:
    """The values of a key in ``{…}``: the last entry that has it wins."""
    if not path or not path[0].startswith("["):
        return (tracer.lost("the value is a mapping", node, at),) if not path else ()
    wanted = path[0][1:]
    unknown: list[Outcome] = []
    everything: list[Outcome] = []
    for key, value in reversed(list(zip(node.keys, node.values, strict=True))):
        if key is None:
            inner = tracer.ask(value, path, at)
            if _is_there(inner) and wanted != "*":
                return joined(inner, tuple(unknown))
            (everything if wanted == "*" else unknown).extend(inner)
            continue
        if wanted == "*" or wanted in map(str, tracer.texts(key, at)):
            found = written_as(tracer.ask(value, path[1:], at), Origin.DICT)
            if wanted != "*":
                return _surely(joined(found, ()))
            everything.extend(found)
    return tuple(everything) if wanted == "*" else tuple(unknown)


def merged(tracer: Tracer, parts: Sequence[ast.expr], path: Path, at: At) -> tuple[Outcome, ...]:
    """The values of a key in mappings laid over one another, the last on top."""
    unknown: tuple[Outcome, ...] = ()
    for part in reversed(parts):
        found = tracer.ask(part, path, at)
        if _is_there(found):
            return joined(found, unknown)
        unknown = (*unknown, *found)
    return unknown


def _is_there(outcomes: Iterable[Outcome]) -> bool:
    """The key is in the mapping, whatever its value."""
    return any(isinstance(o, Value) or not o.mapping for o in outcomes)


def subscript_values(
    tracer: Tracer, node: ast.Subscript, path: Path, at: At
) -> tuple[Outcome, ...]:
    """The values of ``base[key]``."""
    if isinstance(node.slice, ast.Slice):
        return (tracer.lost("it is a slice of a sequence", node, at),)
    keys = tracer.texts(node.slice, at)
    if "os.environ" in tracer.externals(node.value, at):
        names = [key for key in keys if isinstance(key, str)]
        if len(names) == 1:
            return (tracer.unread(names[0], node, at),)
    keys = tracer.keys(node.slice, at)
    found = tuple(o for key in keys for o in tracer.ask(node.value, (f"[{key}", *path), at))
    if keys == ("*",) and found and not any(isinstance(o, Value) for o in found):
        reason = "the key it is looked up by is not known"
        return (tracer.lost(reason, node, at, mapping=bool(path)),)
    found = tuple(o if isinstance(o, Value) else replace(o, mapping=bool(path)) for o in found)
    if not found and not path:
        return (tracer.lost(f"no entry {keys[0]!r} can be seen in the mapping", node, at),)
    return led_by(found, step(at.scope.module, node))


def sequence_values(
    tracer: Tracer, node: ast.Tuple | ast.List, path: Path, at: At
) -> tuple[Outcome, ...]:
    """The values of one element, or of every element."""
    wanted = path[0][1:]
    if wanted == "*":
        return tuple(o for element in node.elts for o in tracer.ask(element, path[1:], at))
    if wanted.lstrip("-").isdigit():
        index = int(wanted)
        before = node.elts[: index + 1] if index >= 0 else node.elts
        if -len(node.elts) <= index < len(node.elts) and not any(
            isinstance(e, ast.Starred) for e in before
        ):
            return tracer.ask(node.elts[index], path[1:], at)
    return ()


def comprehension_values(
    tracer: Tracer, node: ast.DictComp, path: Path, at: At
) -> tuple[Outcome, ...]:
    """``{k: v for k, v in base.items() …}`` and ``{k: base[k] for k in ("a", "b")}``."""
    generator = node.generators[0]
    kept = _kept(generator, path)
    if kept is False:
        return ()
    if kept and path and path[0].startswith("[") and isinstance(node.key, ast.Name):
        match generator.target, generator.iter:
            case (
                ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=value)]),
                ast.Call(func=ast.Attribute(value=base, attr="items")),
            ) if (
                key == node.key.id and isinstance(node.value, ast.Name) and (node.value.id == value)
            ):
                return tracer.ask(base, path, at)
            case ast.Name(id=key), ast.Tuple(elts=elts) | ast.List(elts=elts) if key == node.key.id:
                names = {str(t) for e in elts for t in tracer.texts(e, at)}
                if path[0][1:] not in names:
                    return ()
                assume = (*at.assume, (key, path[0][1:]))
                return tracer.ask(node.value, path[1:], At(at.scope, at.stmt, at.frame, assume))
    return (tracer.lost("the mapping is made by a comprehension", node, at, mapping=True),)


def _kept(generator: ast.comprehension, path: Path) -> bool | None:
    """Whether the conditions of a comprehension let a key through; None where that is open."""
    key = path[0][1:] if path else ""
    name = generator.target
    if isinstance(name, ast.Tuple):
        name = name.elts[0]
    for condition in generator.ifs:
        match condition:
            case ast.Compare(left=ast.Name(id=left), ops=[op], comparators=[right]) if (
                isinstance(name, ast.Name) and left == name.id
            ):
                try:
                    words = ast.literal_eval(right)
                except ValueError:
                    return None
                holds = _compares(op, key, words)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                holds = _starts(inner, key)
                holds = None if holds is None else not holds
            case _:
                holds = _starts(condition, key)
        if holds is not True:
            return holds
    return True


def _compares(op: ast.cmpop, key: str, words: object) -> bool | None:
    match op:
        case ast.Eq() | ast.NotEq():
            return (key == words) is isinstance(op, ast.Eq)
        case ast.In() | ast.NotIn() if isinstance(words, tuple | list | set):
            return (key in words) is isinstance(op, ast.In)
    return None


def _starts(condition: ast.expr, key: str) -> bool | None:
    match condition:
        case ast.Call(
            func=ast.Attribute(attr="startswith" | "endswith" as how),
            args=[ast.Constant(value=str() as text)],
        ):
            return key.startswith(text) if how == "startswith" else key.endswith(text)
    return None


def mutated(
    tracer: Tracer, base: str, path: Path, at: At, bindings: Iterable[Binding]
) -> tuple[tuple[Outcome, ...], bool]:
    """What statements before ``at`` put at ``path`` of a mapping or object bound to ``base``.

    The second value says that one of them surely did, so what was there first is gone.
    """
    mutations = at.scope.mutations.get(base)
    if not path or not mutations:
        return (), False
    straight = _straight_blocks(at.scope, at.stmt)
    limit = at.stmt.lineno if at.stmt is not None else 1 << 60
    looped = _loop_end(at.scope, at.stmt)
    since = min((b.stmt.lineno for b in bindings), default=0)
    found: list[Outcome] = []
    for mutation in sorted(mutations, key=lambda m: -m.stmt.lineno):
        line = mutation.stmt.lineno
        if mutation.stmt is at.stmt or line < since or (line >= limit and line > looped):
            continue
        here = At(at.scope, mutation.stmt, at.frame, at.assume)
        values = mutation_values(tracer, mutation, path, here)
        if values is None:
            continue
        found.extend(led_by(values, step(at.scope.module, mutation.stmt)))
        where = at.scope.where.get(id(mutation.stmt))
        sure = where is not None and id(where.block) in straight
        known = _is_there(values) or mutation.kind in ("set", "delete")
        lasting = mutation.kind not in ("setdefault", "passed")
        if sure and known and lasting and line < limit and path[0] != "[*":
            return tuple(found), True
    return tuple(found), False


def _straight_blocks(scope: Scope, stmt: ast.stmt | None) -> set[int]:
    if stmt is None:
        return {id(scope.node.body)}
    found: set[int] = set()
    where = scope.where.get(id(stmt))
    while where is not None:
        found.add(id(where.block))
        where = scope.where.get(id(where.parent)) if where.parent is not None else None
    return found


def _loop_end(scope: Scope, stmt: ast.stmt | None) -> int:
    """The last line of the outermost loop around a statement, whose later lines also precede it."""
    last = 0
    where = scope.where.get(id(stmt)) if stmt is not None else None
    while where is not None and where.parent is not None:
        if isinstance(where.parent, ast.For | ast.AsyncFor | ast.While):
            last = where.parent.end_lineno or 0
        where = scope.where.get(id(where.parent))
    return last


def mutation_values(
    tracer: Tracer, mutation: Mutation, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """The values one statement puts at ``path``; None where it does not concern it."""
    rest, assume = path, at.assume
    for part in mutation.steps:
        if not rest:
            return None
        copied = _copied_items(tracer, mutation, part, rest, at)
        if copied is not None:
            return copied
        if isinstance(part, str):
            if rest[0] != f".{part}":
                return None
        else:
            keys = tracer.texts(part, at)
            if not keys and rest[0].startswith("["):
                if len(rest) > 1 or mutation.kind != "set":
                    return None
                reason = "an entry is set under a key that the code does not show"
                return (tracer.lost(reason, part, at, mapping=True),)
            if rest[0] != "[*" and rest[0][1:] not in map(str, keys):
                return None
            if isinstance(part, ast.Name):
                assume = (*assume, (part.id, rest[0][1:]))
        rest = rest[1:]
    here = At(at.scope, at.stmt, at.frame, assume)
    return _put(tracer, mutation, rest, here)


def _copied_items(
    tracer: Tracer, mutation: Mutation, part: ast.expr | str, rest: Path, at: At
) -> tuple[Outcome, ...] | None:
    """``for key, value in base.items(): target[key] = value``, keys renamed on the way or not."""
    value = mutation.value
    if value is None and mutation.call is not None and len(mutation.call.args) == 2:
        value = mutation.call.args[1]
    if not isinstance(part, ast.Name) or not isinstance(value, ast.Name):
        return None
    scope = at.scope
    loops = [b for b in scope.bindings.get(part.id, ()) if b.kind == "for" and b.index == 0]
    for loop in loops:
        held = scope.bindings.get(value.id, ())
        if not any(b.stmt is loop.stmt and b.index == 1 for b in held):
            continue
        match loop.node:
            case ast.Call(func=ast.Attribute(value=base, attr="items")):
                keys = [rest[0], *_renamed(scope, part.id, rest[0][1:])]
                inner = At(scope, loop.stmt, at.frame)
                return tuple(o for k in keys for o in tracer.ask(base, (k, *rest[1:]), inner))
    return None


def _renamed(scope: Scope, name: str, wanted: str) -> list[str]:
    """Keys that ``if key == "min_size": key = "minsize"`` turns into the wanted one."""
    found = []
    for binding in scope.bindings.get(name, ()):
        where = scope.where.get(id(binding.stmt))
        if where is None or not isinstance(where.parent, ast.If):
            continue
        match where.parent.test, binding.node:
            case (
                ast.Compare(
                    left=ast.Name(id=left), ops=[ast.Eq()], comparators=[ast.Constant() as old]
                ),
                ast.Constant(value=new),
            ) if left == name and new == wanted:
                found.append(f"[{old.value!s}")
    return found


def _filled(tracer: Tracer, mutation: Mutation, rest: Path, here: At) -> tuple[Outcome, ...] | None:
    """What a function of the repository puts into a mapping that it is handed."""
    call = mutation.call
    if call is None or not rest:
        return None
    found: list[Outcome] = []
    for reference in tracer.refer(call.func, here):
        if not isinstance(reference, FunctionReference):
            continue
        scope = reference.scope
        name = _parameter_for(call, mutation.value, scope, bound=reference.receiver is not None)
        if name is not None:
            depth = (here.frame.depth if here.frame else 0) + 1
            frame = Frame(call, here, depth, receiver=reference.receiver)
            values, _ = mutated(tracer, name, rest, At(scope, None, frame), ())
            found.extend(o for o in values if isinstance(o, Value))
    return tuple(found) or None


def _parameter_for(
    call: ast.Call, argument: ast.expr | None, scope: Scope, *, bound: bool
) -> str | None:
    parameters = scope.parameters()
    if parameters is None:
        return None
    for keyword in call.keywords:
        if keyword.value is argument:
            return keyword.arg
    positional = [*parameters.posonlyargs, *parameters.args][1 if bound else 0 :]
    for index, passed in enumerate(call.args):
        if passed is argument and index < len(positional):
            return positional[index].arg
    return None


def _put(tracer: Tracer, mutation: Mutation, rest: Path, here: At) -> tuple[Outcome, ...] | None:
    call = mutation.call
    match mutation.kind:
        case "set" if mutation.value is not None:
            return written_as(tracer.ask(mutation.value, rest, here), _container(mutation))
        case "delete":
            return None if rest else ()
        case "passed":
            return _filled(tracer, mutation, rest, here)
        case "update" if call is None and mutation.value is not None:
            return tracer.ask(mutation.value, rest, here) or None
        case "update" if call is not None and rest and rest[0].startswith("["):
            return call_mapping_values(tracer, call, rest, here) or None
        case "setdefault" if call is not None and rest and len(call.args) == 2:
            copied = _copied_items(tracer, mutation, call.args[0], rest, here)
            if copied is not None:
                return copied
            if rest[0][1:] in map(str, tracer.texts(call.args[0], here)):
                put = written_as(tracer.ask(call.args[1], rest[1:], here), Origin.DICT)
                return tuple(replace(o, fallback=True) if isinstance(o, Value) else o for o in put)
    return None


def _container(mutation: Mutation) -> Origin:
    last = mutation.steps[-1] if mutation.steps else ""
    return Origin.SETTINGS if isinstance(last, str) else Origin.DICT


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
        if _is_there(found) or keyword.arg is not None:
            return joined(found, unknown)
        unknown = (*unknown, *found)
    for argument in reversed(call.args):
        pairs = _pairs(tracer, argument, path, at)
        found = tracer.ask(argument, path, at) if pairs is None else pairs
        if _is_there(found):
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


def unknown_mapping(outcomes: Iterable[Outcome]) -> list[Lost]:
    """The ends that leave open whether a key is there at all."""
    return [o for o in outcomes if isinstance(o, Lost) and o.mapping]
