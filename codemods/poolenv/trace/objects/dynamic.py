"""Attributes that no statement names: ``__getattr__``, ``self.__dict__.update``, ``setattr``."""

from __future__ import annotations

import ast

from poolenv.model import Span
from poolenv.syntax.resolving.classes import instance_values, self_mutations
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    FunctionReference,
    Instance,
    ModuleReference,
)
from poolenv.trace.containers import changes, mappings
from poolenv.trace.functions import calls
from poolenv.trace.names import bindings
from poolenv.trace.objects import attributes, receivers
from poolenv.trace.outcome import Outcome, Value, led_by, step
from poolenv.trace.tracer import Path, Tracer

NAMESPACES = frozenset({"types.SimpleNamespace", "argparse.Namespace"})
"""Classes whose keywords become attributes."""

_WRAPPERS = frozenset(
    {
        "addict.Dict",
        "attrdict.AttrDict",
        "attrdict.AttrMap",
        "box.Box",
        "box.ConfigBox",
        "box.SBox",
        "bunch.Bunch",
        "bunch.bunchify",
        "dotmap.DotMap",
        "easydict.EasyDict",
        "ml_collections.ConfigDict",
        "ml_collections.config_dict.ConfigDict",
        "munch.DefaultMunch.fromDict",
        "munch.Munch",
        "munch.Munch.fromDict",
        "munch.munchify",
        "omegaconf.DictConfig",
        "omegaconf.OmegaConf.create",
    }
)
"""Mappings whose items are also attributes, at every level."""
_IMPORTS = frozenset({"importlib.import_module", "builtins.__import__"})
_VALIDATORS = frozenset(
    {"model_validate", "model_validate_json", "model_construct", "parse_obj", "parse_raw"}
)
"""What makes an instance of a pydantic class out of data."""
ANSWERING = ("__getattr__", "__getattribute__")
"""Methods that answer for any attribute."""
_ITEM_GETTERS = frozenset({"__getitem__", "get"})


def namespace_values(
    tracer: Tracer, name: str, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """What an object holds that a library makes of keywords, of a mapping or of a module."""
    if name.rpartition(".")[2] in _VALIDATORS and path[0].startswith("."):
        return _validated(tracer, node, path, at)
    if name in NAMESPACES and path[0].startswith("."):
        items = (f"[{path[0][1:]}", *path[1:])
    elif name in _WRAPPERS:
        items = tuple(f"[{part[1:]}" for part in path)
    elif name in _IMPORTS and path[0].startswith("."):
        modules = [r.module for r in tracer.refer(node, at) if isinstance(r, ModuleReference)]
        values = (bindings.module_values(tracer, m, path[0][1:], path[1:]) for m in modules)
        return tuple(o for found in values for o in found or ())
    else:
        return None
    return mappings.call_mapping_values(tracer, node, items, at)


def _validated(tracer: Tracer, node: ast.Call, path: Path, at: At) -> tuple[Outcome, ...] | None:
    """``Settings.model_validate(data)``: what the class says, whatever the data holds."""
    if not isinstance(node.func, ast.Attribute):
        return None
    span = at.scope.module.lines.span(node)
    return tuple(
        o
        for r in tracer.refer(node.func.value, at)
        if isinstance(r, ClassReference)
        for o in attributes.member_values(tracer, Instance(r.scope), path, span)
    )


def stored_values(tracer: Tracer, owner: Instance, attr: str, rest: Path) -> tuple[Outcome, ...]:
    """What methods put into ``self.__dict__`` as a whole, ``setattr`` in a loop included."""
    found: list[Outcome] = []
    for method, mutations in self_mutations(owner.scope, "__dict__"):
        for mutation in mutations:
            place = receivers.entered(tracer, owner, At(method, mutation.stmt))
            values = changes.mutation_values(tracer, mutation, (f"[{attr}", *rest), place)
            found.extend(led_by(values or (), step(method.module, mutation.stmt)))
    return tuple(o for o in found if isinstance(o, Value))


def answered_values(
    tracer: Tracer, owner: Instance, attr: str, rest: Path, span: Span
) -> tuple[Outcome, ...]:
    """What the class's own ``__getattr__`` or its like gives; () where it can't be followed."""
    items = (f"[{attr}", *rest)
    found: tuple[Outcome, ...] = ()
    for value, at in instance_values(owner.scope, "__dict__"):
        parameters = at.scope.parameters()
        if isinstance(value, ast.Name) and parameters and value.id == parameters.args[0].arg:
            found = attributes.member_values(tracer, owner, items, span)
    answering = (b for name in ANSWERING for b in owner.scope.bindings.get(name, ()))
    for binding in answering:
        match binding.node:
            case ast.Attribute(attr=name) if name in _ITEM_GETTERS:
                found = attributes.member_values(tracer, owner, items, span)
            case ast.FunctionDef() as node:
                method = owner.scope.child(node)
                function = FunctionReference(method, owner)
                call = tracer.reading(function, attr)
                at = At(owner.scope.parent or owner.scope, None)
                values = calls.function_values(tracer, function, rest, call, at)
                found = led_by(values, step(owner.scope.module, node))
    return tuple(o for o in found if isinstance(o, Value) and not _of_any_name(o, owner))


def _of_any_name(value: Value, owner: Instance) -> bool:
    """What stands in the class itself it answers for every name, so it is no setting."""
    node = owner.scope.node
    assert isinstance(node, ast.ClassDef)
    return owner.scope.module.lines.span(node).holds(value.span)
