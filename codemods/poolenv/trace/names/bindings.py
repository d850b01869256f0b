"""What a name holds: its bindings here, in outer scopes, in other files, or a parameter."""

from __future__ import annotations

import ast

from poolenv.model import Origin
from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.outer_names import (
    calls_its_own,
    global_bindings,
    nonlocal_bindings,
)
from poolenv.syntax.bindings.reaching import reaching
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.calls.table_keys import alternatives
from poolenv.syntax.resolving.imports import exported
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    External,
    FunctionReference,
    Instance,
    ModuleReference,
    NamespaceReference,
    Reference,
)
from poolenv.trace.containers import changes, iterations, loops, mappings, rows, taken_out
from poolenv.trace.functions import parameters, passing
from poolenv.trace.names import options
from poolenv.trace.names.framework_settings import constant_of_settings
from poolenv.trace.names.module_getattr import answered_by_module
from poolenv.trace.objects import attributes, outside, web_config
from poolenv.trace.outcome import Lost, Outcome, Value, led_by, may_lack, step, written_as
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values import arithmetic, handlers, ruled_out


def name_values(tracer: Tracer, node: ast.Name, path: Path, at: At) -> tuple[Outcome, ...]:
    """The values of a name where it stands."""
    name = node.id
    for assumed, text in at.assume:
        if assumed == name and not path:
            module = at.scope.module
            return tuple(tracer.literal(node, one, module) for one in alternatives(text))
    if at.stmt is not None and iterations.is_variable(at.scope.module, name):
        inner = iterations.variable_values(tracer, node, path, at)
        if inner is not None:
            return inner
    scope: Scope | None = at.scope
    stmt, frame, first = at.stmt, at.frame, True
    while scope is not None:
        skip = (scope.is_class and not first) or (
            name in scope.global_names and not reaching(scope, name, stmt)[1]
        )
        found = (
            None if skip else in_scope(tracer, name, path, At(scope, stmt, frame, at.assume, at.on))
        )
        if found is not None:
            return found
        if not isinstance(scope.node, ast.Lambda):
            stmt = None
            frame = None
        scope, first = scope.parent, False
    star = star_import(tracer, at.scope.module, name, path)
    if star is not None:
        return star
    if at.stmt is not None and node.id not in at.scope.bindings:
        loose = iterations.variable_values(tracer, node, path, at, anywhere=True)
        if loose is not None:
            return loose
    if not path:
        module = at.scope.module
        put = options.injected(tracer, name, module, module.lines.span(node))
        if put is not None:
            return put
    return (tracer.lost(f"the name {name} is not bound in this file", node, at),)


def in_scope(tracer: Tracer, name: str, path: Path, at: At) -> tuple[Outcome, ...] | None:
    """The values a scope's own bindings give a name; None where it does not bind it."""
    scope = at.scope
    bindings, definite = reaching(scope, name, at.stmt)
    is_parameter = passing.parameter(scope, name) is not None
    reached = bool(bindings)
    if not reached and not is_parameter:
        if name not in scope.bindings:
            return _of_functions(tracer, name, path, at)
        if scope.is_class and at.stmt is not None:
            return None  # ``SIZE = SIZE`` in a class reads the name around it
        bindings = [b for b in scope.bindings[name] if b.kind != "declare"]
        if not bindings:
            return None
    assigned = _assigned_inside(scope, name, at.stmt, reached=reached)
    found, covered = changes.mutated(tracer, name, path, at, bindings)
    if covered:
        later = outside.put_later(tracer, name, path, at)
        return taken_out.kept(tracer, name, path, at, (*found, *later))
    below: list[Outcome] = []
    if scope.parent is None and bindings and "*" in scope.bindings:
        starred, sure = _starred_later(tracer, name, path, at, bindings)
        if sure:
            return mappings.joined(found, starred)
        below.extend(starred)
    for inner, binding in assigned:
        below.extend(binding_values(tracer, binding, path, At(inner, None)))
    below.extend(_given(tracer, name, path, at, bindings))
    passed: tuple[Outcome, ...] = ()
    if is_parameter and not definite:
        passed = _arriving(name, 0, at, parameters.parameter_values(tracer, name, path, at))
        below.extend(passed)
    is_passed = at.frame is not None and mappings.is_there(passed)
    if is_passed or (below and all(isinstance(o, Value) and o.sure for o in below)):
        found = tuple(o for o in found if not (isinstance(o, Value) and o.fallback))
    return taken_out.kept(tracer, name, path, at, mappings.joined(found, tuple(below)))


