"""Who calls a function of the repository: found by name, confirmed by what the name refers to."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from poolenv.syntax.program import Found, Program
from poolenv.syntax.references import (
    At,
    ClassReference,
    FunctionReference,
    Instance,
    Partial,
    Reference,
)
from poolenv.syntax.resolve import Resolver
from poolenv.syntax.scopes import Module, Scope

_MOST_FILES = 150
"""A name that more files call is no factory of pools, and following it would cost too much."""
_CALLED = r"\bNAME\s*\(|\bNAME\s+as\s|[=(]\s*(?:\w+\.)*NAME\s*[,)\r\n]"
"""Called, imported under another name, handed to ``partial`` or assigned."""
_DERIVED = r"\bclass\s+\w+\s*\([^)]*\bNAME\b|\bNAME\s+as\s"
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__", "__call__"})


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call of a function."""

    call: ast.Call
    at: At
    shift: int = 0
    """Leading positional arguments that are not the function's own: 1 for ``partial(f, …)``."""
    bound: bool = False
    """The receiver (self) is not among the arguments."""


@dataclass(slots=True, eq=False)
class Callers:
    """Finds callers on demand and remembers them."""

    program: Program
    resolver: Resolver
    _known: dict[int, tuple[CallSite, ...]] = field(default_factory=dict)
    _subclasses: dict[int, tuple[Scope, ...]] = field(default_factory=dict)

    def of(self, scope: Scope) -> tuple[CallSite, ...]:
        """All calls of a function, method, constructor or named lambda."""
        key = id(scope.node)
        if key not in self._known:
            self._known[key] = ()
            self._known[key] = tuple(self._find(scope))
        return self._known[key]

    def constructions(self, owner: Scope) -> tuple[CallSite, ...]:
        """All calls that make an instance of a class (its subclasses included)."""
        key = id(owner.node) + 1
        if key not in self._known:
            self._known[key] = ()
            self._known[key] = tuple(self._instances(owner))
        return self._known[key]

    def subclasses(self, owner: Scope) -> tuple[Scope, ...]:
        """Classes of the repository that derive from a class directly."""
        key = id(owner.node)
        if key not in self._subclasses:
            found: list[Scope] = []
            for module in self._modules_using(owner.name, _DERIVED):
                for hit in self.program.find_names(module, frozenset({owner.name})):
                    if isinstance(hit.stmt, ast.ClassDef) and hit.node in hit.stmt.bases:
                        inner = hit.scope.child(hit.stmt)
                        if self._means(hit, owner) and inner is not owner:
                            found.append(inner)
            self._subclasses[key] = tuple(dict.fromkeys(found))
        return self._subclasses[key]

    def _modules_using(self, name: str, use: str) -> Iterator[Module]:
        """The modules in which a name stands as in ``use``, a regular expression for ``NAME``."""
        pattern = use.replace("NAME", re.escape(name))
        paths = self.program.files_matching(name, pattern)
        for path in paths if len(paths) <= _MOST_FILES else ():
            module = self.program.module(path)
            if module is not None:
                yield module

    def _means(self, hit: Found, owner: Scope) -> bool:
        assert isinstance(hit.node, ast.expr)
        references = self.resolver.refer(hit.node, At(hit.scope, hit.stmt))
        return any(isinstance(r, ClassReference) and r.scope is owner for r in references)

    def _find(self, scope: Scope) -> Iterator[CallSite]:
        owner = scope.parent
        if owner is not None and owner.is_class and scope.name in _CONSTRUCTORS:
            yield from self._instances(owner)
            yield from self._super_calls(owner, scope.name)
            return
        for name in self._names(scope):
            for module in self._modules_using(name, _CALLED):
                yield from self._calls_in(module, name, scope)

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
        names = {name, *re.findall(rf"\b{re.escape(name)}\s+as\s+(\w+)", module.source.text)}
        aliases: set[str] = set()
        for hit in self.program.find_names(module, frozenset(names)):
            yield from self._confirm(hit, target)
            match hit.stmt:
                case ast.Assign(targets=[ast.Name(id=alias)], value=value) if value is hit.node:
                    aliases.add(alias)
                case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
                    aliases.update(defaulted(hit.node, arguments))
        if aliases - names:
            for hit in self.program.find_names(module, frozenset(aliases - names)):
                yield from self._confirm(hit, target)

    def _confirm(self, hit: Found, target: Scope) -> Iterator[CallSite]:
        call = hit.outer[-1] if hit.outer else None
        if not isinstance(call, ast.Call) or not isinstance(hit.node, ast.expr):
            return
        at = At(hit.scope, hit.stmt)
        if call.func is hit.node:
            for reference in self.resolver.refer(hit.node, at):
                found = _reaches(reference, target)
                if found is not None:
                    yield CallSite(call, at, bound=found)
                    return
        elif call.args and call.args[0] is hit.node:
            made = self.resolver.refer(call, at)
            if any(isinstance(r, Partial) and _reaches(r.inner, target) is not None for r in made):
                bound = any(isinstance(r, Partial) and _reaches(r.inner, target) for r in made)
                yield CallSite(call, at, shift=1, bound=bound)

    def _instances(self, owner: Scope) -> Iterator[CallSite]:
        seen: set[int] = set()
        waiting = [owner]
        while waiting:
            one = waiting.pop()
            if id(one) in seen:
                continue
            seen.add(id(one))
            yield from self._constructed(one)
            waiting.extend(s for s in self.subclasses(one) if "__init__" not in s.bindings)

    def _constructed(self, owner: Scope) -> Iterator[CallSite]:
        for module in self._modules_using(owner.name, _CALLED):
            text = module.source.text
            names = {owner.name, *re.findall(rf"\b{re.escape(owner.name)}\s+as\s+(\w+)", text)}
            if module is owner.module:
                names.add("cls")
            for hit in self.program.find_names(module, frozenset(names)):
                call = hit.outer[-1] if hit.outer else None
                if not isinstance(call, ast.Call):
                    continue
                if call.func is hit.node and self._means(hit, owner):
                    yield CallSite(call, At(hit.scope, hit.stmt), bound=True)
                elif call.args and call.args[0] is hit.node and self._means(hit, owner):
                    made = self.resolver.refer(call, At(hit.scope, hit.stmt))
                    if any(isinstance(r, Partial) for r in made):
                        yield CallSite(call, At(hit.scope, hit.stmt), shift=1, bound=True)

    def _super_calls(self, owner: Scope, method: str) -> Iterator[CallSite]:
        for below in self.subclasses(owner):
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
                yield from self._super_calls(below, method)


def defaulted(node: ast.AST, arguments: ast.arguments) -> Iterator[str]:
    """The parameter that a node is the default of: ``def connect(make=create_engine)``."""
    positional = [*arguments.posonlyargs, *arguments.args]
    places = [
        *zip(reversed(positional), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    for argument, default in places:
        if default is node:
            yield argument.arg


def _reaches(reference: Reference, target: Scope) -> bool | None:
    """Whether a reference is the target function, and then whether it is bound to a receiver."""
    match reference:
        case FunctionReference(scope=scope, receiver=receiver) if scope is target:
            return receiver is not None
        case Partial(inner=inner):
            return _reaches(inner, target)
        case Instance(scope=scope) if target.name == "__call__" and target.parent is scope:
            return True
    return None
