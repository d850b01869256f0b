"""Which modules of the repository a test is about, and how far it is from them."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator

from poolenv.syntax.bindings.binding import Binding
from poolenv.syntax.program import Program

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")


class Modules:
    """Finds the repository's files by import, by dotted text and by path text."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._imports: dict[str, tuple[str, ...]] = {}
        self._steps: dict[frozenset[str], list[frozenset[str]]] = {}
        """From a set of files: those that no, one, two … imports lead to."""

    def imported(self, importer: str, binding: Binding) -> frozenset[str]:
        """The files that an import statement's name means, most exact first."""
        stmt, alias = binding.stmt, binding.node
        if not isinstance(alias, ast.alias):
            return frozenset()
        if isinstance(stmt, ast.Import):
            name = alias.name
            return frozenset(filter(None, [self.program.find_module(importer, name)]))
        if isinstance(stmt, ast.ImportFrom):
            return frozenset(self._from(importer, stmt, alias.name))
        return frozenset()

    def _from(self, importer: str, stmt: ast.ImportFrom, name: str) -> Iterator[str]:
        base = stmt.module or ""
        dotted = f"{base}.{name}" if base else name
        found = self.program.find_module(importer, dotted, stmt.level)
        if found is None:
            found = self.program.find_module(importer, base, stmt.level)
        if found is not None:
            yield found

    def imports_of(self, path: str) -> tuple[str, ...]:
        """The repository's files that a file imports, anywhere in it."""
        if path not in self._imports:
            module = self.program.module(path)
            found: dict[str, None] = {}
            for node in _statements(module.tree) if module else ():
                if isinstance(node, ast.Import):
                    for alias in node.names:
                        target = self.program.find_module(path, alias.name)
                        found.update({target: None} if target else {})
                elif isinstance(node, ast.ImportFrom):
                    for alias in node.names:
                        found.update(dict.fromkeys(self._from(path, node, alias.name)))
            self._imports[path] = tuple(found)
        return self._imports[path]

    def closest(self, start: Iterable[str], wanted: frozenset[str]) -> frozenset[str]:
        """The wanted files that the fewest imports lead to from these files; none: not reached."""
        files = frozenset(start)
        steps = self._steps.setdefault(files, [files])
        for number in itertools.count():
            if number == len(steps):
                steps.append(self._next(steps))
            if not steps[number] or steps[number] & wanted:
                return steps[number] & wanted
        raise AssertionError("the steps end with an empty one")

    def _next(self, steps: list[frozenset[str]]) -> frozenset[str]:
        found = {
            target
            for path in steps[-1] & self.program.snapshot.python.keys()
            for target in self.imports_of(path)
        }
        return frozenset(found.difference(*steps))

    def in_texts(self, texts: Iterable[str]) -> frozenset[str]:
        """The files that texts name, by path (``app/db.py``) or dotted name (``app.db.engine``).

        Where a dotted name means several files, another text that is a folder of one decides.
        """
        written = tuple(dict.fromkeys(texts))
        found: set[str] = set()
        for text in written:
            candidates = self._at_path(text) or self._dotted(text)
            folders = [other.strip("/") for other in written if other != text]
            below = {p for p in candidates if any(p.startswith(f + "/") for f in folders if f)}
            found.update(below or candidates)
        return frozenset(found)

    def _at_path(self, text: str) -> frozenset[str]:
        plain = text.replace("\\", "/")
        while plain.startswith(("./", "../", "/")):
            plain = plain.partition("/")[2]
        if not plain or " " in plain or "\n" in plain or "." not in plain:
            return frozenset()
        snapshot = self.program.snapshot
        return frozenset(
            path
            for path in (*snapshot.python, *snapshot.other)
            if path == plain or path.endswith("/" + plain)
        )

    def _dotted(self, text: str) -> frozenset[str]:
        if not _DOTTED.fullmatch(text):
            return frozenset()
        parts = text.split(".")
        # ``app.db.create_engine`` names an attribute of a module: drop parts until a file fits.
        for size in range(len(parts), 0, -1):
            stem = "/".join(parts[:size])
            if size == 1 and len(parts) > 2:
                break
            names = (f"{stem}.py", f"{stem}/__init__.py")
            found = {
                path
                for path in self.program.snapshot.python
                if any(path == name or path.endswith("/" + name) for name in names)
            }
            if found:
                return frozenset(found)
        return frozenset()


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Every statement at any depth, without the expressions, which hold most of the nodes."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, ())
            waiting += inner if isinstance(inner, list) else ()
