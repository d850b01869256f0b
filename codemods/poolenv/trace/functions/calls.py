"""What calls give: environment reads, conversions, mappings, functions of the repository."""

from __future__ import annotations

import ast
from dataclasses import replace

from poolenv.model import Origin
from poolenv.syntax.bindings.expressions import keyword_of, last_name
from poolenv.syntax.resolving.classes import decorators
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    External,
    Frame,
    FunctionReference,
    Instance,
    Partial,
    Reference,
)
from poolenv.syntax.resolving.results import ATTRIBUTE_READERS
from poolenv.trace.containers import copies, mappings, paired, reworked
from poolenv.trace.functions import getters
from poolenv.trace.functions.unread import unread
from poolenv.trace.names import options
from poolenv.trace.objects import application, attributes, dynamic, hierarchy
from poolenv.trace.outcome import (
    Outcome,
    Value,
    alternatives,
    is_none,
    led_by,
    may_lack,
    step,
    written_as,
)
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values import arithmetic, environment, handlers, predicates, reads
from poolenv.trace.values.texts import keys_of, texts_of

_FRAMES = 60
_TOO_DEEP = "the calls on the way to it are nested too deeply to follow"
_CONVERSIONS = {"builtins.int": int, "builtins.float": float, "builtins.round": round}
_SEQUENCES = frozenset({"builtins.tuple", "builtins.list", "builtins.set", "builtins.frozenset"})
_TRANSPARENT = frozenset(
    {
        "typing.cast",
        "copy.copy",
        "copy.deepcopy",
        "types.MappingProxyType",
        "builtins.str",
        "builtins.abs",
        "builtins.bool",
        *_SEQUENCES,
        "builtins.sorted",
        "typing.Final",
        "typing.NewType()",
    }
)
_MAPPINGS = frozenset({"builtins.dict", "collections.OrderedDict", "collections.UserDict"})
_AS_MAPPING = frozenset({"dataclasses.asdict", "builtins.vars", "attr.asdict", "attrs.asdict"})
_DUMPS = frozenset({"dict", "model_dump", "_asdict", "to_dict", "as_dict", "asdict"})
_TEXT_METHODS = frozenset({"strip", "lower", "upper", "lstrip", "rstrip", "copy", "replace"})
_GETTERS = frozenset({"get", "pop", "getint", "getfloat", "getboolean", "get_int", "setdefault"})


def call_values(tracer: Tracer, node: ast.Call, path: Path, at: At) -> tuple[Outcome, ...]:
    """The values of a call's result, at a path into it."""
    references = tracer.refer(node.func, at) or hierarchy.lacking(tracer, node.func, at)
    copy = copies.copied_values(tracer, references, node, path, at)
    if copy is not None:
        return led_by(copy, step(at.scope.module, node))
    found: list[Outcome] = []
    handled = any(not isinstance(r, External) for r in references)
    for reference in references:
        values = _reference_call(tracer, reference, node, path, at)
        if values is not None:
            handled = True
            found.extend(values)
    if handled:
        return led_by(alternatives(found), step(at.scope.module, node)) if found else ()
    method = _method_values(tracer, node, path, at)
    if method is not None:
        return method
    return _unknown_call(tracer, references, node, path, at)


