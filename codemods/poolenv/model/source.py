"""The repository as it was read: files, places in them, what could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of a decoded file. Lines and columns are 1-based, in characters; end is exclusive."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def holds(self, inner: Span) -> bool:
        """Another range lies in this one."""
        begins = (self.line, self.column) <= (inner.line, inner.column)
        ends = (inner.end_line, inner.end_column) <= (self.end_line, self.end_column)
        return self.path == inner.path and begins and ends


@dataclass(frozen=True, slots=True)
class Step:
    """One place on the way from a sink back to an origin, with its source line (stripped)."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the repository, decoded.

    ``text`` is what ``data`` decodes to without a byte-order mark, newlines untouched, so
    ``encode(text)`` gives ``data`` back byte for byte (``discover`` checks it).
    """

    path: str
    """POSIX, relative to the root."""
    data: bytes
    text: str
    encoding: str
    """A Python codec name, from the coding cookie or ``utf-8``."""
    bom: bool
    is_test: bool
    mode: int = 0o100644
    """The git file mode."""

    def encode(self, text: str) -> bytes:
        """Encode new text of this file as the old one was encoded, BOM included."""
        body = text.encode(self.encoding)
        return b"\xef\xbb\xbf" + body if self.bom else body


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read or parsed, and why, in words for the person."""

    path: str
    line: int | None
    reason: str


@dataclass(frozen=True)
class Snapshot:
    """The repository as read once: of the working tree, or of one commit.

    ``python`` holds every decodable Python file (not only candidates: an import may lead
    anywhere); ``candidates`` are the paths whose bytes name something of the catalogue;
    ``other`` holds the raw bytes of configuration files that may set variables
    (``.env*``, YAML, TOML, INI, Procfile, Dockerfile …).
    """

    root: str
    revision: str | None
    """The full hash of the commit that was read, or None for the working tree."""
    python: Mapping[str, SourceFile]
    candidates: frozenset[str]
    other: Mapping[str, bytes]
    skipped: tuple[Skipped, ...] = ()
    holding: Callable[[bytes], tuple[str, ...]] | None = None
    """Paths of the Python files whose bytes hold a needle, without decoding any of them."""
