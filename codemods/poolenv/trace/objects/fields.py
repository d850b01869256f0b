"""Classes whose fields are constructor arguments or environment variables."""

from __future__ import annotations

import ast

from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.bindings.expressions import keyword_of, last_name
from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.resolving.classes import decorators
from poolenv.syntax.resolving.references import ClassReference, External
from poolenv.syntax.resolving.resolve import Resolver

_SETTINGS = frozenset(
    {
        "pydantic_settings.BaseSettings",
        "pydantic_settings.main.BaseSettings",
        "pydantic.BaseSettings",
        "pydantic.v1.BaseSettings",
        "pydantic.env_settings.BaseSettings",
    }
)
ENUMS = frozenset(
    {"enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag", "enum.ReprEnum"}
)
_NUMBERS = frozenset(
    {"enum.IntEnum", "enum.StrEnum", "enum.IntFlag", "enum.ReprEnum"}
    | {"builtins.int", "builtins.float", "builtins.str"}
)
"""Bases that make an enum's member a number or text itself."""
_RECORDS = _SETTINGS | frozenset(
    {
        "pydantic.BaseModel",
        "pydantic.main.BaseModel",
        "pydantic.v1.BaseModel",
        "pydantic.generics.GenericModel",
        "pydantic.RootModel",
        "sqlmodel.SQLModel",
        "sqlmodel.main.SQLModel",
        "typing.NamedTuple",
        "typing.TypedDict",
        "typing_extensions.TypedDict",
        "msgspec.Struct",
    }
)
_NO_FIELDS = ("builtins.", "abc.", "typing.", "typing_extensions.", "enum.", "collections.")
"""Modules whose classes take no keyword for what a subclass annotates."""
_POSITIONAL = frozenset({"typing.NamedTuple", "msgspec.Struct"})
_DECORATORS = frozenset({"dataclass", "attrs", "define", "frozen", "mutable", "s", "attributes"})
_NOT_BY_POSITION = (("init", False), ("kw_only", True))
_FIELDS = frozenset({"Field", "field", "ib", "attrib", "ModelField", "setting", "PrivateAttr"})


def is_settings(resolver: Resolver, scope: Scope) -> bool:
    """A pydantic settings class: its fields are read from the environment."""
    return resolver.derives_from(scope, _SETTINGS)


def is_member(resolver: Resolver, scope: Scope, attr: str) -> bool:
    """A member of an enum that is neither a number nor a text: only its ``.value`` is one."""
    return (
        any(binding.kind in ("assign", "unpack") for binding in scope.bindings.get(attr, ()))
        and resolver.derives_from(scope, ENUMS)
        and not resolver.derives_from(scope, _NUMBERS)
    )


def is_record(resolver: Resolver, scope: Scope) -> bool:
    """A class whose constructor takes its fields, without an ``__init__`` of its own."""
    if "__init__" in scope.bindings:
        return False
    if _DECORATORS & set(decorators(scope)) or resolver.derives_from(scope, _RECORDS):
        return True
    bases = [b.scope for b in resolver.bases(scope) if isinstance(b, ClassReference)]
    return any(base is not scope and bool(_DECORATORS & set(decorators(base))) for base in bases)


def takes_field(resolver: Resolver, scope: Scope, attr: str) -> bool:
    """A class whose constructor takes an attribute by its name: a field of a record, or of a class
    that has its constructor from outside the repository (``class Db(toolkit.BaseSettings)``).
    """
    if is_record(resolver, scope):
        return True
    declared = any(b.annotation is not None for b in scope.bindings.get(attr, ()))
    return declared and "__init__" not in scope.bindings and _is_made_outside(resolver, scope)


def _is_made_outside(resolver: Resolver, scope: Scope) -> bool:
    """No class of the repository above it has a constructor, and one of a library may have it."""
    seen, waiting, outside = {id(scope)}, [scope], False
    while waiting:
        for base in resolver.bases(waiting.pop()):
            match base:
                case ClassReference(scope=above) if id(above) not in seen:
                    if "__init__" in above.bindings:
                        return False
                    seen.add(id(above))
                    waiting.append(above)
                case External(plain=name):
                    outside = outside or not name.startswith(_NO_FIELDS)
    return outside


def field_default(node: ast.expr) -> ast.expr | None:
    """The default inside ``Field(default=5)``; the node itself where it is no field call.

    None where the field call has no default (it is required).
    """
    if not isinstance(node, ast.Call):
        return node
    name = last_name(node.func)
    if name not in _FIELDS:
        return node
    for keyword in node.keywords:
        match keyword:
            case ast.keyword(arg="default", value=value):
                return None if _is_ellipsis(value) else value
            case ast.keyword(arg="default_factory" | "factory", value=ast.Lambda(body=body)):
                return body
            case ast.keyword(arg="default_factory" | "factory", value=value):
                made = ast.Call(func=value, args=[], keywords=[])
                return ast.copy_location(made, value)
    if node.args and name in ("Field", "ib", "attrib", "PrivateAttr"):
        return None if _is_ellipsis(node.args[0]) else node.args[0]
    return None


