"""A patch on stdout: its exact bytes for a program, safe and coloured on a terminal."""

from __future__ import annotations

import os
import sys
from typing import Final

from poolenv.masking import printable

_COLOURS: Final = (
    ("+++", "1"),
    ("---", "1"),
    ("@@", "36"),
    ("diff ", "1"),
    ("+", "32"),
    ("-", "31"),
)


def write(patch: bytes) -> None:
    """Write a patch to stdout and nothing else."""
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(patch)
        return
    colours = "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    for line in patch.decode("utf-8", errors="backslashreplace").splitlines():
        sys.stdout.write(_coloured(printable(line)) if colours else printable(line))
        sys.stdout.write("\n")


def _coloured(line: str) -> str:
    for start, colour in _COLOURS:
        if line.startswith(start):
            return f"\x1b[{colour}m{line}\x1b[m"
    return line
