"""Who calls a function of the repository: found by name, confirmed by what the name refers to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.calls.call_text import Uses, Wanted
from poolenv.syntax.calls.called_objects import (
    called_at_once,
    is_of_itself,
    is_returned,
    names_of_object,
    with_parameters,
)
from poolenv.syntax.calls.given_objects import calls_on_given
from poolenv.syntax.calls.looked_up import looked_up, methods_looked_up
from poolenv.syntax.calls.other_names import other_names, renamed
from poolenv.syntax.calls.reached import means, reached_by_partial, reaches
from poolenv.syntax.calls.reading import Reading
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.overridden import is_beside, is_overridden
from poolenv.syntax.resolving.references import At, ClassReference, Partial
from poolenv.syntax.resolving.resolve import Resolver

_CALLED = (
    r"\bNAME\s*(?:\[[^()\n]*\])?\(|\bNAME\s+as\s"
    r"|(?:[=(]|\belse\s|\bor\s)\s*(?:\w+\.)*NAME\s*(?:[,)\r\n]|\b(?:if|or)\b)"
)
"""Called, imported under another name, handed to ``partial``, assigned or chosen."""
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__"})
_BY_CLASS = _CONSTRUCTORS | {"__call__"}
"""Methods that a class is named for where they are called."""


@dataclass(slots=True, eq=False)
class Callers:
    """Finds callers on demand and remembers them."""

    program: Program
    resolver: Resolver
    reading: Reading = field(init=False)
    _known: dict[tuple[object, ...], tuple[CallSite, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reading = Reading(self.program, self.resolver)

    def of(self, scope: Scope, wanted: Wanted | None = None) -> tuple[CallSite, ...]:
        """The calls of a function, method, constructor or named lambda.

        With ``wanted``, calls in files whose text passes no such argument may be left out.
        """
        key = (id(scope.node), wanted)
        if key not in self._known:
            self._known[key] = ()
            found = tuple(self._find(scope, wanted))
            if self.reading.exhausted:
                del self._known[key]
                return found
            self._known[key] = found
        return self._known[key]

    def is_called(self, scope: Scope) -> bool:
        """Some file that can import the function calls it, with whatever arguments."""
        return any(one.is_called for one in self._uses_of(scope))

    def leaves(self, scope: Scope, wanted: Wanted) -> bool:
        """Some call outside the tests leaves a parameter's default as it is."""
        return any(one.leaves(wanted) for one in self._uses_of(scope))

    def _uses_of(self, scope: Scope) -> Iterator[Uses]:
        """How the files outside the tests use a function, each by the name it is called by."""
        owner = scope.parent
        made = owner is not None and owner.is_class and scope.name in _BY_CLASS
        names = (owner.name,) if made and owner is not None else self._names(scope)
        importers = self.program.importers(scope.module.path)
        for name in names:
            paths = self.program.files_matching(name, _CALLED, importers)
            for path in self.program.without_copies(scope.module.path, paths):
                if not self.program.snapshot.python[path].is_test:
                    yield self.reading.uses(path, name)

    def constructions(self, owner: Scope, wanted: Wanted | None = None) -> tuple[CallSite, ...]:
        """The calls that make an instance of a class (its subclasses included)."""
        key = (id(owner.node), "instances", wanted)
        if key not in self._known:
            self._known[key] = ()
            found = tuple(self._instances(owner, wanted))
            if self.reading.exhausted:
                del self._known[key]
                return found
            self._known[key] = found
        return self._known[key]

    def _find(self, scope: Scope, wanted: Wanted | None) -> Iterator[CallSite]:
        owner = scope.parent
        if owner is not None and owner.is_class and scope.name in _CONSTRUCTORS:
            yield from self._instances(owner, wanted)
            yield from self.super_calls(owner, scope.name)
            return
        if owner is not None and owner.is_class and scope.name == "__call__":
            yield from self._of_objects(owner, scope)
        elif owner is not None and is_returned(scope):
            yield from self._of_results(owner, scope)
        of_objects = owner is not None and owner.is_class
        for name in self._names(scope):
            for module in self.reading.modules_using(name, _CALLED, scope, wanted):
                key = (module.path, name, id(scope.node))
                yield from self.reading.confirmed(key, self._calls_in(module, name, scope))
                if of_objects:
                    found = calls_on_given(self.reading, self.of, module, name, scope)
                    yield from self.reading.confirmed((*key, "given"), found)
        yield from looked_up(self.reading, scope)
        if of_objects and owner is not None:
            # What tables hold is searched aside: the plain callers are to have their files.
            left, exhausted = self.reading.left, self.reading.exhausted
            in_tables = tuple(methods_looked_up(self.reading, owner, scope))
            self.reading.left, self.reading.exhausted = left, exhausted
            yield from in_tables

    def _names(self, scope: Scope) -> tuple[str, ...]:
        if not isinstance(scope.node, ast.Lambda):
            return (scope.name,)
        parent = scope.parent
        if parent is None:
            return ()
        return tuple(
            name
            for name, bindings in parent.bindings.items()
            if any(binding.node is scope.node for binding in bindings)
        )

    def _calls_in(self, module: Module, name: str, target: Scope) -> Iterator[CallSite]:
        names = {name, *renamed(module.source.text, name)}
        for hit in self._and_other_names(module, names):
            yield from self._confirm(hit, target)

    def _confirm(self, hit: Found, target: Scope) -> Iterator[CallSite]:
        call = hit.outer[-1] if hit.outer else None
        if not isinstance(call, ast.Call) or not isinstance(hit.node, ast.expr):
            return
        at = At(hit.scope, hit.stmt)
        if call.func is hit.node:
            references = self.resolver.refer(hit.node, at)
            if not references and is_of_itself(hit):
                if is_beside(self.resolver, hit.scope.parent, target, self.reading.subclasses):
                    yield CallSite(call, at, bound=True)
                return
            for reference in references:
                found = reaches(self.resolver, reference, target)
                caller = hit.scope if is_of_itself(hit) else None
                if found is None and is_overridden(self.resolver, reference, target, caller):
                    found = True
                if found is not None:
                    yield CallSite(call, at, bound=found)
                    return
        elif call.args and call.args[0] is hit.node:
            partly = reached_by_partial(self.resolver, call, at, target)
            if partly is not None:
                yield CallSite(call, at, shift=1, bound=partly)

    def _instances(self, owner: Scope, wanted: Wanted | None) -> Iterator[CallSite]:
        made: dict[int, Scope] = {}
        waiting = [owner]
        while waiting:
            one = waiting.pop()
            if id(one) in made:
                continue
            made[id(one)] = one
            yield from self._constructed(one, wanted)
            waiting.extend(s for s in self.reading.subclasses(one) if "__init__" not in s.bindings)
        yield from looked_up(self.reading, *made.values())

    def _constructed(self, owner: Scope, wanted: Wanted | None) -> Iterator[CallSite]:
        modules = [*self.reading.modules_using(owner.name, _CALLED, owner, wanted), owner.module]
        for module in dict.fromkeys(modules):
            key = (module.path, "made", id(owner.node))
            yield from self.reading.confirmed(key, self._made_in(module, owner))

    def _made_in(self, module: Module, owner: Scope) -> Iterator[CallSite]:
        names = {owner.name, *renamed(module.source.text, owner.name)}
        if module is owner.module:
            names.update(("cls", "type", "__class__"))
        for hit in self._and_other_names(module, names):
            generic = with_parameters(hit)
            call = generic or (hit.outer[-1] if hit.outer else None)
            if not isinstance(call, ast.Call):
                continue
            if (generic or call.func is hit.node) and means(self.resolver, hit, owner):
                yield CallSite(call, At(hit.scope, hit.stmt), bound=True)
            elif call.func is hit.node and len(hit.outer) > 1:
                yield from self._of_its_type(hit, owner)
            elif call.args and call.args[0] is hit.node and means(self.resolver, hit, owner):
                made = self.resolver.refer(call, At(hit.scope, hit.stmt))
                if any(isinstance(r, Partial) for r in made):
                    yield CallSite(call, At(hit.scope, hit.stmt), shift=1, bound=True)

    def _of_objects(self, owner: Scope, target: Scope) -> Iterator[CallSite]:
        """The calls of objects of a class, and of the subclasses that keep its ``__call__``."""
        yield from self._of_results(owner, target)
        for below in self.reading.subclasses(owner):
            if "__call__" not in below.bindings:
                yield from self._of_objects(below, target)

    def _of_results(self, owner: Scope, target: Scope) -> Iterator[CallSite]:
        """The calls of what a class or function makes, at once or by the name it is given."""
        bound = owner.is_class
        for module in dict.fromkeys(
            [*self.reading.modules_using(owner.name, _CALLED, owner), owner.module]
        ):
            names: set[str] = set()
            for hit in self.program.find_names(module, frozenset({owner.name})):
                if isinstance(hit.node, ast.expr) and means(self.resolver, hit, owner):
                    names.update(names_of_object(hit))
                    call = called_at_once(hit)
                    if call is not None:
                        yield CallSite(call, At(hit.scope, hit.stmt), bound=bound)
            for name in sorted(names):
                for user in self.reading.modules_using(name, _CALLED, module.scope):
                    for hit in self.program.find_names(user, frozenset({name})):
                        yield from self._confirm(hit, target)

    def _and_other_names(self, module: Module, names: set[str]) -> Iterator[Found]:
        """Every use of some names, and of what they are assigned to: ``klass = Storage``."""
        others: set[str] = set()
        for hit in self.program.find_names(module, frozenset(names)):
            others.update(other_names(hit))
            yield hit
        yield from self.program.find_names(module, frozenset(others - names))

    def _of_its_type(self, hit: Found, owner: Scope) -> Iterator[CallSite]:
        """``type(self)(…)``: a call whose function is itself a call."""
        outer = hit.outer[-2]
        if isinstance(outer, ast.Call) and outer.func is hit.outer[-1]:
            references = self.resolver.refer(outer.func, At(hit.scope, hit.stmt))
            if any(isinstance(r, ClassReference) and r.scope is owner for r in references):
                yield CallSite(outer, At(hit.scope, hit.stmt), bound=True)

    def super_calls(self, owner: Scope, method: str) -> Iterator[CallSite]:
        """The calls that methods of subclasses make of the one that they replace."""
        for below in self.reading.subclasses(owner):
            own = below.bindings.get(method, ())
            for binding in own:
                if not isinstance(binding.node, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                inner = below.child(binding.node)
                for hit in self.program.find_names(below.module, frozenset({method})):
                    call = hit.outer[-1] if hit.outer else None
                    if hit.scope is not inner or not isinstance(call, ast.Call):
                        continue
                    match hit.node:
                        case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
                            yield CallSite(call, At(hit.scope, hit.stmt), bound=True)
                        case ast.Attribute(value=ast.Name(id=name)) if name == owner.name:
                            yield CallSite(call, At(hit.scope, hit.stmt))
            if not own:
                yield from self.super_calls(below, method)
