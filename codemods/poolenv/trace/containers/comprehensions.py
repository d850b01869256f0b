"""Mappings made by comprehensions, as far as their conditions can be read."""

from __future__ import annotations

import ast
from dataclasses import replace

from poolenv.syntax.resolving.references import At
from poolenv.trace.containers import mappings
from poolenv.trace.containers.renamed import source_keys
from poolenv.trace.outcome import Lost, Outcome, Value, is_none
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values.texts import texts_of

_FIELDS = frozenset({"dataclasses.fields", "attr.fields", "attrs.fields"})


def comprehension_values(
    tracer: Tracer, node: ast.DictComp, path: Path, at: At
) -> tuple[Outcome, ...]:
    """``{k: v for k, v in base.items() …}`` and ``{k: base[k] for k in ("a", "b")}``."""
    generator = node.generators[0]
    if len(node.generators) == 1 and path and path[0].startswith("["):
        match generator.target, generator.iter:
            case (
                ast.Tuple(elts=[ast.Name(id=key), ast.Name()]),
                ast.Call(func=ast.Attribute(value=base, attr="items")),
            ):
                found = _of_items(tracer, node, key, base, path, at)
            case ast.Name(id=key), ast.Tuple(elts=elts) | ast.List(elts=elts):
                names = frozenset(str(t) for e in elts for t in texts_of(tracer, e, at))
                found = _of_names(tracer, node, key, names, path, at)
            case ast.Name(id=field), ast.Call(func=listing) if (
                tracer.externals(listing, at) & _FIELDS
            ):
                found = _of_fields(tracer, node, field, path, at)
            case ast.Tuple(elts=elts), _ if isinstance(node.key, ast.Name):
                columns = [getattr(element, "id", None) for element in elts]
                found = _of_rows(tracer, node, columns, path, at)
            case _:
                found = None
        if found is not None:
            return tuple(o if isinstance(o, Value) else replace(o, mapping=True) for o in found)
    return (tracer.lost("the mapping is made by a comprehension", node, at, mapping=True),)


def _of_items(
    tracer: Tracer, node: ast.DictComp, key: str, base: ast.expr, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """What one key has that comes from a mapping's own; None where that can't be told."""
    value = getattr(node.generators[0].target, "elts", [None, None])[1]
    used = _mentions(node.value, getattr(value, "id", ""))
    same = used and isinstance(node.value, ast.Name)
    if path[0] == "[*":
        return tracer.ask(base if same else node.value, path if same else path[1:], at)
    keys = source_keys(node.key, key, path[0][1:])
    if keys is None:
        return None
    found: list[Outcome] = []
    for one in keys:
        if _kept(tracer, node.generators[0], one, at) is False:
            continue
        if same:
            found.extend(tracer.ask(base, (f"[{one}", *path[1:]), at))
        elif used or mappings.is_there(tracer.ask(base, (f"[{one}",), at)):
            place = replace(at, assume=(*at.assume, (key, one)))
            found.extend(tracer.ask(node.value, path[1:], place))
    if value is not None and _leaves_none_out(node.generators[0], value):
        found = [o for o in found if not is_none(o)]
    return tuple(found)


def _leaves_none_out(generator: ast.comprehension, value: ast.expr) -> bool:
    """A condition holds only for values that are not None: ``if v is not None``, ``if v``."""
    name = getattr(value, "id", "")
    for condition in generator.ifs:
        match condition:
            case ast.Name(id=tested) if tested == name:
                return True
            case ast.Compare(
                left=ast.Name(id=tested), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]
            ) if tested == name:
                return True
    return False


def _of_names(
    tracer: Tracer, node: ast.DictComp, key: str, names: frozenset[str], path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """What one key has whose source is among a few names; None where that can't be told."""
    keys = tuple(names) if path[0] == "[*" else source_keys(node.key, key, path[0][1:])
    if keys is None:
        return None
    found: list[Outcome] = []
    for one in keys:
        if one in names and _kept(tracer, node.generators[0], one, at) is not False:
            assume = (*at.assume, (key, one))
            found.extend(tracer.ask(node.value, path[1:], replace(at, assume=assume)))
    return tuple(found)


def _of_rows(
    tracer: Tracer, node: ast.DictComp, columns: list[str | None], path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """``{key: getattr(conf, name) for name, key in PAIRS}``; None where a key can't be told."""
    key = node.key.id if isinstance(node.key, ast.Name) else ""
    there = tracer.ask(node.key, (), at) if key in columns else ()
    if not there or not all(isinstance(o, Value) and o.known for o in there):
        return None
    generator = node.generators[0]
    if path[0] == "[*":
        return tracer.ask(node.value, path[1:], at)
    wanted = path[0][1:]
    if wanted not in [o.value for o in there if isinstance(o, Value)]:
        return ()
    if columns[0] == key and _kept(tracer, generator, wanted, at) is False:
        return ()
    place = replace(at, assume=(*at.assume, (key, wanted)))
    found = tracer.ask(node.value, path[1:], place)
    if isinstance(node.value, ast.Name) and _leaves_none_out(generator, node.value):
        found = tuple(o for o in found if not is_none(o))
    return found


def _of_fields(
    tracer: Tracer, node: ast.DictComp, field: str, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """A record's own field: ``{f.name: getattr(record, f.name) for f in fields(Record)}``."""
    match node.key, node.value:
        case (
            ast.Attribute(value=ast.Name(id=key), attr="name"),
            ast.Call(
                func=ast.Name(id="getattr"),
                args=[record, ast.Attribute(value=ast.Name(id=name), attr="name"), *_],
            ),
        ) if field == key == name and not node.generators[0].ifs:
            found = tracer.ask(record, (f".{path[0][1:]}", *path[1:]), at)
            return tuple(o for o in found if not (isinstance(o, Lost) and o.absent))
    return None


def _kept(tracer: Tracer, generator: ast.comprehension, key: str, at: At) -> bool | None:
    """Whether the conditions of a comprehension let a key through; None where that is open."""
    name = generator.target
    if isinstance(name, ast.Tuple):
        name = name.elts[0]
    every: bool | None = True
    for condition in generator.ifs:
        if isinstance(name, ast.Name) and not _mentions(condition, name.id):
            continue
        match condition:
            case ast.Compare(left=ast.Name(id=left), ops=[op], comparators=[right]) if (
                isinstance(name, ast.Name) and left == name.id
            ):
                words = _words(tracer, right, at)
                holds = None if words is None else _compares(op, key, words)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                holds = _starts(inner, key)
                holds = None if holds is None else not holds
            case _:
                holds = _starts(condition, key)
        if holds is False:
            return False
        every = every if holds else None
    return every


def _words(tracer: Tracer, node: ast.expr, at: At) -> object | None:
    """The text, or the texts of a collection, that a key is compared with."""
    try:
        words: object = ast.literal_eval(node)
    except ValueError:
        found = tracer.ask(node, ("[*",), at)
        if not found or not all(isinstance(o, Value) and o.known for o in found):
            return None
        return [o.value for o in found if isinstance(o, Value)]
    return words


def _mentions(condition: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(condition))


def _compares(op: ast.cmpop, key: str, words: object) -> bool | None:
    match op:
        case ast.Eq() | ast.NotEq():
            return (key == words) is isinstance(op, ast.Eq)
        case ast.In() | ast.NotIn() if isinstance(words, tuple | list | set | dict):
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
