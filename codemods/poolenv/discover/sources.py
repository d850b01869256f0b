"""Python files that decode, made into ``SourceFile`` when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from poolenv.model import SourceFile
from poolenv.syntax.source.decode import decode

_RARE = (b"pool", b"Pool", b"POOL")
"""Parts of many settings' names that few files hold."""


class Sources(Mapping[str, SourceFile]):
    """A read-only mapping of paths to source files, in order of path.

    Most files of a repository are never looked into, so it keeps bytes and decodes on demand;
    ``contents`` must hold only files that ``decode`` accepts.
    """

    def __init__(self, contents: Mapping[str, tuple[bytes, int]], tests: frozenset[str]) -> None:
        self._contents = contents
        self._tests = tests
        self._made: dict[str, SourceFile] = {}
        self._rare: dict[bytes, tuple[str, ...]] = {}

    def __getitem__(self, path: str) -> SourceFile:
        if path not in self._made:
            data, mode = self._contents[path]
            text, encoding, bom = decode(data)
            self._made[path] = SourceFile(
                path, data, text, encoding, bom, is_test=path in self._tests, mode=mode
            )
        return self._made[path]

    def holding(self, needle: bytes) -> tuple[str, ...]:
        """Paths of the files whose bytes hold ``needle``.

        One that holds a rare part is looked for only in the files that hold the part, which are
        found once.
        """
        among: Iterable[str] = self._contents
        part = next((part for part in _RARE if part in needle), None)
        if part is not None:
            if part not in self._rare:
                self._rare[part] = tuple(p for p, (d, _) in self._contents.items() if part in d)
            among = self._rare[part]
        return tuple(path for path in among if needle in self._contents[path][0])

    def __contains__(self, path: object) -> bool:
        return path in self._contents

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)
