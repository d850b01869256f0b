"""What became false: names with their old value, old numbers, old totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from poolenv.model import Decision, PoolKey, Role, Scalar

_BETWEEN: Final = (
    r"""["'`*\])]*[ \t]{0,3}(?:\(?(?:int|float)\b,?\)?)?[ \t]{0,3}"""
    r"""(?::[ \t]?(?:int|float)\b)?[ \t]{0,3}(?:[=:]=?|->|,|\b(?:is|of|to|at)\b)?[ \t]{0,3}\(?"""
    r"""(?:defaults?(?:[ \t](?:is|to|of|value))?[ \t]?[:=]?[ \t]{0,3})?["'`*]*"""
)
"""What may stand between a name and its value: ``=``, ``: int =``, ``is``, ``(default:`` …"""
_HISTORY: Final = re.compile(
    r"\b(?:was|were|previously|formerly|earlier|used to|reduced|raised|increased|lowered"
    r"|until|originally|changed|bumped)\b",
    re.IGNORECASE,
)
_ABOUT_POOLS: Final = re.compile(
    r"pool|overflow|connection|limit|engine|checkout|session|database|\bdb\b", re.IGNORECASE
)
_MEASURE: Final = r"[ \t]?(?:[kKMGT]i?B\b|bytes\b|bits\b|%)"
"""Units of what is no connection and no second: ``# 10 MB``."""
_TINY: Final = 3
_ASSIGNED = re.compile(r"\s*(?:self\.|cls\.)?(?P<name>[A-Za-z_]\w*)\s*(?::[^=]+)?=(?!=)")


@dataclass(frozen=True, slots=True)
class Outdated:
    """One default that changes: how text names it, and where it is written or used."""

    names: tuple[str, ...]
    old: str
    new: str
    old_total: int | None
    new_total: int | None
    places: frozenset[tuple[str, int]]

    def named(self, text: str) -> Iterator[tuple[int, int]]:
        """Ranges of the old value behind one of the names."""
        for match in _named(self.names, self.old).finditer(text):
            yield match.span("value")

    def total(self, text: str) -> Iterator[tuple[int, int]]:
        """Ranges of the pool's old most connections, where the text says it of connections."""
        if self.old_total is not None and self.old_total != self.new_total:
            for match in re.finditer(
                rf"(?<![\w.,]){self.old_total}(?=[ \t]+(?:\w+[ \t]+)?connections?\b)", text
            ):
                yield match.span()

    def mentions(self, text: str) -> bool:
        """Whether the old number or the old total stands there, in whatever sense."""
        numbers = {self.old} | ({str(self.old_total)} if self.old_total is not None else set())
        number = "|".join(map(re.escape, numbers))
        return re.search(rf"(?<![\w.])(?:{number})(?!\w|\.\d|{_MEASURE})", text) is not None

    @property
    def is_tiny(self) -> bool:
        """The old number is one that stands everywhere (``--interval 1``, ``SELECT 1``)."""
        return float(self.old) < _TINY

    def is_on(self, text: str) -> bool:
        """Whether one of its names stands in the text."""
        return any(
            re.search(rf"(?<!\w){re.escape(name).replace('_', '[ _-]')}(?!\w)", text, re.IGNORECASE)
            for name in self.names
        )

    @property
    def distinct(self) -> bool:
        """Whether its names mean pools anywhere, as ``size`` and ``timeout`` do not."""
        return any("_" in name for name in self.names)


def is_history(text: str) -> bool:
    """Whether a text tells what once was; then an old number is no mistake."""
    return _HISTORY.search(text) is not None


def is_about_pools(text: str) -> bool:
    """Whether a text speaks of pools or connections at all."""
    return _ABOUT_POOLS.search(text) is not None


def outdated(
    decisions: tuple[Decision, ...], lines: Mapping[str, list[str]]
) -> tuple[Outdated, ...]:
    """Every number that changes. ``lines`` are the files' lines by path."""
    totals = _totals(decisions)
    found: dict[tuple[object, ...], Outdated] = {}
    for decision in decisions:
        site, edit = decision.site, decision.edit
        if edit is None or not _is_number(site.value) or site.value == decision.new_value:
            continue
        own = lines.get(edit.path, [])
        text = own[edit.line - 1] if edit.line <= len(own) else ""
        names = {site.argument, site.env, decision.variable, _assigned(text, site.argument)}
        before, after = totals.get(site.pool, (None, None))
        places = {(edit.path, edit.line), (site.path, site.line)}
        places |= {(step.path, step.line) for step in site.chain}
        change = Outdated(
            names=tuple(sorted(name for name in names if name)),
            old=str(site.value),
            new=str(decision.new_value),
            old_total=before,
            new_total=after,
            places=frozenset(places),
        )
        found[(change.names, change.old, change.new, before, change.places)] = change
    return tuple(found.values())


def _named(names: tuple[str, ...], old: str) -> re.Pattern[str]:
    spelled = "|".join(
        re.escape(name).replace("_", "[ _-]") for name in sorted(names, key=len, reverse=True)
    )
    return re.compile(
        rf"(?<![\w.])(?:\w+\.)*(?:{spelled})(?!\w){_BETWEEN}"
        rf"(?<![\d.])(?P<value>{re.escape(old)})(?!\d|_|\.\d|[A-Za-rt-z]|s\w)",
        re.IGNORECASE,
    )


def _assigned(line: str, argument: str) -> str | None:
    """The constant or field that the line assigns, if it is named after the argument."""
    match = _ASSIGNED.match(line)
    if match is None:
        return None
    words = [word for word in argument.lower().split("_") if len(word) > 3]
    name = match["name"]
    return name if any(word in name.lower() for word in words) else None


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _totals(decisions: tuple[Decision, ...]) -> dict[PoolKey, tuple[int, int]]:
    """Size + overflow before and after, for pools that have one known value of each."""
    values: dict[PoolKey, dict[Role, set[tuple[int, int]]]] = {}
    for decision in decisions:
        site = decision.site
        if site.role in (Role.SIZE, Role.OVERFLOW) and isinstance(site.value, int):
            new = decision.new_value if decision.edit is not None else site.value
            if isinstance(new, int):
                of_pool = values.setdefault(site.pool, {})
                of_pool.setdefault(site.role, set()).add((site.value, new))
    found = {}
    for pool, roles in values.items():
        if len(roles) == 2 and all(len(own) == 1 for own in roles.values()):
            pairs = [next(iter(own)) for own in roles.values()]
            found[pool] = (sum(p[0] for p in pairs), sum(p[1] for p in pairs))
    return found