def _reference_call(
    tracer: Tracer, reference: Reference, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    span = at.scope.module.lines.span(node)
    match reference:
        case External():
            return _external_call(tracer, reference, node, path, at)
        case ClassReference(scope=scope) if path:
            return attributes.member_values(tracer, Instance(scope, node, at), path, span)
        case FunctionReference():
            return hierarchy.method_values(tracer, reference, path, node, at)
        case Partial(inner=FunctionReference() as inner, call=call, at=there):
            return function_values(tracer, inner, path, call, there, shift=1)
        case Instance(scope=scope):
            for method in tracer.resolver.member(scope, "__call__", reference):
                if isinstance(method, FunctionReference):
                    return function_values(tracer, method, path, node, at)
    return None


def function_values(
    tracer: Tracer,
    function: FunctionReference,
    path: Path,
    call: ast.Call | None,
    at: At | None,
    *,
    shift: int = 0,
) -> tuple[Outcome, ...]:
    """The values a repository function returns (or yields) for a call of it."""
    scope = function.scope
    frame: Frame | None = function.frame
    if call is None and function.receiver is not None:
        call = tracer.reading(function)
        at = At(scope.parent or scope, None)
    if call is not None and at is not None:
        depth = (at.frame.depth if at.frame else 0) + 1
        if depth > _FRAMES:
            return (tracer.lost(_TOO_DEEP, call, at, mapping=may_lack(path)),)
        frame = Frame(call, at, depth, shift, function.receiver)
    if isinstance(scope.node, ast.Lambda):
        return tracer.ask(scope.node.body, path, At(scope, None, frame))
    formed = reworked.reworked_values(tracer, scope, path, frame) if path else None
    formed = formed if path else predicates.predicate_values(tracer, scope, frame)
    if formed is not None:
        return formed
    found = handlers.returned_values(tracer, scope, path, frame)
    of_each = path[1:] if path[:1] == ("[*",) and not decorators(scope) else path
    for value, where in scope.yields:
        found.extend(tracer.ask(value, of_each, At(scope, where, frame)))
    return alternatives(written_as(found, Origin.CONSTANT) if not path else found)


def _external_call(
    tracer: Tracer, function: External, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    name = function.name
    read = environment.reader(name)
    if read is not None and not path:
        return reads.environment_values(tracer, read, node, at)
    first = node.args[0] if node.args else None
    if name in _CONVERSIONS and first is not None and not path:
        return tuple(_converted(o, name) for o in tracer.ask(first, (), at) if not is_none(o))
    if first is not None and (name in _TRANSPARENT or (path and name == "builtins.type")):
        return tracer.ask(node.args[-1] if name == "typing.cast" else first, path, at)
    if name in _SEQUENCES and first is None and path:
        return ()
    if name in ("builtins.min", "builtins.max") and not path:
        return arithmetic.bounded_values(tracer, node, name.rpartition(".")[2], at)
    if name in ATTRIBUTE_READERS and first is not None:
        return _getattr(tracer, node, first, path, at)
    if name.startswith("operator."):
        return getters.getter_values(tracer, function, node, path, at)
    if not path:
        return options.declared_default(tracer, name, node, at)
    return _part_of_external(tracer, function, node, path, at)


def _part_of_external(
    tracer: Tracer, function: External, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """An entry or attribute of what a function of a library makes."""
    name = function.name
    first = node.args[0] if node.args else None
    declared = options.parsed_arguments(tracer, name, node, path, at)
    if declared is None:
        declared = options.flag_value(tracer, name, node, path, at)
    if declared is None:
        declared = dynamic.namespace_values(tracer, name, node, path, at) or None
    if declared is None:
        declared = application.made_settings(tracer, name, node, path, at)
    if declared is not None:
        return declared
    item = path[0].startswith("[")
    if name in _MAPPINGS and item:
        return mappings.call_mapping_values(tracer, node, path, at)
    if name == "builtins.dict.fromkeys" and item:
        return paired.same_for_all(tracer, node, path, at)
    if name.startswith("collections.namedtuple"):
        return paired.record_values(tracer, function, node, path, at)
    if name == "collections.ChainMap" and item:
        return mappings.merged(tracer, list(reversed(node.args)), path, at)
    if name in _AS_MAPPING and item and first is not None:
        return present(tracer.ask(first, (f".{path[0][1:]}", *path[1:]), at))
    if not item:
        for keyword in node.keywords:
            if keyword.arg == path[0][1:]:
                values = tracer.ask(keyword.value, path[1:], at)
                return written_as(values, Origin.SETTINGS)
    return None


def present(outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """A record as a mapping has no key for what it has no field of."""
    return tuple(o for o in outcomes if isinstance(o, Value) or not o.absent)


def _converted(outcome: Outcome, name: str) -> Outcome:
    if not isinstance(outcome, Value):
        return outcome
    value = outcome.value
    if outcome.known and value is not None:
        try:
            number = float(value)
            value = number if name == "builtins.float" else int(number)
        except (ValueError, OverflowError):
            pass
    return replace(outcome, typed=True, value=value)


def _getattr(
    tracer: Tracer, node: ast.Call, first: ast.expr, path: Path, at: At
) -> tuple[Outcome, ...]:
    keys = texts_of(tracer, node.args[1], at) if len(node.args) > 1 else ()
    found: tuple[Outcome, ...]
    if keys:
        found = tuple(o for k in keys for o in tracer.ask(first, (f".{k}", *path), at))
    else:
        found = (tracer.lost("getattr with a name that the code does not show", node, at),)
    if len(node.args) > 2:
        default = tracer.ask(node.args[2], path, at)
        values = tuple(o for o in found if isinstance(o, Value))
        return (*values, *default)
    return found


def _method_values(
    tracer: Tracer, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """Methods of mappings, text and records that no class of the repository defines."""
    if not isinstance(node.func, ast.Attribute):
        return None
    base, name = node.func.value, node.func.attr
    if name in _TEXT_METHODS:
        return tracer.ask(base, path, at)
    if name in _DUMPS and path and path[0].startswith("["):
        return present(tracer.ask(base, (f".{path[0][1:]}", *path[1:]), at))
    if name == "get_settings":
        return application.settings_read(tracer, base, path, at)
    if name in _GETTERS:
        found = _section_values(tracer, node, base, path, at)
        return _getter_values(tracer, node, base, path, at) if found is None else found
    return None


def _section_values(
    tracer: Tracer, node: ast.Call, base: ast.expr, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """configparser's ``parser.getint("database", "pool_size", fallback=5)``."""
    if len(node.args) != 2 or path:
        return None
    if not any(name.startswith("configparser.") for name in tracer.externals(base, at)):
        return None
    sections, keys = texts_of(tracer, node.args[0], at), texts_of(tracer, node.args[1], at)
    steps = [(f"[{section}", f"[{key}") for section in sections for key in keys]
    found = [o for both in steps for o in tracer.ask(base, both, at)]
    values = tuple(o for o in found if isinstance(o, Value))
    assert isinstance(node.func, ast.Attribute)
    if node.func.attr in ("getint", "getfloat"):
        kind = node.func.attr.removeprefix("get")
        values = tuple(
            o for v in values if isinstance(o := _converted(v, f"builtins.{kind}"), Value)
        )
    fallback = keyword_of(node, "fallback")
    if fallback is not None:
        return (*values, *written_as(tracer.ask(fallback, (), at), Origin.DICT))
    return values or (tracer.lost("it is read from a configuration file", node, at),)


def _getter_values(
    tracer: Tracer, node: ast.Call, base: ast.expr, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """``options.get("pool_size", 5)``: the entry, and the default beside it."""
    default = keyword_of(node, "default", "fallback")
    if default is None and len(node.args) == 2:
        default = node.args[1]
    keys = keys_of(tracer, node.args[0], at) if node.args else ()
    if node.keywords and default is not None and len(node.args) == 2:
        keys = texts_of(tracer, node.args[1], at)
    found = tuple(o for k in keys for o in tracer.ask(base, (f"[{k}", *path), at))
    fallback = tracer.ask(default, path, at) if default is not None else ()
    fallback = written_as(fallback, Origin.DICT)
    values = tuple(o for o in found if isinstance(o, Value))
    if values and len(values) == len(found) and all(v.sure for v in values):
        return values
    if fallback:
        unknown = tuple(o for o in found if not isinstance(o, Value) and not o.mapping)
        return (*values, *unknown, *fallback)
    if values:
        return values
    if not keys:
        return (tracer.lost("the key it is looked up by is not known", node, at),)
    ends = tuple(o for o in found if not isinstance(o, Value))
    return tuple(replace(o, mapping=may_lack(path)) for o in ends) or (
        () if path else (tracer.lost(f"no entry {keys[0]!r} can be seen in the mapping", node, at),)
    )


def _unknown_call(
    tracer: Tracer, references: tuple[Reference, ...], node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...]:
    """A call into a library: a ``default=`` it declares is worth listing, else nothing is known."""
    if not path:
        for keyword in node.keywords:
            if keyword.arg in ("default", "fallback", "default_value"):
                found = tracer.ask(keyword.value, (), at)
                if any(isinstance(o, Value) and isinstance(o.value, int | float) for o in found):
                    return arithmetic.fixed(
                        found, "it is the default of an option that a library declares"
                    )
    names = sorted(r.plain for r in references if isinstance(r, External))
    named = names[0].removeprefix("builtins.") if names else last_name(node.func) or "a call"
    return (tracer.lost(unread(named, node), node, at, mapping=may_lack(path)),)
