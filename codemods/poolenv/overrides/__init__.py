"""Files beside the code that set or describe the variables: deployments and ``.env.example``."""

from __future__ import annotations

from poolenv.overrides.deployments import find_overrides
from poolenv.overrides.examples import is_example, update_examples

__all__ = ["find_overrides", "is_example", "update_examples"]
