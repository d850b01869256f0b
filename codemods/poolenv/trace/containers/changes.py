"""What statements do to a mapping or object after it is made: ``kwargs["x"] = 5``, ``.update``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace

from poolenv.model import Origin
from poolenv.syntax.bindings.binding import Binding, Mutation
from poolenv.syntax.bindings.inner_scopes import scopes_in
from poolenv.syntax.bindings.outer_names import calls_its_own
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.second_names import EVERY
from poolenv.syntax.resolving.arguments import receiving_parameter
from poolenv.syntax.resolving.references import At, Frame, FunctionReference
from poolenv.trace.containers.loops import goes_over, last_first
from poolenv.trace.containers.mappings import call_mapping_values, is_there, of_callers
from poolenv.trace.containers.renamed import source_keys
from poolenv.trace.containers.rows import is_of_value, row_of, supposing, tells_otherwise
from poolenv.trace.outcome import Outcome, Value, is_none, led_by, step, written_as
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values.texts import texts_of


def mutated(
    tracer: Tracer, base: str, path: Path, at: At, bindings: Iterable[Binding]
) -> tuple[tuple[Outcome, ...], bool]:
    """What statements before ``at`` put at ``path`` of a mapping or object bound to ``base``.

    The second value says that one of them surely did, so what was there first is gone.
    """
    if not path:
        return (), False
    elsewhere = tracer.guarded(
        ("changed in functions",), lambda: _changed_in_functions(tracer, base, path, at)
    )
    mutations = _with_attributes(at.scope, base, path)
    if not mutations:
        return elsewhere, False
    straight = _straight_blocks(at.scope, at.stmt)
    limit = at.stmt.lineno if at.stmt is not None else 1 << 60
    looped = _loop_end(at.scope, at.stmt)
    since = min((b.stmt.lineno for b in bindings), default=0)
    found: list[Outcome] = []
    for mutation in sorted(mutations, key=lambda m: -m.stmt.lineno):
        line = mutation.stmt.lineno
        if mutation.stmt is at.stmt or line < since or (line >= limit and line > looped):
            continue
        here = At(at.scope, mutation.stmt, at.frame, at.assume, at.on)
        values = mutation_values(tracer, mutation, path, here)
        if values is None:
            continue
        found.extend(led_by(values, step(at.scope.module, mutation.stmt)))
        where = at.scope.where.get(id(mutation.stmt))
        sure = where is not None and id(where.block) in straight
        known = is_there(values) or mutation.kind in ("set", "delete")
        lasting = mutation.kind not in ("setdefault", "passed")
        if mutation.kind == "update" and of_callers(values):
            known = _writes_out(mutation, path[0][1:])
        if sure and known and lasting and line < limit and path[0] != "[*":
            return (*found, *elsewhere), True
    return (*found, *elsewhere), False


def _writes_out(mutation: Mutation, key: str) -> bool:
    """``update(size=…)``, ``update({"size": …})``: the key is set whatever its value is."""
    call = mutation.call
    if call is None:
        return False
    shown = [k for a in call.args if isinstance(a, ast.Dict) for k in a.keys]
    return any(keyword.arg == key for keyword in call.keywords) or any(
        isinstance(k, ast.Constant) and k.value == key for k in shown
    )


def _with_attributes(scope: Scope, base: str, path: Path) -> list[Mutation]:
    """The changes of what is bound to ``base``, or to an attribute on the way: ``base.pool``."""
    found = list(scope.mutations.get(base, ()))
    if path[0].startswith("."):
        found.extend(scope.mutations.get(f"{base}.__dict__", ()))
    steps: tuple[ast.expr | str, ...] = ()
    for part in path:
        if not part.startswith("."):
            break
        base, steps = f"{base}{part}", (*steps, part[1:])
        found.extend(
            replace(mutation, steps=(*steps, *mutation.steps))
            for mutation in scope.mutations.get(base, ())
            if mutation.kind != "passed"
        )
    return found


def _changed_in_functions(tracer: Tracer, base: str, path: Path, at: At) -> tuple[Outcome, ...]:
    """What functions of a module put into an object of its own: ``settings.size = 5``."""
    scope = at.scope
    if scope.parent is not None or not _may_change(scope.module, base):
        return ()
    if at.stmt is not None and not calls_its_own(scope, at.stmt):
        return ()
    found: list[Outcome] = []
    for inner in scopes_in(scope):
        if inner is scope or base in inner.bindings:
            continue
        for mutation in inner.mutations.get(base, ()):
            place = At(inner, mutation.stmt)
            found.extend(mutation_values(tracer, mutation, path, place) or ())
        for mutation in inner.mutations.get(f"{base}.__dict__", ()):
            as_item = (f"[{path[0][1:]}", *path[1:])
            place = At(inner, mutation.stmt)
            found.extend(mutation_values(tracer, mutation, as_item, place) or ())
    return tuple(o for o in found if isinstance(o, Value))


def _may_change(module: Module, base: str) -> bool:
    """The text holds something like a change of ``base``, anywhere."""
    if base not in module.may_change:
        changes = (
            rf"\b{re.escape(base)}(?:\.__dict__)?(?:\[|\.update\b|\.setdefault\b|\.\w+\s*=[^=])"
            rf"|=\s*{re.escape(base)}\s*(?:#|$)|\bin\s+{re.escape(base)}\b"
        )
        found = re.search(changes, module.source.text, re.MULTILINE)
        module.may_change[base] = found is not None
    return module.may_change[base]


def _straight_blocks(scope: Scope, stmt: ast.stmt | None) -> set[int]:
    if stmt is None:
        return {id(scope.node.body)}
    return {id(where.block) for where in scope.around(stmt)}


def _loop_end(scope: Scope, stmt: ast.stmt | None) -> int:
    """The last line of the outermost loop around a statement, whose later lines also precede it."""
    last = 0
    for where in scope.around(stmt):
        if isinstance(where.parent, ast.For | ast.AsyncFor | ast.While):
            last = where.parent.end_lineno or 0
    return last


def mutation_values(
    tracer: Tracer, mutation: Mutation, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """The values one statement puts at ``path``; None where it does not concern it."""
    rest, here = path, at
    for index, part in enumerate(mutation.steps):
        if not rest:
            return None
        copied = _copied_items(tracer, mutation, part, rest, at)
        if copied is not None:
            return copied
        if isinstance(part, str):
            if rest[0] != f".{part}":
                return None
        elif part is EVERY:
            if not rest[0].startswith("["):
                return None
        elif (keys_of := _loop_keys(at.scope, mutation, part, rest[0])) is not None:
            below = replace(mutation, steps=mutation.steps[index + 1 :])
            return _for_each_key(tracer, below, keys_of, rest[1:], here)
        else:
            keys = texts_of(tracer, part, at)
            if not keys and len(rest) > 1 and goes_over(at.scope, part, mutation.base):
                keys = (rest[0][1:],)
            elif not keys and rest[0].startswith("[") and (rest[0] != "[*" or not rest[1:]):
                if len(rest) > 1 or mutation.kind != "set":
                    return None
                reason = "an entry is set under a key that the code does not show"
                return (tracer.lost(reason, part, at, mapping=True),)
            row = row_of(rest[0])
            if row is not None and is_of_value(row):
                put = mutation.value if index + 1 == len(mutation.steps) else None
                if put is not None and tells_otherwise(tracer, put, row, here):
                    return None
            elif rest[0] != "[*":
                if rest[0][1:] not in map(str, keys):
                    return None
                here = supposing(tracer, part, rest[0][1:], here)
        rest = rest[1:]
    return _put(tracer, mutation, rest, here)


def _for_each_key(
    tracer: Tracer, below: Mutation, keys: list[tuple[str, str]], path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """What a statement in a loop puts at ``path``, for each thing that a name may be there."""
    found: list[Outcome] = []
    for name, key in keys:
        there = replace(at, assume=(*at.assume, (name, key)))
        found.extend(mutation_values(tracer, below, path, there) or ())
    return tuple(o for o in found if not is_none(o)) or None


def _loop_keys(
    scope: Scope, mutation: Mutation, part: ast.expr, wanted: str
) -> list[tuple[str, str]] | None:
    """What a loop's key is where ``part``, made of it, is the wanted one; None: not of a loop.

    What is put there has to be made of the loop's value: ``target[key.lower()] = int(value)``.
    """
    if not wanted.startswith("[") or wanted == "[*":
        return None
    put = {n.id for n in ast.walk(mutation.value or mutation.stmt) if isinstance(n, ast.Name)}
    for node in ast.walk(part):
        if not isinstance(node, ast.Name):
            continue
        for binding in scope.bindings.get(node.id, ()):
            match binding:
                case Binding(kind="for", index=0, node=ast.Call(func=ast.Attribute(attr="items"))):
                    of_loop = (
                        b.stmt is binding.stmt
                        for n in put
                        for b in scope.bindings.get(n, ())
                        if b.index == 1
                    )
                    keys = source_keys(part, node.id, wanted[1:]) if any(of_loop) else None
                    return None if keys is None else [(node.id, key) for key in keys]
    return None


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
    if call is None or mutation.value is None or not rest:
        return None
    found: list[Outcome] = []
    for reference in tracer.refer(call.func, here):
        if not isinstance(reference, FunctionReference):
            continue
        scope = reference.scope
        bound = reference.receiver is not None
        name = receiving_parameter(call, mutation.value, scope, bound=bound)
        if name is not None:
            depth = (here.frame.depth if here.frame else 0) + 1
            frame = Frame(call, here, depth, receiver=reference.receiver)
            values, _ = mutated(tracer, name, rest, At(scope, None, frame), ())
            found.extend(o for o in values if isinstance(o, Value) or not o.mapping)
    return tuple(found) or None


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
            layers = _layers(call, here)
            for element, place in layers or ():
                found = tracer.ask(element, rest, place)
                if is_there(found):
                    return found
            return (
                None
                if layers is not None
                else call_mapping_values(tracer, call, rest, here) or None
            )
        case "setdefault" if call is not None and rest and len(call.args) == 2:
            copied = _copied_items(tracer, mutation, call.args[0], rest, here)
            if copied is not None:
                return copied
            if rest[0][1:] in map(str, texts_of(tracer, call.args[0], here)):
                here = supposing(tracer, call.args[0], rest[0][1:], here)
                put = written_as(tracer.ask(call.args[1], rest[1:], here), Origin.DICT)
                return tuple(replace(o, fallback=True) if isinstance(o, Value) else o for o in put)
    return None


def _layers(call: ast.Call, at: At) -> list[tuple[ast.expr, At]] | None:
    """``for layer in layers: merged.update(layer)``: the layers, the last and strongest first."""
    if len(call.args) != 1 or call.keywords or not isinstance(call.args[0], ast.Name):
        return None
    for binding in at.scope.bindings.get(call.args[0].id, ()):
        if binding.kind == "for" and binding.index is None and isinstance(binding.node, ast.expr):
            return last_first(binding.node, at)
    return None


def _container(mutation: Mutation) -> Origin:
    last = mutation.steps[-1] if mutation.steps else ""
    return Origin.SETTINGS if isinstance(last, str) else Origin.DICT
