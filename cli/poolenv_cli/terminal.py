"""Text for a terminal: safe to print, as wide as the window, coloured only where it is wanted."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final, TextIO

from poolenv.masking import mask, printable
from poolenv.model import Verdict

if TYPE_CHECKING:
    from rich.console import Console

_WIDTH_OF_FILES: Final = 120
"""Columns where output goes to a file or a pipe and nothing says otherwise."""

VERDICT_STYLES: Final = {
    Verdict.REWRITE: "green",
    Verdict.CHANGE_DEFAULT: "yellow",
    Verdict.ALREADY_ENV: "cyan",
    Verdict.KEEP: "dim",
    Verdict.UNRESOLVED: "red",
}


def console(stream: TextIO) -> Console:
    """A console on a stream; colours only on a terminal, and never with NO_COLOR set."""
    from rich.console import Console

    class LoudConsole(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end the program with 1, which means "differs".

    plain = not stream.isatty() and "COLUMNS" not in os.environ
    return LoudConsole(
        file=stream,
        markup=False,
        highlight=False,
        emoji=False,
        width=_WIDTH_OF_FILES if plain else None,
    )


def clean(text: str) -> str:
    """One line of somebody else's text with secrets and control characters hidden."""
    return printable(mask(text), one_line=True)


def complain(message: str) -> None:
    """One line on stderr, as compilers do: ``poolenv: error: …``."""
    print(f"poolenv: error: {clean(message)}", file=sys.stderr)


def warn(message: str) -> None:
    """One line on stderr about something that was left out."""
    print(f"poolenv: warning: {clean(message)}", file=sys.stderr)
