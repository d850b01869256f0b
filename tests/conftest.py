"""Options of the whole suite."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--regen``, which writes the result of every case into its ``after/``."""
    parser.addoption(
        "--regen",
        action="store_true",
        help="rewrite after/ of every case in fixtures/cases (the git diff is the review)",
    )
