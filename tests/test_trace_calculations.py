"""Numbers that take part in calculations: bounds, operands, divisors."""

from __future__ import annotations

import pytest
from in_memory import look, values
from open_defects import cases

from poolenv.model import Holder

IMPORT = "from sqlalchemy import create_engine\n"

BOUNDS = {
    "min": ("min(5, 64)", [5, 64]),
    "min of a constant": ("min(SIZE, 64)", [64]),
    "max": ("max(1, SIZE)", [1]),
}


@pytest.mark.parametrize("how", cases("bounds", BOUNDS))
def test_bounds(how: str) -> None:
    """A bound is shown with the reason why it stays, and no limit is claimed."""
    size, expected = BOUNDS[how]
    found = look(f"{IMPORT}SIZE = 5\ncreate_engine(url, pool_size={size})\n")
    bounds = [site for site in found.sites if site.holder is Holder.FIXED]
    assert [site.value for site in bounds] == expected
    assert all("bound" in (site.obstacle or "") for site in bounds)
    assert {site.value for site in found.sites} == {5, *expected}
    assert [pool.max_connections for pool in found.pools] == [None]


def test_operands_of_a_calculation_with_the_environment() -> None:
    """Half of a variable: neither operand is the variable's default of this argument."""
    found = look(
        f"{IMPORT}import os\ncreate_engine(url, pool_size=int(os.getenv('N', '8')) // 2)\n"
    )
    assert {site.holder for site in found.sites} == {Holder.FIXED}
    assert [site.value for site in found.sites] == [8]


DIVIDED = {
    "half of a parameter": ("def make(n=8):\n    create_engine(url, pool_size=n // 2)", [8]),
    "a share of something unknown": ("create_engine(url, pool_size=acme() // 2)", [2]),
    "a product": ("def make(n=8):\n    create_engine(url, pool_size=n * 2)", [2, 8]),
}


@pytest.mark.parametrize("how", DIVIDED)
def test_a_divisor_counts_no_connections(how: str) -> None:
    """It is no size beside the number that it divides."""
    text, expected = DIVIDED[how]
    assert values(look(IMPORT + text)) == expected
