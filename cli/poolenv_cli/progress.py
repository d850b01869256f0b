"""A sign of life on stderr while a long run works, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_PATIENCE: Final = 0.7
"""Seconds without a sign: short runs print nothing that has to be wiped away again."""


@contextmanager
def working(words: str) -> Iterator[None]:
    """Show a moving bar with the time that passed, beginning after a moment; gone at the end."""
    if not sys.stderr.isatty():
        yield
        return
    from threading import Timer

    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from poolenv_cli.terminal import console

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console(sys.stderr), transient=True)
    progress.add_task(words, total=None)
    timer = Timer(_PATIENCE, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        progress.stop()
