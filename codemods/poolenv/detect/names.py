"""Which of the catalogue's names a text may use: decides whether a file is parsed."""

from __future__ import annotations

from collections.abc import Iterable

from poolenv.catalogue.entry import Catalogue
from poolenv.syntax.words import words_with

_TELLING = 6
_PARTS = (
    *("Pool", "pool", "ngine", "onnect", "lient", "edis", "atabase", "earch", "Alchemy"),
    *("_bind", "ortoise", "set_", "_for", "from_ur", "alkey", "Mongo", "entinel"),
)
"""Parts that several names share: a text without one is not searched for those names."""
_STARTS = ("SQLALCHEMY_", "CELERY_")


class CallableNames:
    """The last names of the catalogue's callables, by a part of each that is looked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._modules: dict[str, set[tuple[str, ...]]] = {}
        for name in catalogue.by_callable:
            *modules, last = name.split(".")
            self._modules.setdefault(last, set()).add(tuple(modules))
        by_part: dict[str, set[str]] = {}
        for last in self._modules:
            part = next((part for part in _PARTS if part in last), last)
            by_part.setdefault(part, set()).add(last)
        self._groups = [
            (part, names, None if any(map(_telling, names)) else self._packages(names))
            for part, names in by_part.items()
        ]

    def _packages(self, names: Iterable[str]) -> frozenset[tuple[str, ...]]:
        return frozenset(modules[:1] for name in names for modules in self._modules[name])

    def present(self, text: str) -> set[str]:
        """The names that stand in a text as words.

        An ordinary word (``connect``, ``Redis``) counts only beside the package and the modules
        that it comes from.
        """
        found: set[str] = set()
        named: dict[str, bool] = {}

        def names_all(modules: tuple[str, ...]) -> bool:
            for module in modules:
                if module not in named:
                    named[module] = module in text
                if not named[module]:
                    return False
            return True

        for part, names, packages in self._groups:
            if part not in text or not (packages is None or any(map(names_all, packages))):
                continue
            for name in names & words_with(text, part):
                if _telling(name) or any(map(names_all, self._modules[name])):
                    found.add(name)
        return found


class SettingNames:
    """The names of the catalogue's settings, by what those of one framework begin with."""

    def __init__(self, catalogue: Catalogue) -> None:
        names = {
            name
            for sink in catalogue.settings
            for name in (sink.setting[:1] or tuple(a.name for a in sink.arguments))
        }
        self._by_start: dict[str, set[str]] = {}
        for name in names:
            start = next((start for start in _STARTS if name.startswith(start)), name)
            self._by_start.setdefault(start, set()).add(name)

    def in_text(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        return any(
            start in text and any(name in text for name in names)
            for start, names in self._by_start.items()
        )


def _telling(name: str) -> bool:
    """A name that says "pool" wherever it stands, so that a re-export of it counts."""
    lowered = name.lower()
    return len(name) > _TELLING and ("pool" in lowered or "engine" in lowered)
