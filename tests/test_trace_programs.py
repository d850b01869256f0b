"""Properties of tracing, over programs that hypothesis makes (see ``programs``)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from in_memory import text_at, traced
from open_defects import cases
from program_links import LINKS
from programs import (
    DOUBTFUL,
    ENDINGS,
    LIBRARY,
    LITERALS,
    LOOK_ALIKES,
    Case,
    environment_programs,
    executed,
    opaque_programs,
    program,
    programs,
)

from poolenv.model import Holder

FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MANY = settings(FEW, max_examples=4000)
ONE_LIBRARY = next(iter(LIBRARY.items()))


def check_found(case: Case) -> None:
    """Every literal that can reach the pool is a site, once, and nothing else is."""
    found = traced(case.files)
    sites = [site for site in found.sites if site.argument == "pool_size"]

    assert sorted(text_at(case.files, site.source) for site in sites) == sorted(case.origins)
    assert all(site.value == eval(text_at(case.files, site.source)) for site in sites)
    assert {site.sink for site in found.sites} == {"sqlalchemy.create_engine"}
    assert found.unresolved == ()
    assert found.skipped == ()
    for site in sites:
        assert site.source is not None
        first, last = site.chain[0], site.chain[-1]
        assert (first.path, first.line) == case.sink
        assert (last.path, last.line) == (site.source.path, site.source.line)
        for step in site.chain:
            assert step.text == case.files[step.path].splitlines()[step.line - 1].strip()


def check_agrees_with_python(case: Case) -> None:
    """What really reaches the library is among the values, and so is the pool's limit."""
    found = traced(case.files)
    sizes = executed(case)
    assert sizes
    assert set(sizes) <= {site.value for site in found.sites}
    limits = {pool.max_connections for pool in found.pools}
    assert max(limit for limit in limits if limit is not None) >= max(sizes) + 10


@pytest.mark.parametrize("link", cases("links", LINKS))
def test_each_link(link: str) -> None:
    """Each way to move a value on works by itself, and twice in a row."""
    for links in ([link], [link, link]):
        for literal in LITERALS:
            case = program(links, ONE_LIBRARY, "direct", literal)
            check_found(case)
            check_agrees_with_python(case)


@pytest.mark.parametrize("ending", cases("endings", ENDINGS))
def test_each_ending(ending: str) -> None:
    """Each way to hand a value to the library works, however the library is imported."""
    for library in LIBRARY.items():
        case = program([], library, ending)
        check_found(case)
        check_agrees_with_python(case)


@FEW
@given(programs())
def test_the_literal_is_found(case: Case) -> None:
    """Through any chain of links."""
    check_found(case)


@FEW
@given(programs(most=4))
def test_python_agrees(case: Case) -> None:
    """Run, each program hands the library one of the values that the trace shows."""
    check_agrees_with_python(case)


@FEW
@given(environment_programs())
def test_the_variable_is_known_to_the_end(case: Case) -> None:
    """A default of the environment keeps its variable through any chain."""
    found = traced(case.files)
    (site,) = (site for site in found.sites if site.argument == "pool_size")
    assert text_at(case.files, site.source) == '"37"'
    assert (site.value, site.env, site.holder) == (37, "SIZE", Holder.ENV_DEFAULT)
    assert not site.untyped_env
    assert found.unresolved == ()


@FEW
@given(opaque_programs())
def test_what_is_hidden_is_unresolved(case: Case) -> None:
    """Behind a link that nobody can see through, no literal is a site and a reason is given."""
    found = traced(case.files)
    assert [site.source for site in found.sites if site.argument == "pool_size"] == []
    (entry,) = found.unresolved
    assert (entry.path, entry.line) == case.sink
    assert entry.sink == "sqlalchemy.create_engine"
    assert entry.argument in ("pool_size", "**")
    assert len(entry.reason.split()) >= 4


@FEW
@given(programs(most=3, libraries=LOOK_ALIKES))
def test_a_look_alike_is_no_site(case: Case) -> None:
    """The repository's own functions and classes of the same names."""
    found = traced(case.files)
    assert found.sites == ()
    assert found.pools == ()
    assert found.unresolved == ()


@FEW
@given(programs(most=3, libraries=DOUBTFUL))
def test_a_doubtful_call_is_no_site(case: Case) -> None:
    """The same names from another library: no site, and at most a question to the person."""
    found = traced(case.files)
    assert found.sites == ()
    assert found.pools == ()
    assert all("look whether it opens a pool" in entry.reason for entry in found.unresolved)


@pytest.mark.slow
@MANY
@given(programs(most=10))
def test_the_literal_is_found_in_long_programs(case: Case) -> None:
    """The same for many longer programs."""
    check_found(case)