def _assigned_inside(
    scope: Scope, name: str, stmt: ast.stmt | None, *, reached: bool
) -> list[tuple[Scope, Binding]]:
    """What functions in a scope assign to its name, where they may have run before a statement."""
    if scope.is_function:
        return nonlocal_bindings(scope, name)
    if scope.parent is not None or not reached:
        return []
    assigned = global_bindings(scope.module, name)
    return assigned if assigned and (stmt is None or calls_its_own(scope, stmt)) else []


def _of_functions(tracer: Tracer, name: str, path: Path, at: At) -> tuple[Outcome, ...] | None:
    """What functions alone, or else a star import, give a name that its module never binds."""
    assigned = global_bindings(at.scope.module, name) if at.scope.parent is None else []
    if not assigned:
        return _changed_star(tracer, name, path, at)
    return tuple(
        o for inner, b in assigned for o in binding_values(tracer, b, path, At(inner, None))
    )


def _given(tracer: Tracer, name: str, path: Path, at: At, bindings: list[Binding]) -> list[Outcome]:
    """What the bindings give that reach a place."""
    given = [
        (b.stmt, _arriving(name, b.stmt.lineno, at, binding_values(tracer, b, path, at)))
        for b in bindings
    ]
    return handlers.without_failures(at.scope, given)


