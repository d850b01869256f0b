"""Sorts the files that are read into sources, candidates, configuration and skipped ones."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from typing import IO, Final

from poolenv.catalogue.entry import Catalogue
from poolenv.discover.git_search import GitSearch
from poolenv.discover.globs import path_filter
from poolenv.discover.kinds import is_configuration, is_python, paths_of_tests
from poolenv.discover.sources import Sources
from poolenv.discover.token_search import TokenSearch
from poolenv.model import Options, Skipped, Snapshot
from poolenv.syntax.source.decode import UndecodableError, decode

LARGEST_SOURCE: Final = 5 << 20
"""Bytes of a Python file beyond which it is taken for generated."""
LARGEST_CONFIGURATION: Final = 256 << 10
_TELLING_NAME: Final = 8
"""Length from which an argument's name (``pool_size``) says something by itself."""


class Collector:
    """Takes the files of one run, in order of path, and gives the snapshot at the end."""

    def __init__(self, catalogue: Catalogue, *, only: str | None = None) -> None:
        """``only`` is the one file to take, whatever its suffix; None takes all."""
        self.skipped: list[Skipped] = []
        self._only = only
        self._search = TokenSearch(catalogue.tokens)
        self._argument_names = _argument_names(catalogue)
        self._sources: dict[str, tuple[bytes, int]] = {}
        self._other: dict[str, bytes] = {}

    def wanted(self, paths: Iterable[str], options: Options) -> Iterator[tuple[str, int]]:
        """The paths to read and the most bytes worth reading."""
        included = path_filter(options.include, options.exclude)
        allowed = path_filter((), options.exclude)
        for path in paths:
            if self._only is not None:
                if path == self._only:
                    yield path, LARGEST_SOURCE
            elif is_python(path):
                if included(path):
                    yield path, LARGEST_SOURCE
            elif is_configuration(path) and allowed(path):
                yield path, LARGEST_CONFIGURATION

    def is_source(self, path: str) -> bool:
        """Whether the path is read as Python: by its suffix, or because it was named alone."""
        return path == self._only or is_python(path)

    def add(self, path: str, data: bytes, mode: int) -> None:
        """Take one file that was read whole."""
        if not self.is_source(path):
            self._other[path] = data
        elif len(data) > LARGEST_SOURCE:
            self.add_large(path, len(data), io.BytesIO(data))
        else:
            self._add_source(path, data, mode)

    def add_large(self, path: str, size: int, stream: IO[bytes]) -> None:
        """Take a source of ``size`` bytes: it is skipped if it names something of the catalogue."""
        if self._search.in_stream(stream):
            megabytes = f"{size / (1 << 20):.0f} MB"
            self.skipped.append(Skipped(path, None, f"too large ({megabytes}): generated?"))

    def _add_source(self, path: str, data: bytes, mode: int) -> None:
        # ASCII without a cookie needs no decoding to be known good; most files are.
        if not data.isascii() or b"\0" in data or b"coding" in data[:2048]:
            try:
                decode(data)
            except UndecodableError as error:
                if self._may_matter(data):
                    self.skipped.append(Skipped(path, error.line, error.reason))
                return
        self._sources[path] = (data, mode)

    def _may_matter(self, data: bytes) -> bool:
        """Whether undecodable bytes name a pool argument, or a token as UTF-16 writes it."""
        squeezed = data.replace(b"\0", b"")
        return self._search.in_bytes(squeezed) or any(
            name in squeezed for name in self._argument_names
        )

    def snapshot(self, root: str, revision: str | None, found: GitSearch | None) -> Snapshot:
        """Everything taken so far; ``found`` spares the search for candidates."""
        named = found.paths() if found is not None else None
        covered = frozenset() if found is None or named is None else found.covered
        candidates = (named or frozenset()).intersection(self._sources)
        if covered is not None:
            candidates |= {
                path
                for path, (data, _) in self._sources.items()
                if path not in covered and self._search.in_bytes(data)
            }
        python = Sources(self._sources, paths_of_tests(self._sources))
        return Snapshot(
            root=root,
            revision=revision,
            python=python,
            holding=python.holding,
            candidates=candidates,
            other=MappingProxyType(self._other),
            skipped=tuple(sorted(self.skipped, key=lambda s: (s.path, s.line or 0))),
        )


def _argument_names(catalogue: Catalogue) -> frozenset[bytes]:
    return frozenset(
        argument.name.encode()
        for sink in catalogue.sinks
        for argument in sink.arguments
        if len(argument.name) >= _TELLING_NAME
    )
