"""From an expression to what it refers to, across the repository's files."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field

from poolenv.syntax.program import Program
from poolenv.syntax.reaching import reaching
from poolenv.syntax.references import (
    At,
    ClassReference,
    External,
    Frame,
    FunctionReference,
    Instance,
    ModuleReference,
    NamespaceReference,
    Partial,
    Reference,
)
from poolenv.syntax.scopes import Binding, Module, Mutation, Scope

_DEPTH = 40
_FRAMES = 6
_TRANSPARENT = frozenset({"typing.cast", "functools.wraps", "copy.copy", "copy.deepcopy"})


@dataclass(slots=True, eq=False)
class Resolver:
    """Resolves names, attributes and calls; cycles and long chains end with nothing found."""

    program: Program
    _stack: set[tuple[int, str, int]] = field(default_factory=set)
    _bases: dict[int, tuple[Reference, ...]] = field(default_factory=dict)

    def refer(self, node: ast.expr, at: At) -> tuple[Reference, ...]:
        """Everything the expression may refer to; empty where it can't be told."""
        key = (id(node), "", id(at.frame.call) if at.frame else 0)
        if key in self._stack or len(self._stack) > _DEPTH:
            return ()
        self._stack.add(key)
        try:
            return _unique(self._refer(node, at))
        finally:
            self._stack.discard(key)

    def _refer(self, node: ast.expr, at: At) -> list[Reference]:
        match node:
            case ast.Name(id=name):
                return self.name(name, at)
            case ast.Attribute(value=value, attr=attr):
                if isinstance(value, ast.Call) and _is_super(value):
                    return self._super(attr, at)
                found = [r for base in self.refer(value, at) for r in self.attribute(base, attr)]
                return found
            case ast.Call():
                return [r for f in self.refer(node.func, at) for r in self.result(f, node, at)]
            case ast.IfExp(body=body, orelse=orelse):
                return [*self.refer(body, at), *self.refer(orelse, at)]
            case ast.BoolOp(values=values):
                return [r for value in values for r in self.refer(value, at)]
            case ast.Await(value=value) | ast.NamedExpr(value=value) | ast.Starred(value=value):
                return list(self.refer(value, at))
            case ast.Lambda():
                return [FunctionReference(at.scope.child(node), frame=at.frame)]
            case ast.Subscript(value=value):
                generic = self.refer(value, at)
                return [r for r in generic if isinstance(r, ClassReference | External)]
            case ast.Constant(value=str() as text):
                return self._annotation_text(text, at)
        return []

    def _annotation_text(self, text: str, at: At) -> list[Reference]:
        if not text.replace(".", "").replace("_", "").isalnum():
            return []
        try:
            inner = ast.parse(text, mode="eval").body
        except SyntaxError:
            return []
        return list(self.refer(inner, at)) if isinstance(inner, ast.Name | ast.Attribute) else []

    def name(self, name: str, at: At) -> list[Reference]:
        """What a name refers to where it stands."""
        scope: Scope | None = at.scope
        stmt = at.stmt
        frame = at.frame
        first = True
        while scope is not None:
            if scope.is_class and not first:
                scope = scope.parent
                continue
            inherited = (
                None if name in scope.global_names else self._local(name, scope, stmt, frame)
            )
            if inherited is not None:
                return inherited
            if not isinstance(scope.node, ast.Lambda):
                stmt = None
            scope, first, frame = scope.parent, False, None
        star = self._star_import(name, at.scope.module)
        if star is not None:
            return star
        libraries = self._star_libraries(at.scope.module) if not hasattr(builtins, name) else []
        return [External(f"{library}.{name}") for library in libraries] or [
            External(f"builtins.{name}")
        ]

    def _star_libraries(self, module: Module) -> list[str]:
        """The libraries whose names ``from library import *`` brings into a module."""
        found = []
        for binding in module.scope.bindings.get("*", ()):
            stmt = binding.stmt
            if not isinstance(stmt, ast.ImportFrom) or stmt.level or not stmt.module:
                continue
            if self.program.find_module(module.path, stmt.module) is None:
                found.append(stmt.module)
        return found

    def _local(
        self, name: str, scope: Scope, stmt: ast.stmt | None, frame: Frame | None
    ) -> list[Reference] | None:
        bindings, definite = reaching(scope, name, stmt)
        if not bindings and name in scope.bindings and scope.parent is None:
            bindings = scope.bindings[name]
        if not bindings and scope.parent is None:
            return self._global(name, scope)
        found = [r for b in bindings for r in self.binding(b, scope, frame)]
        if stmt is None and scope.parent is None:
            found.extend(self._global(name, scope) or ())
        if definite or (bindings and not scope.is_function):
            return found
        parameters = scope.parameters()
        if parameters is not None:
            own = self._parameter(name, parameters, scope, frame)
            if own is not None:
                return [*found, *own]
        return found if bindings or name in scope.bindings else None

    def _global(self, name: str, scope: Scope) -> list[Reference] | None:
        assigned = scope.module.global_bindings(name)
        if not assigned:
            return None
        return [r for inner, b in assigned for r in self.binding(b, inner, None)]

    def _parameter(
        self, name: str, parameters: ast.arguments, scope: Scope, frame: Frame | None
    ) -> list[Reference] | None:
        positional = [*parameters.posonlyargs, *parameters.args]
        every = [*positional, *parameters.kwonlyargs]
        if parameters.vararg:
            every.append(parameters.vararg)
        if parameters.kwarg:
            every.append(parameters.kwarg)
        for index, argument in enumerate(every):
            if argument.arg != name:
                continue
            owner = scope.parent
            if index == 0 and owner is not None and owner.is_class and positional:
                if frame is not None and isinstance(frame.receiver, Instance | ClassReference):
                    return [frame.receiver]
                if _has_decorator(scope, "classmethod"):
                    return [ClassReference(owner)]
                if not _has_decorator(scope, "staticmethod"):
                    return [Instance(owner)]
            if frame is not None and argument in [*positional, *parameters.kwonlyargs]:
                passed = self._passed(frame, name, index, owner is not None and owner.is_class)
                if passed is not None:
                    return list(self.refer(passed, frame.at))
            owner = scope.parent or scope.module.scope
            default = _default_of(parameters, argument)
            found = [] if default is None else list(self.refer(default, At(owner, None)))
            if argument.annotation is not None:
                found.extend(self.annotated(argument.annotation, At(owner, None)))
            return found
        return None

    @staticmethod
    def _passed(frame: Frame, name: str, index: int, is_method: bool) -> ast.expr | None:
        for keyword in frame.call.keywords:
            if keyword.arg == name:
                return keyword.value
        place = index - (1 if is_method and frame.receiver is not None else 0) + frame.shift
        if 0 <= place < len(frame.call.args):
            argument = frame.call.args[place]
            if not any(isinstance(a, ast.Starred) for a in frame.call.args[: place + 1]):
                return argument
        return None

    def annotated(self, annotation: ast.expr, at: At) -> list[Reference]:
        """Instances of what an annotation names: ``Settings``, ``Settings | None``."""
        match annotation:
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return [*self.annotated(left, at), *self.annotated(right, at)]
            case ast.Subscript(value=value, slice=inner):
                outer = {r.plain for r in self.refer(value, at) if isinstance(r, External)}
                if outer & {"typing.Optional", "typing.Annotated", "typing.Union"}:
                    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                    return [r for part in parts for r in self.annotated(part, at)]
                return []
        return [r for found in self.refer(annotation, at) for r in _instance_of(found)]

    def binding(self, binding: Binding, scope: Scope, frame: Frame | None) -> list[Reference]:
        """What one binding makes its name refer to."""
        node = binding.node
        here = At(scope, binding.stmt, frame)
        match binding.kind:
            case "import":
                assert isinstance(node, ast.alias)
                return self._import(node, scope.module)
            case "from":
                assert isinstance(node, ast.alias)
                assert isinstance(binding.stmt, ast.ImportFrom)
                return self._import_from(binding.stmt, node.name, scope.module)
            case "def":
                assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                return [FunctionReference(scope.child(node), frame=frame)]
            case "class":
                assert isinstance(node, ast.ClassDef)
                return [ClassReference(scope.child(node))]
            case "assign" | "walrus":
                assert isinstance(node, ast.expr)
                found = list(self.refer(node, here))
                if not found and binding.annotation is not None:
                    return self.annotated(binding.annotation, here)
                return found
            case "with":
                assert isinstance(node, ast.expr)
                return list(self.refer(node, here))
            case "for":
                match node:
                    case ast.Tuple(elts=elts) | ast.List(elts=elts) if binding.index is None:
                        return [r for element in elts for r in self.refer(element, here)]
        return []

    def _import(self, alias: ast.alias, module: Module) -> list[Reference]:
        if alias.asname is None and "." in alias.name:
            return self._module(alias.name.partition(".")[0], module)
        return self._module(alias.name, module)

    def _module(self, name: str, importer: Module) -> list[Reference]:
        path = self.program.find_module(importer.path, name)
        if path is not None and path != importer.path:
            module = self.program.module(path)
            return [ModuleReference(module)] if module else []
        if self.program.namespace(importer.path, name):
            return [NamespaceReference(importer.path, name)]
        return [External(name)]

    def _import_from(self, stmt: ast.ImportFrom, name: str, module: Module) -> list[Reference]:
        base = stmt.module or ""
        path = self.program.find_module(module.path, base, stmt.level)
        if path is None:
            full = f"{base}.{name}" if base else name
            if stmt.level:
                sibling = self.program.find_module(module.path, full, stmt.level)
                found = self.program.module(sibling) if sibling else None
                return [ModuleReference(found)] if found else []
            below = self.program.find_module(module.path, full)
            if below is not None and below != module.path:
                found = self.program.module(below)
                return [ModuleReference(found)] if found else []
            return [External(full)]
        found = self.program.module(path)
        if found is None:
            return []
        if found is module:
            sub = self.program.submodule(path, name)
            inner = self.program.module(sub) if sub and sub != path else None
            return [ModuleReference(inner)] if inner else []
        return self.attribute(ModuleReference(found), name)

    def _star_import(self, name: str, module: Module) -> list[Reference] | None:
        key = (id(module), name, -1)
        if key in self._stack:
            return None
        self._stack.add(key)
        try:
            for binding in module.scope.bindings.get("*", ()):
                assert isinstance(binding.stmt, ast.ImportFrom)
                stmt = binding.stmt
                path = self.program.find_module(module.path, stmt.module or "", stmt.level)
                target = self.program.module(path) if path else None
                if target is None:
                    continue
                if exported(target, name):
                    found = self.attribute(ModuleReference(target), name)
                    if found:
                        return found
        finally:
            self._stack.discard(key)
        return None

    def attribute(self, base: Reference, attr: str) -> list[Reference]:
        """What ``base.attr`` refers to."""
        match base:
            case External(name=name):
                return [External(f"{name}.{attr}", base.call, base.at)]
            case NamespaceReference(importer=importer, name=name):
                found = self.program.find_module(importer, f"{name}.{attr}")
                if found is not None:
                    module = self.program.module(found)
                    return [ModuleReference(module)] if module else []
                return [NamespaceReference(importer, f"{name}.{attr}")]
            case ModuleReference(module=module):
                return self._module_attribute(module, attr)
            case ClassReference(scope=scope):
                return self.member(scope, attr, base)
            case Instance(scope=scope) if attr == "__class__":
                return [ClassReference(scope)]
            case Instance(scope=scope):
                return self.member(scope, attr, base)
            case Partial(inner=inner) if attr == "func":
                return [inner]
        return []

    def _module_attribute(self, module: Module, attr: str) -> list[Reference]:
        key = (id(module), attr, -2)
        if key in self._stack or len(self._stack) > _DEPTH:
            return []
        self._stack.add(key)
        try:
            if attr in module.scope.bindings:
                found = self._local(attr, module.scope, None, None)
                if found:
                    return found
            sub = self.program.submodule(module.path, attr)
            if sub is not None and module.path.endswith("__init__.py"):
                inner = self.program.module(sub)
                return [ModuleReference(inner)] if inner else []
            return self._star_import(attr, module) or []
        finally:
            self._stack.discard(key)

    def member(self, scope: Scope, attr: str, base: ClassReference | Instance) -> list[Reference]:
        """A method or attribute of a class, its bases included."""
        bindings, _ = reaching(scope, attr, None)
        found: list[Reference] = []
        for binding in bindings:
            for reference in self.binding(binding, scope, None):
                found.extend(self._bind(reference, base))
        if bindings:
            return found
        for value, at in instance_values(scope, attr):
            found.extend(self.refer(value, at))
        if found:
            return found
        declared = [b for b in scope.bindings.get(attr, ()) if b.annotation is not None]
        if declared and declared[0].annotation is not None:
            return self.annotated(declared[0].annotation, At(scope, None))
        for parent in self.bases(scope):
            match parent:
                case ClassReference(scope=above) if above is not scope:
                    inherited = self.member(above, attr, base)
                    if inherited:
                        return inherited
                case External(name=name):
                    found.append(External(f"{name}().{attr}"))
        return found

    def _bind(self, reference: Reference, base: ClassReference | Instance) -> list[Reference]:
        if not isinstance(reference, FunctionReference) or reference.receiver is not None:
            return [reference]
        scope = reference.scope
        if _has_decorator(scope, "staticmethod"):
            return [reference]
        if _is_property(scope):
            bound = FunctionReference(scope, base)
            return self.returned(bound, None, None)
        if isinstance(base, ClassReference) and not _has_decorator(scope, "classmethod"):
            return [reference]
        return [FunctionReference(scope, base)]

    def bases(self, scope: Scope) -> tuple[Reference, ...]:
        """What a class derives from, in order."""
        key = id(scope.node)
        if key not in self._bases:
            self._bases[key] = ()
            node = scope.node
            assert isinstance(node, ast.ClassDef)
            parent = scope.parent or scope.module.scope
            at = At(parent, node)
            self._bases[key] = tuple(r for base in node.bases for r in self.refer(base, at))
        return self._bases[key]

    def derives_from(self, scope: Scope, names: frozenset[str]) -> bool:
        """The class or one of its bases is one of the external classes."""
        seen: set[int] = set()

        def walk(one: Scope) -> bool:
            if id(one) in seen:
                return False
            seen.add(id(one))
            for base in self.bases(one):
                if isinstance(base, External) and base.plain in names:
                    return True
                if isinstance(base, ClassReference) and walk(base.scope):
                    return True
            return False

        return walk(scope)

    def _super(self, attr: str, at: At) -> list[Reference]:
        owner = at.scope.enclosing_class()
        if owner is None:
            return []
        found: list[Reference] = []
        for base in self.bases(owner):
            match base:
                case ClassReference(scope=above):
                    found.extend(self.member(above, attr, Instance(owner)))
                case External(name=name):
                    found.append(External(name if attr == "__init__" else f"{name}().{attr}"))
        return found

    def result(self, function: Reference, call: ast.Call, at: At) -> list[Reference]:
        """What calling ``function`` gives."""
        match function:
            case ClassReference(scope=scope):
                return [Instance(scope, call, at)]
            case External():
                return self._external_result(function, call, at)
            case Partial(inner=inner):
                return self.result(inner, call, at)
            case FunctionReference():
                return self.returned(function, call, at)
            case Instance(scope=scope):
                methods = self.member(scope, "__call__", function)
                return [r for m in methods for r in self.result(m, call, at)]
        return []

    def _external_result(self, function: External, call: ast.Call, at: At) -> list[Reference]:
        first = call.args[0] if call.args else None
        match function.plain:
            case "functools.partial" if first is not None:
                return [Partial(inner, call, at) for inner in self.refer(first, at)]
            case "importlib.import_module" | "builtins.__import__":
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    return self._module(first.value, at.scope.module)
            case "builtins.getattr" if first is not None and len(call.args) > 1:
                attr = call.args[1]
                if isinstance(attr, ast.Constant) and isinstance(attr.value, str):
                    return [r for b in self.refer(first, at) for r in self.attribute(b, attr.value)]
                return []
            case "builtins.type" if first is not None and len(call.args) == 1:
                found = self.refer(first, at)
                return [ClassReference(r.scope) for r in found if isinstance(r, Instance)]
            case name if name in _TRANSPARENT and call.args:
                return list(self.refer(call.args[-1], at))
        return [External(f"{function.name}()", call, at)]

    def returned(
        self, function: FunctionReference, call: ast.Call | None, at: At | None
    ) -> list[Reference]:
        """What a function of the repository returns (or yields, for fixtures and contexts)."""
        frame = function.frame
        if call is not None and at is not None:
            depth = (at.frame.depth if at.frame else 0) + 1
            if depth > _FRAMES:
                return []
            frame = Frame(call, at, depth, receiver=function.receiver)
        scope = function.scope
        if isinstance(scope.node, ast.Lambda):
            return list(self.refer(scope.node.body, At(scope, None, frame)))
        found: list[Reference] = []
        for stmt in scope.returns:
            if stmt.value is not None:
                found.extend(self.refer(stmt.value, At(scope, stmt, frame)))
        for value, stmt2 in scope.yields:
            found.extend(self.refer(value, At(scope, stmt2, frame)))
        return found