def _arriving(name: str, since: int, at: At, values: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """What a name is given on a line, as far as the tests on the way to ``at`` let it pass."""
    return ruled_out.by_statements(values, ast.Name(id=name), at.scope, at.stmt, since)


def binding_values(tracer: Tracer, binding: Binding, path: Path, at: At) -> tuple[Outcome, ...]:
    """The values that one binding gives; ``at`` names scope and frame."""
    scope, node, module = at.scope, binding.node, at.scope.module
    here = At(scope, binding.stmt, at.frame, at.assume, at.on)
    place = step(module, node if binding.kind in ("other", "from") else binding.stmt)
    match binding.kind:
        case "assign" | "walrus" | "with":
            assert isinstance(node, ast.expr)
            origin = Origin.SETTINGS if scope.is_class else Origin.CONSTANT
            found = tracer.ask(node, path, here)
            if path:
                return led_by(found, place)
            return led_by(written_as(found, origin), place)
        case "unpack":
            assert isinstance(node, ast.expr)
            found = tracer.ask(node, (f"[{binding.index}", *path), here)
            return led_by(written_as(found, Origin.CONSTANT), place)
        case "for":
            assert isinstance(node, ast.expr)
            row = rows.assumed_row(binding, here)
            return led_by(loops.loop_values(tracer, binding, node, path, here, row), place)
        case "from":
            assert isinstance(binding.stmt, ast.ImportFrom)
            assert isinstance(node, ast.alias)
            stmt, alias = binding.stmt, node.name
            key = ("from", id(stmt), alias, path)
            found = tracer.guarded(key, lambda: imported(tracer, stmt, alias, path, here))
            return led_by(found, place)
        case "augment":
            line = binding.stmt.lineno
            earlier = [b for b in scope.bindings[binding.name] if b.stmt.lineno < line]
            values = [o for b in earlier for o in binding_values(tracer, b, path, at)]
            return arithmetic.fixed(values, "it is changed by an augmented assignment")
        case "import" | "def" | "class":
            references = tracer.resolver.binding(binding, scope, at.frame)
            return tuple(
                o for r in references for o in reference_values(tracer, r, path, binding, here)
            )
    reason = f"{binding.name} is bound by a statement that poolenv does not follow"
    return (Lost(reason, module.lines.start(binding.stmt), (place,)),)


def imported(
    tracer: Tracer, stmt: ast.ImportFrom, name: str, path: Path, at: At
) -> tuple[Outcome, ...]:
    """The values of ``from module import name``."""
    module = at.scope.module
    target = tracer.program.find_module(module.path, stmt.module or "", stmt.level)
    found = tracer.program.module(target) if target else None
    if found is not None and found is not module:
        values = module_values(tracer, found, name, path)
        if values is not None:
            return values
    alias = ast.alias(name=name)
    references = tracer.resolver.binding(Binding(name, "from", alias, stmt), at.scope, at.frame)
    outcomes = [o for r in references for o in reference_values(tracer, r, path, None, at, stmt)]
    if outcomes or references:
        return tuple(outcomes)
    source = "." * stmt.level + (stmt.module or "")
    reason = f"{name} is imported from {source}, which does not define it"
    return (Lost(reason, module.lines.start(stmt)),)


def module_values(
    tracer: Tracer, module: Module, name: str, path: Path
) -> tuple[Outcome, ...] | None:
    """The values of a module's attribute; None where the module has no such name."""
    found = in_scope(tracer, name, path, At(module.scope, None))
    if found is not None:
        return found
    sub = tracer.program.submodule(module.path, name)
    inner = tracer.program.module(sub) if sub and module.path.endswith("__init__.py") else None
    if inner is not None and path and path[0].startswith("."):
        return module_values(tracer, inner, path[0][1:], path[1:])
    starred = star_import(tracer, module, name, path)
    if starred is None and "__getattr__" in module.scope.bindings:
        return answered_by_module(tracer, module, name, path)
    return starred


def star_import(
    tracer: Tracer, module: Module, name: str, path: Path
) -> tuple[Outcome, ...] | None:
    """The values that ``from other import *`` gives a name of this module: the last one counts.

    None where no module gives it; () where one does, and what it gives has no such entry.
    """
    given: tuple[Outcome, ...] | None = None
    for binding in reversed(module.scope.bindings.get("*", ())):
        found = _starred(tracer, module, binding, name, path)
        if found:
            return found
        given = found if given is None else given
    return given


def _starred(
    tracer: Tracer, module: Module, binding: Binding, name: str, path: Path
) -> tuple[Outcome, ...] | None:
    """The values that one ``from other import *`` gives a name; None where it gives none."""
    stmt = binding.stmt
    assert isinstance(stmt, ast.ImportFrom)
    target = tracer.program.find_module(module.path, stmt.module or "", stmt.level)
    other = tracer.program.module(target) if target else None
    if other is None or other is module or not exported(other, name):
        return None
    found = tracer.guarded(
        ("star", id(stmt), name, path), lambda: module_values(tracer, other, name, path) or ()
    )
    if not found and name not in other.scope.bindings:
        return None
    return led_by(found, step(module, stmt))


def _starred_later(
    tracer: Tracer, name: str, path: Path, at: At, bindings: list[Binding]
) -> tuple[tuple[Outcome, ...], bool]:
    """What ``from local import *`` after a module's own binding gives; True: it surely does."""
    scope = at.scope
    last = max((b.stmt.lineno for b in bindings), default=0)
    limit = at.stmt.lineno if at.stmt is not None else 1 << 60
    for star in reversed(scope.bindings["*"]):
        if last < star.stmt.lineno < limit:
            found = _starred(tracer, scope.module, star, name, path)
            if found:
                where = scope.where.get(id(star.stmt))
                return found, where is not None and where.parent is None
    return (), False


def _changed_star(tracer: Tracer, name: str, path: Path, at: At) -> tuple[Outcome, ...] | None:
    """The values of a name that a star import gives, where statements here change what it holds."""
    module = at.scope.module
    if not path or at.scope.parent is not None or name not in at.scope.mutations:
        return None
    given = star_import(tracer, module, name, path)
    if given is None:
        return None
    found, covered = changes.mutated(tracer, name, path, at, ())
    return found if covered else mappings.joined(found, given)


def reference_values(
    tracer: Tracer,
    reference: Reference,
    path: Path,
    binding: Binding | None,
    at: At,
    stmt: ast.stmt | None = None,
) -> tuple[Outcome, ...]:
    """The values behind a path into something that a name refers to."""
    where = binding.stmt if binding else stmt
    assert where is not None
    module = at.scope.module
    span = module.lines.start(where)
    match reference:
        case ModuleReference(module=target) if path and path[0].startswith("."):
            found = module_values(tracer, target, path[0][1:], path[1:])
            if found is not None:
                return found
            return (Lost(f"{target.path} has no {path[0][1:]}", span),)
        case NamespaceReference() if path and path[0].startswith("."):
            inner = tracer.resolver.attribute(reference, path[0][1:])
            return tuple(
                o for r in inner for o in reference_values(tracer, r, path[1:], binding, at, stmt)
            )
        case ClassReference() | Instance() if path:
            return attributes.member_values(tracer, reference, path, span)
        case External(plain=name):
            declared = options.attribute_of_options(tracer, name, path, module, span)
            if declared is not None:
                return declared
            held = web_config.of_current(tracer, name, path, module)
            held = held or constant_of_settings(tracer, name, path, module)
            if held:
                return held
            reason = f"it comes from {name}, outside this repository"
            return (Lost(reason, span, mapping=may_lack(path)),)
        case FunctionReference() if not path:
            return (Lost(f"it is the function {reference.scope.name} itself", span),)
    reason = "it is an object whose content poolenv does not know"
    return (Lost(reason, span, mapping=may_lack(path)),)
