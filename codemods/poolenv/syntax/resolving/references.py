"""What an expression refers to, as far as names, imports and attributes can tell."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from poolenv.syntax.bindings.scopes import Module, Scope


@dataclass(frozen=True, slots=True)
class Frame:
    """A call that evaluation went into, so that parameters mean its arguments."""

    call: ast.Call
    at: At
    depth: int
    shift: int = 0
    """Positional arguments of the call that do not belong to the function (``partial(f, …)``)."""
    receiver: Reference | None = None


@dataclass(frozen=True, slots=True)
class At:
    """Where an expression is evaluated: its scope, its statement, and the call it came by."""

    scope: Scope
    stmt: ast.stmt | None
    frame: Frame | None = None
    assume: tuple[tuple[str, str], ...] = ()
    """Loop variables known to hold a string: the key that led here."""
    on: Scope | None = None
    """What no frame says of ``self``: the method that is called here on it (so it is of that one's
    class, or of one below that keeps it), or the class that makes another object of its own."""


@dataclass(frozen=True, slots=True)
class External:
    """Something of a library, by qualified name; ``()`` stands for an instance or a result."""

    name: str
    call: ast.Call | None = None
    at: At | None = None

    @property
    def plain(self) -> str:
        """The name without instance marks: ``redis.Redis().get`` is ``redis.Redis.get``."""
        return self.name.replace("()", "")


@dataclass(frozen=True, slots=True)
class ModuleReference:
    """A module of the repository."""

    module: Module


@dataclass(frozen=True, slots=True)
class NamespaceReference:
    """A folder of the repository that is imported without an ``__init__.py``."""

    importer: str
    name: str


@dataclass(frozen=True, slots=True)
class ClassReference:
    """A class of the repository."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance of a repository class; ``call`` is the construction where it is known."""

    scope: Scope
    call: ast.Call | None = None
    at: At | None = None
    of: Scope | None = None
    """Its own class, where what is asked is what a base of it says: ``scope`` is that base."""


@dataclass(frozen=True, slots=True)
class FunctionReference:
    """A function, method or lambda of the repository, perhaps bound to a receiver."""

    scope: Scope
    receiver: ClassReference | Instance | None = None
    frame: Frame | None = None
    """The call whose function this one was defined in (a closure)."""


@dataclass(frozen=True, slots=True)
class Partial:
    """``functools.partial(inner, …)``."""

    inner: Reference
    call: ast.Call
    at: At


Reference = (
    External
    | ModuleReference
    | NamespaceReference
    | ClassReference
    | Instance
    | FunctionReference
    | Partial
)
