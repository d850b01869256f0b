"""From an expression to what it refers to, across the repository's files."""

from __future__ import annotations

import ast
import builtins
from dataclasses import dataclass, field

from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.outer_names import global_bindings
from poolenv.syntax.bindings.reaching import reaching
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.classes import has_decorator, instance_values, is_property
from poolenv.syntax.resolving.field_calls import declares
from poolenv.syntax.resolving.imports import (
    DEPTH,
    imported_module,
    imported_name,
    module_attribute,
    star_import,
    star_libraries,
)
from poolenv.syntax.resolving.linearized import bases_for
from poolenv.syntax.resolving.parameters import parameter_references
from poolenv.syntax.resolving.references import (
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
from poolenv.syntax.resolving.results import looked_up_default, result, returned
from poolenv.syntax.resolving.rows import column


@dataclass(slots=True, eq=False)
class Resolver:
    """Resolves names, attributes and calls; cycles and long chains end with nothing found."""

    program: Program
    stack: set[tuple[int, str, int]] = field(default_factory=set)
    cuts: int = 0
    """How often a question was left unanswered because it was being asked, or too deep."""
    _known: dict[tuple[int, int, int], tuple[ast.expr, tuple[Reference, ...]]] = field(
        default_factory=dict
    )
    """Answers outside of any call, each with its node: an id stands for a living node only."""
    _bases: dict[int, tuple[Reference, ...]] = field(default_factory=dict)
    _opened: set[int] = field(default_factory=set)
    """The classes whose bases are being looked up."""

    def refer(self, node: ast.expr, at: At) -> tuple[Reference, ...]:
        """Everything the expression may refer to; empty where it can't be told."""
        place = (id(node), id(at.scope), id(at.stmt))
        if at.frame is None and place in self._known:
            return self._known[place][1]
        key = (id(node), "", id(at.frame.call) if at.frame else 0)
        if self.entered(key):
            return ()
        cuts = self.cuts
        self.stack.add(key)
        try:
            found = _unique(self._refer(node, at))
        finally:
            self.stack.discard(key)
        if at.frame is None and (cuts == self.cuts or not self.stack):
            self._known[place] = (node, found)
        return found

    def entered(self, key: tuple[int, str, int]) -> bool:
        """A question is being answered already, or too many are; what asks it is incomplete."""
        if key not in self.stack and len(self.stack) <= DEPTH:
            return False
        self.cuts += 1
        return True

    def _refer(self, node: ast.expr, at: At) -> list[Reference]:
        match node:
            case ast.Name(id=name):
                return self.name(name, at)
            case ast.Attribute(value=value, attr=attr):
                if isinstance(value, ast.Call) and _is_super(value):
                    return self._super(attr, at)
                return [r for base in self.refer(value, at) for r in self.attribute(base, attr)]
            case ast.Call():
                made = [r for f in self.refer(node.func, at) for r in result(self, f, node, at)]
                default = looked_up_default(node)
                return made if default is None else [*made, *self.refer(default, at)]
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
            inherited = None if name in scope.global_names else self.local(name, scope, stmt, frame)
            if inherited is not None:
                return inherited
            if not isinstance(scope.node, ast.Lambda):
                stmt = None
            scope, first, frame = scope.parent, False, None
        star = star_import(self, name, at.scope.module)
        if star is not None:
            return star
        libraries = star_libraries(self, at.scope.module) if not hasattr(builtins, name) else []
        return [External(f"{library}.{name}") for library in libraries] or [
            External(f"builtins.{name}")
        ]

    def local(
        self, name: str, scope: Scope, stmt: ast.stmt | None, frame: Frame | None
    ) -> list[Reference] | None:
        """What a scope's own bindings make a name; None where it does not bind it."""
        bindings, definite = reaching(scope, name, stmt)
        if not bindings and name in scope.bindings and scope.parent is None:
            bindings = scope.bindings[name]
        if not bindings and scope.parent is None:
            return self._global(name, scope)
        if not bindings and scope.is_class and stmt is not None:
            return None
        found = [r for b in bindings for r in self.binding(b, scope, frame)]
        if stmt is None and scope.parent is None:
            found.extend(self._global(name, scope) or ())
        if definite or (bindings and not scope.is_function):
            return found
        if scope.parameters() is not None:
            own = parameter_references(self, name, scope, frame)
            if own is not None:
                return [*found, *own]
        return found if bindings or name in scope.bindings else None

    def _global(self, name: str, scope: Scope) -> list[Reference] | None:
        assigned = global_bindings(scope.module, name)
        if not assigned:
            return None
        return [r for inner, b in assigned for r in self.binding(b, inner, None)]

    def annotated(self, annotation: ast.expr, at: At) -> list[Reference]:
        """Instances of what an annotation names: ``Settings``, ``Settings | None``."""
        match annotation:
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return [*self.annotated(left, at), *self.annotated(right, at)]
            case ast.Subscript(value=value, slice=inner):
                generic = self.refer(value, at)
                outer = {r.plain for r in generic if isinstance(r, External)}
                if outer & {"typing.Optional", "typing.Annotated", "typing.Union"}:
                    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
                    return [r for part in parts for r in self.annotated(part, at)]
                return [Instance(r.scope) for r in generic if isinstance(r, ClassReference)]
        return [r for found in self.refer(annotation, at) for r in _instance_of(found)]

    def binding(self, binding: Binding, scope: Scope, frame: Frame | None) -> list[Reference]:
        """What one binding makes its name refer to."""
        node = binding.node
        here = At(scope, binding.stmt, frame)
        match binding.kind:
            case "import":
                assert isinstance(node, ast.alias)
                return imported_module(self, node, scope.module)
            case "from":
                assert isinstance(node, ast.alias)
                assert isinstance(binding.stmt, ast.ImportFrom)
                return imported_name(self, binding.stmt, node.name, scope.module)
            case "def":
                assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                return [FunctionReference(scope.child(node), frame=frame)]
            case "class":
                assert isinstance(node, ast.ClassDef)
                return [ClassReference(scope.child(node))]
            case "assign" | "walrus":
                assert isinstance(node, ast.expr)
                found = list(self.refer(node, here))
                if binding.annotation is not None and declares(found):
                    return self.annotated(binding.annotation, here)
                return found
            case "with":
                assert isinstance(node, ast.expr)
                return list(self.refer(node, here))
            case "for":
                return [r for one in column(node, binding.index) for r in self.refer(one, here)]
        return []

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
                return module_attribute(self, module, attr)
            case ClassReference(scope=scope):
                return self.member(scope, attr, base)
            case Instance(scope=scope) if attr == "__class__":
                return [ClassReference(scope)]
            case Instance(scope=scope):
                return self.member(scope, attr, base)
            case Partial(inner=inner) if attr == "func":
                return [inner]
        return []

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
        for parent in bases_for(self, scope, attr):
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
        if has_decorator(scope, "staticmethod"):
            return [reference]
        if is_property(scope):
            bound = FunctionReference(scope, base)
            return returned(self, bound, None, None)
        if isinstance(base, ClassReference) and not has_decorator(scope, "classmethod"):
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
            self._opened.add(key)
            self._bases[key] = tuple(r for base in node.bases for r in self.refer(base, at))
            self._opened.discard(key)
        elif key in self._opened:
            self.cuts += 1
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


def _instance_of(reference: Reference) -> list[Reference]:
    match reference:
        case ClassReference(scope=scope):
            return [Instance(scope)]
        case External(name=name):
            return [External(f"{name}()")]
    return []


def _is_super(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "super"


def _unique(references: list[Reference]) -> tuple[Reference, ...]:
    seen: list[Reference] = []
    for reference in references:
        if reference not in seen:
            seen.append(reference)
    return tuple(seen)