def _default_of(parameters: ast.arguments, argument: ast.arg) -> ast.expr | None:
    positional = [*parameters.posonlyargs, *parameters.args]
    if argument in positional:
        place = positional.index(argument) - len(positional) + len(parameters.defaults)
        return parameters.defaults[place] if place >= 0 else None
    if argument in parameters.kwonlyargs:
        return parameters.kw_defaults[parameters.kwonlyargs.index(argument)]
    return None


def exported(module: Module, name: str) -> bool:
    """``from module import *`` brings the name."""
    for binding in module.scope.bindings.get("__all__", ()):
        if isinstance(binding.node, ast.List | ast.Tuple):
            names = [e.value for e in binding.node.elts if isinstance(e, ast.Constant)]
            return name in names
    return not name.startswith("_")


def instance_values(scope: Scope, attr: str) -> list[tuple[ast.expr, At]]:
    """The expressions that methods of a class assign to ``self.attr``.

    Of several in one method, those that a later one surely replaces are left out.
    """
    found: list[tuple[ast.expr, At]] = []
    for method, mutations in _assignments(scope, attr):
        last = max((m.stmt.lineno for m in mutations if _is_straight(method, m)), default=0)
        for mutation in mutations:
            assert mutation.value is not None
            if mutation.stmt.lineno >= last:
                found.append((mutation.value, At(method, mutation.stmt)))
    return found


