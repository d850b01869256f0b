"""Which of the catalogue's names a file may use: decides whether it is parsed."""

from __future__ import annotations

from poolenv.catalogue.entry import Catalogue
from poolenv.model import SourceFile
from poolenv.syntax.source.words import words_of

_TELLING = 6


class SinkNames:
    """The last names of the catalogue's callables, and the names of its settings."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._modules: dict[str, set[tuple[str, ...]]] = {}
        for name in catalogue.by_callable:
            *modules, last = name.split(".")
            self._modules.setdefault(last, set()).add(tuple(modules))
        self._settings = {
            name
            for sink in catalogue.settings
            for name in (sink.setting[:1] or tuple(a.name for a in sink.arguments))
        }
        self._words = {name.encode() for name in (*self._modules, *self._settings)}

    def present(self, file: SourceFile) -> tuple[frozenset[str], frozenset[str]]:
        """The callables' and the settings' names that stand in a file as words.

        A callable's name that is an ordinary word (``connect``, ``Redis``) counts only beside
        the package and the modules that it comes from.
        """
        words = {word.decode() for word in self._words.intersection(words_of(file.data))}
        callables = {
            name
            for name in words & self._modules.keys()
            if _telling(name)
            or any(all(m in file.text for m in modules) for modules in self._modules[name])
        }
        return frozenset(callables), frozenset(words & self._settings)


def _telling(name: str) -> bool:
    """A name that says "pool" wherever it stands, so that a re-export of it counts."""
    lowered = name.lower()
    return len(name) > _TELLING and ("pool" in lowered or "engine" in lowered)
