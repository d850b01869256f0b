"""The files that are read to find callers: how many more may be, and what was found in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.calls.call_text import Uses, Wanted, uses
from poolenv.syntax.calls.reached import means
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.classes import is_base
from poolenv.syntax.resolving.resolve import Resolver

_MOST_FILES = 200
"""A name that more files call is no factory of pools."""
_SMALL_RUN = 3_000
"""Files that may be parsed for callers alone in a repository that is not large: all of them."""
_FILES_PER_QUESTION = 8
_FILES_PER_RUN = 40
"""Files parsed for callers alone: per argument, and per run beyond the number of candidates."""
_DERIVED = r"\bclass\s+\w+\s*\([^)]*\bNAME\b|\bNAME\s+as\s"


@dataclass(slots=True, eq=False)
class Reading:
    """One run's reading, through which every kind of caller is looked for."""

    program: Program
    resolver: Resolver
    allowance: int = 0
    """How many more files may be parsed for callers in this run."""
    left: int = 0
    """The same for this question, which ``grant`` starts."""
    exhausted: bool = False
    """Since the last ``grant``, callers were left out because the allowance was used up."""
    followed: dict[tuple[object, ...], tuple[Found, ...]] = field(default_factory=dict)
    """Where variables are read and functions called, for what is followed through tables."""
    _per_question: int = 0
    _read: dict[tuple[str, str], Uses] = field(default_factory=dict)
    """Uses read from a file's text, by path and name."""
    _in_module: dict[tuple[object, ...], tuple[CallSite, ...]] = field(default_factory=dict)
    _subclasses: dict[int, tuple[Scope, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        large = self.program.is_large
        candidates = len(self.program.snapshot.candidates)
        self._per_question = _FILES_PER_QUESTION if large else _FILES_PER_RUN
        self.allowance = candidates + (_FILES_PER_RUN if large else _SMALL_RUN)

    def grant(self) -> None:
        """Start a new question: it may have some more files parsed for its callers."""
        self.exhausted = False
        self.left = min(self._per_question, self.allowance)

    def may_parse(self, path: str) -> bool:
        """A file is parsed already, or may be for the callers of the present question."""
        if not self.program.is_parsed(path):
            if self.left <= 0:
                return False
            self.left -= 1
            self.allowance -= 1
        return True

    def modules_using(
        self, name: str, use: str, owner: Scope, wanted: Wanted | None = None
    ) -> Iterator[Module]:
        """The modules in which a name stands as in ``use``, a regular expression for ``NAME``."""
        path = owner.module.path
        paths = self.program.files_matching(name, use, self.program.importers(path))
        paths = self.program.without_copies(path, paths)
        if len(paths) > _MOST_FILES:
            self.exhausted = True
            beside = wanted.entry if wanted is not None else None
            naming = self.program.files_mentioning(beside) if beside is not None else ()
            paths = tuple(path for path in paths if path in naming)
        for path in paths:
            if wanted is not None and not self.uses(path, name).may_pass(wanted):
                continue
            if not self.may_parse(path):
                self.exhausted = True
                return
            module = self.program.module(path)
            if module is not None:
                yield module

    def uses(self, path: str, name: str) -> Uses:
        """How a file uses a name, as far as its text shows."""
        key = (path, name)
        if key not in self._read:
            self._read[key] = uses(self.program.snapshot.python[path].text, name)
        return self._read[key]

    def confirmed(self, key: tuple[object, ...], found: Iterator[CallSite]) -> tuple[CallSite, ...]:
        """The calls under a key, searched once for all parameters that are asked about."""
        if key not in self._in_module:
            self._in_module[key] = tuple(found)
        return self._in_module[key]

    def subclasses(self, owner: Scope) -> tuple[Scope, ...]:
        """Classes of the repository that derive from a class directly."""
        key = id(owner.node)
        if key not in self._subclasses:
            found: list[Scope] = []
            for module in self.modules_using(owner.name, _DERIVED, owner):
                for hit in self.program.find_names(module, frozenset({owner.name})):
                    if isinstance(hit.stmt, ast.ClassDef) and is_base(hit.node, hit.stmt):
                        inner = hit.scope.child(hit.stmt)
                        if means(self.resolver, hit, owner) and inner is not owner:
                            found.append(inner)
            self._subclasses[key] = tuple(dict.fromkeys(found))
        return self._subclasses[key]
