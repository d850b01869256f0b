"""Detection and tracing of a few files that are written in the test, without a disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from textwrap import dedent

from poolenv.catalogue import load
from poolenv.catalogue.entry import Catalogue
from poolenv.detect import detect
from poolenv.discover.kinds import paths_of_tests
from poolenv.model import Site, Snapshot, SourceFile, Span, Trace
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.trace import trace


@cache
def catalogue() -> Catalogue:
    """The catalogue that poolenv ships."""
    return load()


def snapshot(files: Mapping[str, str]) -> Snapshot:
    """The files as ``discover`` gives them, paths to text."""
    tests = paths_of_tests(files)
    python = {
        path: SourceFile(path, text.encode(), text, "utf-8", bom=False, is_test=path in tests)
        for path, text in sorted(files.items())
    }
    tokens = catalogue().tokens
    candidates = frozenset(
        path for path, file in python.items() if any(token in file.data for token in tokens)
    )
    return Snapshot(root="/", revision=None, python=python, candidates=candidates, other={})


def traced(files: Mapping[str, str]) -> Trace:
    """What detection and tracing find in the files."""
    program = Program(snapshot(files))
    resolver = Resolver(program)
    callers = Callers(program, resolver)
    detected = detect(program, resolver, callers, catalogue())
    return trace(program, resolver, callers, detected.uses, detected.urls)


def look(text: str, **others: str) -> Trace:
    """Trace ``app.py`` and other modules beside it (``settings="SIZE = 5"`` is settings.py)."""
    files = {"app.py": text} | {f"{name}.py": other for name, other in others.items()}
    return traced({path: dedent(body) for path, body in files.items()})


def values(found: Trace, argument: str = "pool_size") -> list[object]:
    """The values that reach an argument, smallest first."""
    return sorted(
        (site.value for site in found.sites if site.argument == argument),
        key=lambda value: (str(type(value)), str(value).rjust(20)),
    )


def text_at(files: Mapping[str, str], span: Span | None) -> str:
    """The source text of a span of one line."""
    assert span is not None
    assert span.line == span.end_line
    line = files[span.path].splitlines()[span.line - 1]
    return line[span.column - 1 : span.end_column - 1]


def places(found: Iterable[Site]) -> list[tuple[str, int, object]]:
    """Path and line of each literal, with the value."""
    return [(s.source.path, s.source.line, s.value) for s in found if s.source is not None]
