"""Values that lead to one another, and long ways: nothing hangs, nothing reachable is lost."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_memory import look, text_at, traced, values
from open_defects import cases
from program_links import LINKS
from programs import LIBRARY, program

IMPORT = "from sqlalchemy import create_engine\n"
ONE_LIBRARY = next(iter(LIBRARY.items()))

FORMS = {
    "constant": ("V = {value}", "m{i}.V"),
    "function": ("def V():\n    return {value}", "m{i}.V()"),
    "dict": ('V = {{"size": {value}}}', 'm{i}.V["size"]'),
    "class": ("class V:\n    size = {value}", "m{i}.V.size"),
    "instance": (
        "class V:\n    def __init__(self):\n        self.size = {value}",
        "m{i}.V().size",
    ),
}
"""How a module writes its value, and how another reads it."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Modules whose values are one another's, or a number of their own: 100 for module 0 …"""

    forms: Sequence[str]
    edges: Sequence[tuple[int, ...]]

    def files(self, sinks: Sequence[int]) -> dict[str, str]:
        """The modules, and an engine for each of the sinks."""
        found = {}
        for i, (form, others) in enumerate(zip(self.forms, self.edges, strict=True)):
            value = str(100 + i)
            for other in others:
                read = FORMS[self.forms[other]][1].format(i=other)
                value = f"({read} if flag else {value})"
            imports = "".join(f"import m{other}\n" for other in others)
            found[f"m{i}.py"] = imports + FORMS[form][0].format(value=value) + "\n"
        for i in sinks:
            read = FORMS[self.forms[i]][1].format(i=i)
            text = f"{IMPORT}import m{i}\ncreate_engine(url, pool_size={read})\n"
            found[f"sink{len(found)}.py"] = text
        return found

    def reachable(self, start: int) -> list[int]:
        """The numbers that a module's value may be."""
        seen, waiting = {start}, [start]
        while waiting:
            new = set(self.edges[waiting.pop()]) - seen
            seen |= new
            waiting.extend(new)
        return sorted(100 + i for i in seen)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to five modules that read one another in any way, themselves included."""
    size = draw(st.integers(1, 5))
    node = st.integers(0, size - 1)
    edges = draw(st.lists(st.sets(node, max_size=2), min_size=size, max_size=size))
    forms = draw(st.lists(st.sampled_from(list(FORMS)), min_size=size, max_size=size))
    others = [tuple(sorted(to - {i})) for i, to in enumerate(edges)]
    return Graph(forms, others)


@settings(max_examples=200, deadline=None)
@given(graphs(), st.lists(st.integers(0, 4), min_size=1, max_size=3))
def test_every_reachable_number_is_found(graph: Graph, starts: list[int]) -> None:
    """From every engine, in whatever order they stand, and in a moment.

    Functions that call one another may be too many ways to follow; then that is listed.
    """
    sinks = [start % len(graph.forms) for start in starts]
    files = graph.files(sinks)
    started = time.process_time()
    found = traced(files)
    assert time.process_time() - started < 1
    engines = [path for path in files if path.startswith("sink")]
    for path, start in zip(engines, sinks, strict=True):
        reached = {site.value for site in found.sites if site.path == path}
        expected = set(graph.reachable(start))
        assert reached <= expected, f"{path}\n{files}"
        listed = [entry for entry in found.unresolved if entry.path == path]
        assert reached == expected or (listed and "function" in graph.forms), f"{path}\n{files}"


CYCLES = {
    "a module that imports itself through another": ("import b\nSIZE = b.SIZE", "import app"),
    "stars": ("from b import *", "from app import *"),
    "functions": (
        "from b import size\ndef own(): return size()\nSIZE = own()",
        "import app\nsize = app.own",
    ),
    "classes": ("class A(B): ...\nclass B(A): ...\nSIZE = A.size", ""),
    "a dict of itself": ('SIZES = {}\nSIZES = {**SIZES}\nSIZE = SIZES["size"]', ""),
    "a default of itself": ("def size(given=SIZE): return given\nSIZE = size()", ""),
    "a property of itself": (
        "class A:\n    @property\n    def size(self): return self.size\nSIZE = A().size",
        "",
    ),
    "an attribute of itself": (
        "class A:\n    def __init__(self): self.size = self.size\nSIZE = A().size",
        "",
    ),
    "a lambda of itself": ("size = lambda: size()\nSIZE = size()", ""),
}


@pytest.mark.parametrize("cycle", CYCLES)
def test_a_cycle_without_a_value(cycle: str) -> None:
    """It ends at once, without a site and with a reason."""
    app, b = CYCLES[cycle]
    found = look(f"{IMPORT}{app}\ncreate_engine(url, pool_size=SIZE)\n", b=b)
    assert found.sites == ()
    assert [entry.argument for entry in found.unresolved] == ["pool_size"]


def test_two_engines_of_one_cycle() -> None:
    """The second sees what the first saw: a cut-off answer is not remembered."""
    found = look(
        IMPORT
        + dedent("""
            SMALL = LARGE if flag else 5
            LARGE = SMALL if flag else 7
            def one():
                return create_engine(url, pool_size=SMALL)
            def two():
                return create_engine(url, pool_size=LARGE)
        """)
    )
    assert values(found) == [5, 5, 7, 7]


def test_an_engine_in_the_middle_of_a_long_chain() -> None:
    """The end may be too far; what is twelve steps away is not."""
    links = "".join(f'D{i} = {{"size": D{i - 1}}}["size"]\n' for i in range(1, 200))
    engines = "create_engine(url, pool_size=D199)\ncreate_engine(url, pool_size=D12)\n"
    found = look(f"{IMPORT}D0 = 37\n{links}{engines}")
    assert [(site.line, site.value) for site in found.sites] == [(203, 37)]
    assert [entry.reason for entry in found.unresolved] == ["the way to it is too long to follow"]


@pytest.mark.parametrize("link", cases("fifty links", LINKS))
def test_fifty_links(link: str) -> None:
    """A chain of 50 links of one kind is followed, or listed with a reason, in under 1 s."""
    case = program([link] * 50, ONE_LIBRARY, "direct")
    started = time.process_time()
    found = traced(case.files)
    assert time.process_time() - started < 1
    sources = [text_at(case.files, site.source) for site in found.sites]
    assert set(sources) <= set(case.origins)
    if set(sources) != set(case.origins):
        assert found.unresolved
