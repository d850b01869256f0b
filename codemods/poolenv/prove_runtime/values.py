"""The distinctive value each variable is set to, so that it is recognised when it arrives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from poolenv.model import Role, Scalar, Variable

_ORDER: Final = {Role.MIN: 0, Role.MAX: 2}
"""A minimum gets its number first, so that it stays below the maximum's."""
_WITHOUT_DEFAULT: Final = 7


def distinctive_values(variables: tuple[Variable, ...]) -> Mapping[str, Scalar]:
    """Variable name to a value other than its default; numbers are all different.

    They stay close to the default, so that a bound the code checks is not passed by much.
    Variables whose default is text have no value here: no number would fit them.
    """
    values: dict[str, Scalar] = {}
    # A flag is not a number here, though True == 1.
    taken = {v.default for v in variables if not isinstance(v.default, bool)}
    for variable in sorted(variables, key=lambda v: _ORDER.get(v.role, 1)):
        default = variable.default
        if isinstance(default, str):
            continue
        if isinstance(default, bool):
            values[variable.name] = not default
            continue
        number = _WITHOUT_DEFAULT if default is None else max(default, 0) + 1
        while number in taken:
            number += 1
        taken.add(number)
        values[variable.name] = number
    return values


def as_environment(values: Mapping[str, Scalar]) -> dict[str, str]:
    """The values as environment strings."""
    return {
        # 31.0 is written 31, which int() reads as well as float().
        name: str(value).lower() if isinstance(value, bool) else f"{value:.15g}"
        for name, value in values.items()
    }
