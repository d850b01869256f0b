"""``--include`` and ``--exclude``: gitignore-like globs on POSIX paths relative to the root."""

from __future__ import annotations

import re
from collections.abc import Callable

from poolenv.model import PoolenvError


def path_filter(include: tuple[str, ...], exclude: tuple[str, ...]) -> Callable[[str], bool]:
    """Whether a path is looked at: in one of ``include`` (all if empty), in none of ``exclude``.

    A glob that matches a folder covers everything below. Without a slash it matches a name at any
    depth (``tests``, ``*_pb2.py``); with one it starts at the root (``backend/**``, ``/setup.py``).
    ``*`` and ``?`` stay within one name, ``**`` crosses folders. Raises PoolenvError for a glob
    that is empty or starts with ``!``.
    """
    wanted, unwanted = _any_of(include), _any_of(exclude)

    def looked_at(path: str) -> bool:
        if unwanted is not None and unwanted.match(path):
            return False
        return wanted is None or wanted.match(path) is not None

    return looked_at


def _any_of(globs: tuple[str, ...]) -> re.Pattern[str] | None:
    if not globs:
        return None
    return re.compile("|".join(_expression(glob) for glob in globs), re.DOTALL)


def _expression(glob: str) -> str:
    if glob.startswith("!"):
        raise PoolenvError(f"glob {glob!r}: negation is not supported; use the opposite option")
    body = glob.removeprefix("./")
    anchored = "/" in body.rstrip("/")
    folder_only = body.endswith("/")
    body = body.strip("/")
    if body in ("", "."):
        if glob in (".", "./"):
            return ".*"
        raise PoolenvError(f"glob {glob!r} matches nothing: write a file name or a folder")
    start = "" if anchored else "(?:.*/)?"
    end = "/.*" if folder_only else "(?:/.*)?"
    return rf"{start}{_translate(body)}{end}\Z"


def _translate(glob: str) -> str:
    pieces: list[str] = []
    position = 0
    while position < len(glob):
        rest = glob[position:]
        if rest.startswith("**/") and (position == 0 or glob[position - 1] == "/"):
            pieces.append("(?:.*/)?")
            position += 3
        elif rest == "**" and position and glob[position - 1] == "/":
            pieces.append(".+")
            position += 2
        elif match := re.match(r"\*+", rest):
            pieces.append("[^/]*")
            position += match.end()
        elif rest[0] == "?":
            pieces.append("[^/]")
            position += 1
        elif match := re.match(r"\[([!^]?)(\]?[^\]/]+)\]", rest):
            escaped = match[2].replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
            pieces.append(f"(?!/)[{'^' if match[1] else ''}{escaped}]")
            position += match.end()
        else:
            pieces.append(re.escape(rest[0]))
            position += 1
    return "".join(pieces)
