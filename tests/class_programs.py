"""Programs of a few classes that replace, share and call one another's methods, for hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Final

from hypothesis import strategies as st

Numbers = Callable[[], int]

MEMBERS: Final[dict[str, tuple[str, ...]]] = {
    "attribute": ("size = {0}",),
    "__init__": ("def __init__(self):", "    self.size = {0}"),
    "get number": ("def get(self):", "    return {0}"),
    "get attribute": ("def get(self):", "    return self.size"),
    "get above": ("def get(self):", "    return super().get()"),
    "open": ("def open(self, size):", "    create_engine(url, pool_size=size)"),
    "open own": ("def open(self, size):", "    create_engine(url, pool_size={0})"),
    "open attribute": ("def open(self, size):", "    create_engine(url, pool_size=self.size)"),
    "open nothing": ("def open(self, size):", "    pass"),
    "open above": ("def open(self, size):", "    super().open(size)"),
    "open above, own": ("def open(self, size):", "    super().open({0})"),
    "connect attribute": ("def connect(self):", "    self.open(self.size)"),
    "connect got": ("def connect(self):", "    self.open(self.get())"),
    "connect number": ("def connect(self):", "    self.open({0})"),
    "connect above": ("def connect(self):", "    super().connect()"),
    "property": ("@property", "def size(self):", "    return {0}"),
}
"""What a class may have; ``{0}`` is a number of its own."""
ROOT: Final = ("attribute", "get attribute", "open", "connect got")
_HEAD: Final = "from sqlalchemy import create_engine\nurl = 'postgresql://'\n"


@dataclass(frozen=True, slots=True)
class Classes:
    """The members of each class, with the earlier ones that it derives from."""

    members: tuple[tuple[str, ...], ...]
    bases: tuple[tuple[int, ...], ...]

    def __repr__(self) -> str:
        """The program as a person reads it."""
        return "\n" + self.text()

    def text(self) -> str:
        """The file: the classes, and a call of ``connect`` on an object of each."""
        numbers = count(11)
        lines: list[str] = []
        for index, (members, bases) in enumerate(zip(self.members, self.bases, strict=True)):
            above = ", ".join(f"C{base}" for base in bases)
            lines.append(f"class C{index}({above}):")
            for member in members:
                number = next(numbers)
                lines.extend(f"    {line.format(number)}" for line in MEMBERS[member])
            lines.append("    pass")
        calls = [f"C{index}().connect()" for index in range(len(self.members))]
        return _HEAD + "\n".join([*lines, *calls, ""])


def _first_word(member: str) -> str:
    return {"attribute": "size", "property": "size"}.get(member, member.partition(" ")[0])


def _one_each(members: list[str]) -> tuple[str, ...]:
    """At most one member of each name; an attribute that a property hides can't be assigned."""
    kept = {_first_word(member): member for member in members}
    return tuple(kept.values())


def _is_above(one: int, others: list[int], bases: list[tuple[int, ...]]) -> bool:
    """One of some classes is a base of another one of them."""
    return any(one in bases[o] or _is_above(one, [*bases[o]], bases) for o in others)


@st.composite
def classes(draw: st.DrawFn, most: int = 4) -> Classes:
    """A root class and some below it."""
    members: list[tuple[str, ...]] = [ROOT]
    bases: list[tuple[int, ...]] = [()]
    for index in range(1, draw(st.integers(2, most))):
        members.append(_one_each(draw(st.lists(st.sampled_from(list(MEMBERS)), max_size=3))))
        above = draw(st.lists(st.integers(0, index - 1), min_size=1, max_size=2, unique=True))
        bases.append(tuple(one for one in above if not _is_above(one, above, bases)))
    return Classes(tuple(members), tuple(bases))
