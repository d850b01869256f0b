"""Finds where pools are opened or configured: by resolved name, never by text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from poolenv.catalogue.entry import Catalogue, Form, Sink
from poolenv.detect.aliases import assigned, is_renamed
from poolenv.detect.by_getattr import by_getattr
from poolenv.detect.doubts import Doubt, chosen_call, doubtful, handed_on, reexported
from poolenv.detect.handed import Handed, is_argument, runner_shift
from poolenv.detect.names import SinkNames
from poolenv.detect.overriding import overriding_uses
from poolenv.detect.questions import call_questions
from poolenv.detect.settings import setting_uses
from poolenv.detect.unread_results import is_unread
from poolenv.detect.urls import UrlReaders
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.called_objects import with_parameters
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.calls.looked_up import taken_from_table
from poolenv.syntax.calls.other_names import defaulted, renamed
from poolenv.syntax.calls.tables import is_entry
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.classes import is_base
from poolenv.syntax.resolving.references import At, External, Partial, Reference
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.syntax.use import UrlParameter, Use, pool_name

__all__ = ["Detected", "detect"]

_IMPORTED = r"\bNAME\s*\(|\bNAME\s+as\s"


@dataclass(frozen=True, slots=True)
class Detected:
    """What the candidate files hold, in order of path and line."""

    uses: tuple[Use, ...]
    urls: tuple[UrlParameter, ...]


def detect(
    program: Program, resolver: Resolver, callers: Callers, catalogue: Catalogue
) -> Detected:
    """Every use of a sink in the candidate files, and the pool parameters of their URLs.

    Files that can't be parsed are noted in ``program.skipped``.
    """
    search = _Search(program, resolver, callers, catalogue)
    readers = UrlReaders(catalogue)
    urls: list[UrlParameter] = []
    for path in sorted(program.snapshot.candidates):
        urls.extend(readers.parameters(program, path))
        search.file(path)
    uses = sorted(search.found.values(), key=lambda u: (u.at.scope.module.path, u.node.lineno))
    return Detected(tuple(uses), tuple(urls))


class _Search:
    """One run over the candidates; aliases found in one file are looked for in the others."""

    def __init__(
        self, program: Program, resolver: Resolver, callers: Callers, catalogue: Catalogue
    ) -> None:
        self.program = program
        self.resolver = resolver
        self.callers = callers
        self.catalogue = catalogue
        self.names = SinkNames(catalogue)
        self.found: dict[tuple[int, str], Use] = {}
        self._aliases: set[tuple[str, str]] = set()

    def file(self, path: str) -> None:
        """Add the uses of one file, which is parsed only where its text may hold one."""
        file = self.program.snapshot.python[path]
        present, settings = self.names.present(file)
        if not present and not settings:
            return
        module = self.program.module(path)
        if module is None:
            return
        if present:
            others = [other for name in present for other in renamed(file.text, name)]
            self._names(module, frozenset({*present, *others}))
            for other in others:
                if other in module.scope.bindings:
                    self._follow_alias(module, other)
            for hit in by_getattr(self.program, module, present):
                for alias in self._hit(hit):
                    self._follow_alias(module, alias)
        for use in setting_uses(self.program, self.resolver, self.catalogue, module, settings):
            self.found.setdefault((id(use.node), use.sink.id), use)

    def _names(self, module: Module, names: frozenset[str]) -> None:
        aliases: set[str] = set()
        for hit in self.program.find_names(module, names):
            aliases.update(self._hit(hit))
        for alias in aliases:
            self._follow_alias(module, alias)

    def _follow_alias(self, module: Module, alias: str) -> None:
        """``factory = create_engine``: calls of ``factory``, in any file, are uses too."""
        if (module.path, alias) in self._aliases:
            return
        self._aliases.add((module.path, alias))
        self._names(module, frozenset({alias}))
        if alias not in module.scope.bindings:
            return
        importers = self.program.importers(module.path)
        for path in self.program.files_matching(alias, _IMPORTED, importers):
            other = self.program.module(path)
            if other is not None and other is not module:
                self._aliases.add((path, alias))
                self._names(other, frozenset({alias, *renamed(other.source.text, alias)}))

    def _hit(self, hit: Found) -> Iterator[str]:
        """Add the use that a found name is; the names that it is given besides."""
        generic = with_parameters(hit)
        if generic is not None:
            for reference in self.resolver.refer(generic.func, At(hit.scope, hit.stmt)):
                self._use(reference, generic, hit, 0)
            return
        call = hit.outer[-1] if hit.outer else None
        at = At(hit.scope, hit.stmt)
        assert isinstance(hit.node, ast.expr)
        if isinstance(call, ast.Call) and call.func is hit.node:
            self._called(hit, hit.node, call)
        elif isinstance(call, ast.Call) and call.args and call.args[0] is hit.node:
            yield from self._prepared(hit, call)
        elif isinstance(hit.stmt, ast.ClassDef) and is_base(hit.node, hit.stmt):
            for reference in self.resolver.refer(hit.node, at):
                if self._sink(reference) is not None:
                    self._subclass(hit.scope.child(hit.stmt), reference)
        elif (chosen := chosen_call(hit)) is not None:
            for reference in self.resolver.refer(chosen.func, at):
                self._use(reference, chosen, hit, 0)
        elif not is_renamed(hit) and (handed_on(hit) or is_argument(hit) or is_entry(hit)):
            self._value(hit, at)
            yield from assigned(hit)
        else:
            aliases = [*assigned(hit), *_default_of(hit)]
            if aliases and any(self._sink(r) for r in self.resolver.refer(hit.node, at)):
                yield from aliases

    def _called(self, hit: Found, function: ast.expr, call: ast.Call) -> None:
        at = At(hit.scope, hit.stmt)
        references = self.resolver.refer(function, at)
        for reference in references:
            if isinstance(reference, Partial):
                self._call_of_partial(reference, call, at)
            else:
                self._use(reference, call, hit, 0)
        if not any(self._sink(r) for r in references):
            doubt = doubtful(function, call, references)
            doubt = doubt or reexported(call, references, self.catalogue.by_callable)
            if doubt is not None:
                self._doubt(doubt, call, at)

    def _prepared(self, hit: Found, call: ast.Call) -> Iterator[str]:
        """It is the first argument of a call, which may be ``partial``."""
        at = At(hit.scope, hit.stmt)
        made = self.resolver.refer(call, at)
        if not any(isinstance(r, Partial) for r in made):
            self._value(hit, at)
        for reference in made:
            if isinstance(reference, Partial):
                if isinstance(reference.inner, Partial) and self._call_of_partial(
                    reference.inner, call, at, 1
                ):
                    yield from assigned(hit)
                self._use(reference.inner, call, hit, 1)
                if self._sink(reference.inner) is not None:
                    yield from assigned(hit)

    def _sink(self, reference: Reference) -> Sink | None:
        if not isinstance(reference, External):
            return None
        return self.catalogue.by_callable.get(reference.plain)

    def _use(self, reference: Reference, call: ast.Call, hit: Found, shift: int) -> None:
        sink = self._sink(reference)
        if sink is None or sink.form is Form.SETTING:
            return
        at = At(hit.scope, hit.stmt)
        if not (sink.makes_setting and is_unread(self.program, call, at)):
            self._add(sink, call, at, shift)

    def _add(self, sink: Sink, call: ast.Call, at: At, shift: int) -> None:
        questions = call_questions(sink, call, at, shift)
        name = pool_name(call, at)
        use = Use(sink, at, call, call, shift, questions, name)
        self.found.setdefault((id(call), sink.id), use)

    def _call_of_partial(self, partial: Partial, call: ast.Call, at: At, shift: int = 0) -> bool:
        """A call of what ``partial`` made passes what both were given; so does another partial.

        False where it makes no pool.
        """
        layers = [partial]
        while isinstance(layers[-1].inner, Partial):
            layers.append(layers[-1].inner)
        sink = self._sink(layers[-1].inner)
        if sink is None:
            return False
        questions = call_questions(sink, call, at, shift)
        for layer in layers:
            passed = {question.argument.name for question in questions if not question.splat}
            prepared = call_questions(sink, layer.call, layer.at, 1)
            questions = (*questions, *(q for q in prepared if q.argument.name not in passed))
            key = (id(layer.call), sink.id)
            if key in self.found:
                self.found[key] = replace(self.found[key], opens=False)
        use = Use(sink, at, call, call, shift, questions, pool_name(call, at))
        self.found.setdefault((id(call), sink.id), use)
        return True

    def _doubt(self, doubt: Doubt, call: ast.Call, at: At) -> None:
        """A call that may well open a pool, by a name that leads nowhere: listed, never changed."""
        sink = doubt.sink or min(
            (
                s
                for n, s in self.catalogue.by_callable.items()
                if n.rpartition(".")[2] == doubt.name
            ),
            key=lambda s: (not s.id.startswith(("sqlalchemy.", "redis.")), s.id),
        )
        questions = call_questions(sink, call, at, 0)
        use = Use(sink, at, call, call, 0, questions, pool_name(call, at), doubt=doubt.reason)
        use = replace(use, outside=doubt.sink is not None)
        self.found.setdefault((id(call), "?"), use)

    def _value(self, hit: Found, at: At) -> None:
        """A factory given away as a value: what it is called with stands elsewhere."""
        assert isinstance(hit.node, ast.expr)
        references = self.resolver.refer(hit.node, at)
        sink = next((s for r in references if (s := self._sink(r)) is not None), None)
        if sink is None or sink.form is Form.SETTING or self._called_elsewhere(sink, hit, at):
            return
        if is_entry(hit) and self._called_from_table(sink, hit):
            return
        if not handed_on(hit):
            return
        name = sink.id.rpartition(".")[2]
        reason = f"{name} is handed on here as a value; look at what it is called with"
        use = Use(sink, at, hit.node, None, 0, (), None, doubt=reason)
        self.found.setdefault((id(hit.node), "?"), use)

    def _called_elsewhere(self, sink: Sink, hit: Found, at: At) -> bool:
        """The factory is an argument of something that is known to call it."""
        call = next((n for n in reversed(hit.outer) if isinstance(n, ast.Call)), None)
        if call is None or not isinstance(hit.node, ast.expr) or not is_argument(hit):
            return False
        shift = runner_shift(self.resolver, call, hit.node, at)
        if shift is not None:
            self._add(sink, call, at, shift)
            return True
        handed = Handed(
            self.program, self.resolver, self.callers, lambda r: self._sink(r) is not None
        )
        inside = list(handed.calls(hit))
        for inner, there in inside:
            self._add(sink, inner, there, 0)
        return bool(inside)

    def _called_from_table(self, sink: Sink, hit: Found) -> bool:
        """What is taken out of the table that the factory is put into, by its key, is called."""
        self.callers.reading.grant()
        found = list(taken_from_table(self.callers.reading, hit))
        for site in found:
            self._add(sink, site.call, site.at, 0)
        return bool(found)

    def _subclass(self, scope: Scope, base: Reference) -> None:
        """A class derived from a pool class: its own constructor call, or those that make it."""
        sink = self._sink(base)
        assert sink is not None
        for use in overriding_uses(sink, scope):
            self.found.setdefault((id(use.node), sink.id), use)
        if "__init__" not in scope.bindings:
            for site in self.callers.constructions(scope):
                self._add(sink, site.call, site.at, site.shift)
            return
        for binding in scope.bindings["__init__"]:
            if not isinstance(binding.node, ast.FunctionDef):
                continue
            method = scope.child(binding.node)
            for hit in self.program.find_names(scope.module, frozenset({"__init__"})):
                call = hit.outer[-1] if hit.outer else None
                if hit.scope is not method or not isinstance(call, ast.Call):
                    continue
                match hit.node:
                    case ast.Attribute(value=ast.Call(func=ast.Name(id="super"))):
                        self._add(sink, call, At(method, hit.stmt), 0)
                    case ast.Attribute(value=ast.expr() as owner):
                        references = self.resolver.refer(owner, At(method, hit.stmt))
                        if any(self._sink(r) is sink for r in references):
                            self._add(sink, call, At(method, hit.stmt), 1)


def _default_of(hit: Found) -> Iterator[str]:
    if isinstance(hit.stmt, ast.FunctionDef | ast.AsyncFunctionDef):
        yield from defaulted(hit.node, hit.stmt.args)
