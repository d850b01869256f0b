"""The repository's modules: parsed on demand, found by import, searched by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from poolenv.model import Skipped, Snapshot
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.bindings.search import (
    Found,
    Matches,
    is_name,
    is_setting,
    is_setting_or_member,
    search,
)
from poolenv.syntax.source.parse import parse
from poolenv.syntax.source.positions import Lines

_SMALL = 3_000
"""Python files up to which every search goes through all of them."""
_LINE = 300
"""Bytes of a line before a name that are looked at."""
_KEYWORD = re.compile(r"\\b([a-z]+)\\s")
_STATEMENT = 2_000
"""The same of a statement of several lines that a keyword begins."""
_MARK = "_0NAME0_"
"""Stands for a name in its line: no identifier of anybody's code."""


@dataclass(slots=True, eq=False)
class Program:
    """Every Python file of a snapshot; each is parsed once, when something asks for it."""

    snapshot: Snapshot
    skipped: dict[str, Skipped] = field(default_factory=dict)
    _modules: dict[str, Module | None] = field(default_factory=dict)
    _by_name: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    _packages: frozenset[str] = frozenset()
    _resolved: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _mentions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _mentioned: dict[str, bool] = field(default_factory=dict)
    _written: dict[bytes, int] = field(default_factory=dict)
    """Texts that were looked for: in how many modules without finding them, -1 for found."""
    _matching: dict[tuple[object, ...], tuple[str, ...]] = field(default_factory=dict)
    _importers: dict[str, frozenset[str]] = field(default_factory=dict)
    _searches: dict[tuple[str, str, Matches], list[Found]] = field(default_factory=dict)
    _folders: dict[str, tuple[str, ...]] | None = None
    _dotted: dict[str, str] = field(default_factory=dict)
    """Remembered by ``without_copies``: what a module is imported by, empty for one of its kind."""

    def __post_init__(self) -> None:
        packages = set()
        for path in self.snapshot.python:
            parts = path.rpartition(".")[0].split("/")
            if parts[-1] == "__init__":
                packages.add("/".join(parts[:-1]))
                parts = parts[:-1]
            if parts:
                self._by_name.setdefault(parts[-1], []).append((tuple(parts), path))
        self._packages = frozenset(packages)

    @property
    def is_large(self) -> bool:
        """Too many files to search all of them for every name, or to parse many for callers."""
        return len(self.snapshot.python) > _SMALL

    def is_parsed(self, path: str) -> bool:
        """Asking for the module costs nothing any more."""
        return path in self._modules

    def module(self, path: str) -> Module | None:
        """The parsed module at a path, or None (noted in ``skipped``) where it can't be parsed."""
        if path not in self._modules:
            self._modules[path] = self._parse(path)
        return self._modules[path]

    def _parse(self, path: str) -> Module | None:
        source = self.snapshot.python.get(path)
        if source is None:
            return None
        try:
            tree = parse(source.text, path)
        except SyntaxError as error:
            self.skipped[path] = Skipped(path, error.lineno, f"can't be parsed: {error.msg}")
            return None
        return Module(source, tree, Lines(path, source.text))

    def find_module(self, importer: str, name: str, level: int = 0) -> str | None:
        """The path that ``import name`` (or ``from ..name``) means in ``importer``, if any.

        The importer's own root decides between equal names: a folder that is no package and
        holds the importer. None where the module is not of this repository.
        """
        if level:
            folder = importer.split("/")[:-level]
            if len(importer.split("/")) < level:
                return None
            return self._file_at(
                "/".join([*folder, *name.split(".")]) if name else "/".join(folder)
            )
        key = (importer.rpartition("/")[0], name)
        if key not in self._resolved:
            self._resolved[key] = self._absolute(importer, name)
        return self._resolved[key]

    def _file_at(self, stem: str) -> str | None:
        for path in (f"{stem}.py", f"{stem}/__init__.py" if stem else "__init__.py"):
            if path in self.snapshot.python:
                return path
        return None

    def _absolute(self, importer: str, name: str) -> str | None:
        parts = tuple(name.split("."))
        folders = importer.split("/")[:-1]
        best: tuple[tuple[bool, int, int, str], str] | None = None
        for candidate, path in self._by_name.get(parts[-1], ()):
            if candidate[-len(parts) :] != parts:
                continue
            root = candidate[: -len(parts)]
            if "/".join(root) in self._packages:
                continue
            shared = 0
            for mine, theirs in zip(folders, root, strict=False):
                if mine != theirs:
                    break
                shared += 1
            holds_importer = shared == len(root)
            if not holds_importer and len(parts) == 1 and path.rpartition("/")[2] != "__init__.py":
                continue
            rank = (holds_importer, shared, -len(root), path)
            if best is None or rank > best[0]:
                best = (rank, path)
        return best[1] if best else None

    def without_copies(self, path: str, importers: Iterable[str]) -> tuple[str, ...]:
        """Those of some files that don't import another copy of a module by its dotted name.

        A repository may hold a tree several times: each has the callers of its own root.
        """
        if path not in self._dotted:
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            top = len(parts) - 1
            while top and "/".join(parts[:top]) in self._packages:
                top -= 1
            dotted = tuple(parts[top:])
            same = [p for c, p in self._by_name.get(dotted[-1], ()) if c[-len(dotted) :] == dotted]
            self._dotted[path] = ".".join(dotted) if len(dotted) > 1 < len(same) else ""
        name = self._dotted[path]
        if not name:
            return tuple(importers)
        return tuple(one for one in importers if self.find_module(one, name) in (None, path))

    def submodule(self, package_path: str, name: str) -> str | None:
        """The path of ``name`` inside a package given by its ``__init__.py`` (or folder)."""
        folder = package_path.rpartition("/")[0]
        return self._file_at(f"{folder}/{name}" if folder else name)

    def namespace(self, importer: str, name: str) -> bool:
        """Some file of the repository lies below a folder that is imported as ``name``."""
        if self._folders is None:
            found: dict[str, set[str]] = {}
            for dotted, root in _importable_folders(self.snapshot.python, self._packages):
                found.setdefault(dotted, set()).add(root)
            self._folders = {dotted: tuple(sorted(roots)) for dotted, roots in found.items()}
        return any(importer.startswith(root) for root in self._folders.get(name, ()))

    def files_mentioning(self, name: str) -> tuple[str, ...]:
        """Paths of the Python files whose text holds an identifier."""
        if name not in self._mentions:
            self._mentions[name] = self._holding(name.encode())
        return self._mentions[name]

    def mentions(self, name: str) -> bool:
        """Some Python file holds an identifier, also as an option (``--pool-size``)."""
        if name not in self._mentioned:
            spellings = {name.encode(), name.replace("_", "-").encode()}
            python = self.snapshot.python
            self._mentioned[name] = any(
                one in python[path].data for path in self.snapshot.candidates for one in spellings
            ) or any(self._holding(one) for one in spellings)
        return self._mentioned[name]

    def may_build(self, name: str) -> bool:
        """Some file parsed so far may make a name of parts: ``f"pool_{key}"``, ``lower()``."""
        starts = [name[: at + 1] for at, sign in enumerate(name) if sign == "_"]
        spellings = [name.upper(), *(f"{s}{end}" for s in starts for end in ("{", "%", '"', "'"))]
        return any(self._is_written(spelling.encode()) for spelling in spellings)

    def _is_written(self, needle: bytes) -> bool:
        looked_at = self._written.get(needle, 0)
        if 0 <= looked_at < len(self._modules):
            new = islice(self._modules.values(), looked_at, None)
            found = any(m is not None and needle in m.source.data for m in new)
            looked_at = self._written[needle] = -1 if found else len(self._modules)
        return looked_at < 0

    def importers(self, path: str) -> frozenset[str] | None:
        """Files that may import a module: those of its own package, and those that name it.

        None, for any file, in a repository that is small enough to search as a whole (there a
        re-export by a third module is found too).
        """
        if not self.is_large:
            return None
        folder = path.rpartition("/")[0]
        top = ""
        while folder in self._packages and folder:
            top, folder = folder, folder.rpartition("/")[0]
        name = top.rpartition("/")[2] or path.rpartition("/")[2].removesuffix(".py")
        key = top or path
        if key not in self._importers:
            inside = {p for p in self.snapshot.python if top and p.startswith(f"{top}/")}
            self._importers[key] = frozenset(inside | {path, *self.files_mentioning(name)})
        return self._importers[key]

    def files_matching(
        self, name: str, pattern: str, among: frozenset[str] | None = None
    ) -> tuple[str, ...]:
        """Paths of the files in which a name is followed, or on its line preceded, by a pattern.

        ``pattern`` is a regular expression for one occurrence, in which ``NAME`` stands for the
        name; it is tried on the line of each occurrence. One that begins with a keyword
        (``\\bclass\\s``) is tried from where that stands on a line before, too.
        """
        key = (name, pattern, among)
        if key not in self._matching:
            compiled = re.compile(pattern.replace("NAME", _MARK).encode())
            keyword = _KEYWORD.match(pattern)
            opening = keyword[1].encode() + b" " if keyword else b""
            paths = self.files_mentioning(name) if among is None else sorted(among)
            self._matching[key] = tuple(
                path
                for path in paths
                if _matches(self.snapshot.python[path].data, name.encode(), compiled, opening)
            )
        return self._matching[key]

    def _holding(self, needle: bytes) -> tuple[str, ...]:
        search = self.snapshot.holding
        if search is not None:
            return search(needle)
        return tuple(path for path, file in self.snapshot.python.items() if needle in file.data)

    def find_names(self, module: Module, names: frozenset[str]) -> Iterator[Found]:
        """Every ``Name`` or ``Attribute`` whose last part is one of ``names``, in order."""
        return self._found(module, names, is_name)

    def find_settings(self, module: Module, names: frozenset[str]) -> Iterator[Found]:
        """Every assigned ``Name``, string constant or keyword that is one of ``names``."""
        return self._found(module, names, is_setting)

    def find_settings_and_members(self, module: Module, names: frozenset[str]) -> Iterator[Found]:
        """The same, and every assigned ``Attribute``: ``settings.pool_size = 5``."""
        return self._found(module, names, is_setting_or_member)

    def _found(self, module: Module, names: frozenset[str], matches: Matches) -> Iterator[Found]:
        hits: list[Found] = []
        for name in names:
            key = (module.path, name, matches)
            if key not in self._searches:
                self._searches[key] = search(module, name, matches)
            hits.extend(self._searches[key])
        return iter(sorted(hits, key=lambda hit: (hit.node.lineno, hit.node.col_offset)))


def _matches(data: bytes, name: bytes, pattern: re.Pattern[bytes], opening: bytes) -> bool:
    """Some line with the name matches; the search jumps from one occurrence to the next.

    The occurrence is marked in its line, so that one compiled pattern serves all names.
    """
    at = data.find(name)
    while at >= 0:
        start = max(data.rfind(b"\n", 0, at) + 1, at - _LINE)
        if opening:
            begun = data.rfind(opening, max(0, at - _STATEMENT), at)
            start = min(start, begun) if begun >= 0 else start
        behind = at + len(name)
        end = data.find(b"\n", behind)
        rest = data[behind : (end if end >= 0 else len(data)) + 1]
        if pattern.search(data[start:at] + _MARK.encode() + rest):
            return True
        at = data.find(name, behind)
    return False


def _importable_folders(
    paths: Iterable[str], packages: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Dotted names of folders that hold Python files, each with the root it is imported from."""
    for folder in {path.rpartition("/")[0] for path in paths}:
        parts = folder.split("/")
        for start in range(len(parts)):
            root = "/".join(parts[:start])
            if root in packages:
                continue
            for end in range(start + 1, len(parts) + 1):
                yield ".".join(parts[start:end]), root
