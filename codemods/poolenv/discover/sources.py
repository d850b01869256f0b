"""Python files that decode, made into ``SourceFile`` when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from poolenv.model import SourceFile
from poolenv.syntax.decode import decode


class Sources(Mapping[str, SourceFile]):
    """A read-only mapping of paths to source files, in order of path.

    Most files of a repository are never looked into, so it keeps bytes and decodes on demand;
    ``contents`` must hold only files that ``decode`` accepts.
    """

    def __init__(self, contents: Mapping[str, tuple[bytes, int]], tests: frozenset[str]) -> None:
        self._contents = contents
        self._tests = tests
        self._made: dict[str, SourceFile] = {}

    def __getitem__(self, path: str) -> SourceFile:
        if path not in self._made:
            data, mode = self._contents[path]
            text, encoding, bom = decode(data)
            self._made[path] = SourceFile(
                path, data, text, encoding, bom, is_test=path in self._tests, mode=mode
            )
        return self._made[path]

    def holding(self, needle: bytes) -> tuple[str, ...]:
        """Paths of the files whose bytes hold ``needle``."""
        return tuple(path for path, (data, _) in self._contents.items() if needle in data)

    def __contains__(self, path: object) -> bool:
        return path in self._contents

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)