def assigned_anew(scope: Scope, attr: str) -> bool:
    """``__init__`` surely assigns ``self.attr`` without reading what the class gave it."""
    for method, mutations in _assignments(scope, attr):
        if method.name != "__init__":
            continue
        for mutation in mutations:
            reads = any(
                isinstance(node, ast.Attribute) and node.attr == attr
                for node in ast.walk(mutation.value or mutation.stmt)
            )
            if _is_straight(method, mutation) and not reads:
                return True
    return False


def _is_straight(method: Scope, mutation: Mutation) -> bool:
    where = method.where.get(id(mutation.stmt))
    return where is not None and where.block is method.node.body


def _assignments(scope: Scope, attr: str) -> list[tuple[Scope, list[Mutation]]]:
    found = []
    for bindings in scope.bindings.values():
        for binding in bindings:
            if not isinstance(binding.node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            method = scope.child(binding.node)
            positional = [*binding.node.args.posonlyargs, *binding.node.args.args]
            if positional:
                mutations = method.mutations.get(positional[0].arg, ())
                sets = [m for m in mutations if m.kind == "set" and m.steps == (attr,)]
                found.append((method, sets))
    return found


def _instance_of(reference: Reference) -> list[Reference]:
    match reference:
        case ClassReference(scope=scope):
            return [Instance(scope)]
        case External(name=name):
            return [External(f"{name}()")]
    return []


def _is_super(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "super"


def decorators(scope: Scope) -> list[str]:
    """The last name of each decorator of a function or class."""
    names = []
    for node in getattr(scope.node, "decorator_list", ()):
        inner = node.func if isinstance(node, ast.Call) else node
        if isinstance(inner, ast.Attribute):
            names.append(inner.attr)
        elif isinstance(inner, ast.Name):
            names.append(inner.id)
    return names


def _has_decorator(scope: Scope, name: str) -> bool:
    return name in decorators(scope)


def _is_property(scope: Scope) -> bool:
    return any(d.endswith("property") for d in decorators(scope))


def _unique(references: list[Reference]) -> tuple[Reference, ...]:
    seen: list[Reference] = []
    for reference in references:
        if reference not in seen:
            seen.append(reference)
    return tuple(seen)