def _is_ellipsis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def field_names(resolver: Resolver, scope: Scope, attr: str) -> tuple[tuple[str, ...], int | None]:
    """The constructor keywords of a field (aliases included) and its position, if it has one."""
    names = [attr]
    for binding in scope.bindings.get(attr, ()):
        if isinstance(binding.node, ast.Call):
            for keyword in binding.node.keywords:
                if keyword.arg in ("alias", "validation_alias") and isinstance(
                    keyword.value, ast.Constant
                ):
                    names.append(str(keyword.value.value))
    positional = bool(_DECORATORS & set(decorators(scope))) or resolver.derives_from(
        scope, _POSITIONAL
    )
    if not positional:
        return tuple(names), None
    ordered = _positional(resolver, scope)
    return tuple(names), ordered.index(attr) if attr in ordered else None


def _positional(resolver: Resolver, scope: Scope, depth: int = 20) -> list[str]:
    """The fields that a record's constructor takes by position, those of its bases first."""
    found: list[str] = []
    for base in reversed(resolver.bases(scope)):
        if isinstance(base, ClassReference) and base.scope is not scope and depth:
            found.extend(n for n in _positional(resolver, base.scope, depth - 1) if n not in found)
    for name, bindings in scope.bindings.items():
        declared = next((b for b in bindings if b.annotation is not None), None)
        if declared is None or declared.annotation is None:
            continue
        marked = {n.id for n in ast.walk(declared.annotation) if isinstance(n, ast.Name)}
        marked.update(n.attr for n in ast.walk(declared.annotation) if isinstance(n, ast.Attribute))
        if "KW_ONLY" in marked:
            break
        if "ClassVar" not in marked and name not in found and _is_given(declared.node):
            found.append(name)
    return found


def _is_given(node: ast.AST) -> bool:
    """False for ``field(init=False)`` and ``field(kw_only=True)``: no position in the call."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    return not any(
        isinstance(k.value, ast.Constant) and (k.arg, k.value.value) in _NOT_BY_POSITION
        for k in keywords
    )


def environment_name(
    resolver: Resolver, scope: Scope, binding: Binding | None, attr: str = ""
) -> str:
    """The variable that fills a field of a settings class, as pydantic-settings derives it."""
    if binding is not None:
        attr = binding.name
        alias = _alias(binding.node) or _alias(_annotated_field(binding.annotation))
        if alias is not None:
            return alias.upper()
    return f"{_configured(resolver, scope, 'env_prefix', set())}{attr}".upper()


def nested_delimiter(resolver: Resolver, scope: Scope) -> str:
    """What separates the names of a nested field's variable; "" where nested ones have none."""
    return _configured(resolver, scope, "env_nested_delimiter", set())


def annotated_default(annotation: ast.expr) -> ast.expr | None:
    """The default inside ``Annotated[int, Field(default=5)]``, for a field with no other."""
    field = _annotated_field(annotation)
    default = field_default(field) if field is not None else None
    return None if default is field else default


def _annotated_field(annotation: ast.expr | None) -> ast.Call | None:
    match annotation:
        case ast.Subscript(slice=ast.Tuple(elts=[_, *extra])):
            return next((e for e in extra if isinstance(e, ast.Call)), None)
    return None


def _alias(node: ast.AST | None) -> str | None:
    if not isinstance(node, ast.Call):
        return None
    for name in ("validation_alias", "alias", "env"):
        for keyword in node.keywords:
            if keyword.arg != name:
                continue
            match keyword.value:
                case ast.Constant(value=str() as text):
                    return text
                case ast.Call(args=[ast.Constant(value=str() as text), *_]):
                    return text
                case ast.List(elts=[ast.Constant(value=str() as text), *_]):
                    return text
    return None


def _configured(resolver: Resolver, scope: Scope, option: str, seen: set[int]) -> str:
    """A text option of the class's ``model_config``, ``Config`` or class keywords."""
    if id(scope) in seen:
        return ""
    seen.add(id(scope))
    for binding in scope.bindings.get("model_config", ()):
        found = _option_in(binding.node, option)
        if found is not None:
            return found
    for binding in scope.bindings.get("Config", ()):
        if isinstance(binding.node, ast.ClassDef):
            for inner in scope.child(binding.node).bindings.get(option, ()):
                if isinstance(inner.node, ast.Constant):
                    return str(inner.node.value)
    node = scope.node
    if isinstance(node, ast.ClassDef):
        said = next((k.value for k in node.keywords if k.arg == option), None)
        if isinstance(said, ast.Constant):
            return str(said.value)
    for base in resolver.bases(scope):
        if isinstance(base, ClassReference):
            found = _configured(resolver, base.scope, option, seen)
            if found:
                return found
    return ""


def _option_in(node: ast.AST, option: str) -> str | None:
    match node:
        case ast.Call():
            said = keyword_of(node, option)
            return str(said.value) if isinstance(said, ast.Constant) else None
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value == option:
                    return str(value.value) if isinstance(value, ast.Constant) else None
    return None
