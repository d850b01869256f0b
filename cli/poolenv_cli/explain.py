"""``poolenv explain PATH:LINE``: a value's way from the pool back to where it is written."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from poolenv.model import (
    Decision,
    Migration,
    Origin,
    PoolenvError,
    Scalar,
    Site,
    Step,
    Unresolved,
)
from poolenv_cli.figures import decisions_of
from poolenv_cli.terminal import clean

_NEAREST: Final = 3
_BESIDE_A_LOOK_UP: Final = re.compile(
    r"\.(?:get\w*|pop|setdefault)\((?:[^()]|\([^()]*\))*,\s*(?:\w+\s*=\s*)?$"
)
_BEFORE: Final = 300
"""Characters before a value among which the look-up it stands in is looked for."""
_WRITTEN: Final = {
    Origin.LITERAL: "the value is written here",
    Origin.CONSTANT: "the value is this constant",
    Origin.SETTINGS: "the value is the default of this setting",
    Origin.ENV_DEFAULT: "the value is the default of this environment variable",
    Origin.FUNCTION_DEFAULT: "the value is this parameter's default",
    Origin.DICT: "the value is in this mapping",
    Origin.CONDITIONAL: "the value is one branch of this",
    Origin.LIBRARY_DEFAULT: "the library's own default applies here",
    Origin.UNRESOLVED: "the way ends here",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person points: a repository, and a path inside it with a line."""

    root: Path
    path: str
    line: int
    column: int | None = None


def parse_place(text: str, root: Path | None) -> Place:
    """``db/session.py:12`` or ``db/session.py:12:20``; the root is the repository around it.

    Raises PoolenvError where it is no such thing, or the file is not there.
    """
    name, line, column = _split(text)
    file = Path(name)
    if root is not None and not file.is_absolute():
        file = root / file
    if not file.is_file():
        raise PoolenvError(f"{text}: no such file; expected PATH:LINE, like db/session.py:12")
    absolute = Path(os.path.abspath(file))  # resolve() would follow a link out of the repository
    top = Path(os.path.abspath(root)) if root is not None else _repository_of(absolute)
    if not absolute.is_relative_to(top):
        raise PoolenvError(f"{text}: not inside {top}")
    return Place(top, PurePosixPath(absolute.relative_to(top)).as_posix(), line, column)


def _split(text: str) -> tuple[str, int, int | None]:
    head, _, last = text.rpartition(":")
    name, _, middle = head.rpartition(":")
    if name and _is_number(middle) and _is_number(last):
        return name, int(middle), int(last)
    if head and _is_number(last):
        return head, int(last), None
    raise PoolenvError(f"{text!r}: expected PATH:LINE, like db/session.py:12")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0


def _repository_of(file: Path) -> Path:
    """The nearest folder above with a ``.git``, else the current one where it is above, else its
    own."""
    for folder in file.parents:
        if (folder / ".git").exists():
            return folder
    current = Path.cwd()
    return current if file.is_relative_to(current) else file.parent


def render(migration: Migration, place: Place) -> str:
    """The notes for every pool argument at a place.

    A place is the argument itself, the call that opens the pool, or the line where a value is
    written. Raises PoolenvError that names the nearest arguments where there is none.
    """
    sites, unresolved = _at(migration, place)
    if not sites and not unresolved:
        raise PoolenvError(_nothing(migration, place))
    decisions = decisions_of(migration)
    blocks = [
        *("\n".join(_site_notes(migration, site, decisions.get(site))) for site in sites),
        *("\n".join(_unresolved_notes(migration, item)) for item in unresolved),
    ]
    fed = sum(_covers(site, place) for site in sites)
    if fed > 1:
        written = f"{place.path}:{place.line}: {fed} pool arguments have the value written here"
        blocks.insert(0, clean(written))
    return "\n\n".join(blocks) + "\n"


def _at(migration: Migration, place: Place) -> tuple[list[Site], list[Unresolved]]:
    """What stands at a place, and all sites whose value is written there; else what passes it."""
    here = (place.path, place.line)
    trace = migration.trace
    sites = [site for site in trace.sites if (site.path, site.line) == here]
    unresolved = [item for item in trace.unresolved if (item.path, item.line) == here]
    if place.column is not None:
        exact = [site for site in sites if site.column == place.column]
        exactly = [item for item in unresolved if item.column == place.column]
        if exact or exactly:
            return exact, exactly
    if not sites and not unresolved:
        sites = [site for site in trace.sites if (site.pool.path, site.pool.line) == here]
    sites += [site for site in trace.sites if _covers(site, place) and site not in sites]
    if sites:
        return sites, unresolved
    on_way = [
        site for site in trace.sites if any((step.path, step.line) == here for step in site.chain)
    ]
    lost = [item for item in trace.unresolved if any((s.path, s.line) == here for s in item.chain)]
    return on_way, unresolved or lost


def _covers(site: Site, place: Place) -> bool:
    source = site.source
    return (
        source is not None
        and source.path == place.path
        and source.line <= place.line <= source.end_line
    )


def _nothing(migration: Migration, place: Place) -> str:
    lines: dict[int, set[str]] = {}
    trace = migration.trace
    for path, line, argument in (
        *((site.path, site.line, site.argument) for site in trace.sites),
        *((item.path, item.line, item.argument) for item in trace.unresolved),
    ):
        if path == place.path:
            lines.setdefault(line, set()).add(argument)
    where = f"{place.path}:{place.line}: no pool argument here"
    if not lines:
        return f"{where}, nor anywhere else in this file; `poolenv scan` lists those there are"
    near = sorted(sorted(lines, key=lambda line: abs(line - place.line))[:_NEAREST])
    named = "; ".join(f"line {line} ({', '.join(sorted(lines[line]))})" for line in near)
    return f"{where}; the nearest in this file: {named}"


def _site_notes(migration: Migration, site: Site, decision: Decision | None) -> Iterator[str]:
    value = _value(site.value) if site.origin is not Origin.UNRESOLVED else "not known"
    yield clean(f"{site.path}:{site.line}:{site.column}: {site.argument} of {site.sink} is {value}")
    yield from _source_line(migration, site.path, site.line, site.column)
    last = _last_note(migration, site)
    source = site.source
    spot = None if source is None else (source.path, source.line, source.column)
    yield from _steps(migration, site.chain, (site.path, site.line), last, spot)
    if site.origin is Origin.LITERAL and source is not None and not site.chain[1:]:
        yield f"  note: {last}"
    if site.env is not None:
        yield clean(f"  note: the environment variable {site.env} sets it today")
    if decision is not None:
        yield clean(f"  {decision.verdict.value}: {decision.reason}")
    elif site.obstacle:
        yield clean(f"  unresolved: {site.obstacle}")


def _unresolved_notes(migration: Migration, item: Unresolved) -> Iterator[str]:
    what = "the whole mapping" if item.argument == "**" else item.argument
    yield clean(f"{item.path}:{item.line}:{item.column}: {what} of {item.sink} is not known")
    yield from _source_line(migration, item.path, item.line, item.column)
    here = (item.path, item.line)
    yield from _steps(migration, item.chain, here, _WRITTEN[Origin.UNRESOLVED], None)
    yield clean(f"  unresolved: {item.reason}")


def _value(value: Scalar) -> str:
    return repr(value)


def _last_note(migration: Migration, site: Site) -> str:
    """In what the value is written; a mapping's entry and the default beside a look-up differ."""
    source = site.source
    file = None if source is None else migration.snapshot.python.get(source.path)
    if site.origin is Origin.DICT and source is not None and file is not None:
        from poolenv.syntax.source.positions import Lines

        start = Lines(source.path, file.text).offset(source.line, source.column)
        before = file.text[max(0, start - _BEFORE) : start]
        if _BESIDE_A_LOOK_UP.search(before):
            return "the value is the default of this look-up"
    return _WRITTEN[site.origin]


def _steps(
    migration: Migration,
    chain: tuple[Step, ...],
    here: tuple[str, int],
    last: str,
    spot: tuple[str, int, int] | None,
) -> Iterator[str]:
    """The steps after the place itself, which the first line already shows."""
    shown = bool(chain) and (chain[0].path, chain[0].line) == here
    for number, step in enumerate(chain[1:] if shown else chain, 1 + shown):
        is_last = number == len(chain)
        note = "the pool takes it from here" if number == 1 else "which comes from here"
        at_spot = is_last and spot is not None and spot[:2] == (step.path, step.line)
        column = spot[2] if spot is not None and at_spot else None
        yield clean(f"{step.path}:{step.line}: note: {last if is_last else note}")
        yield from _source_line(migration, step.path, step.line, column, step.text)


def _source_line(
    migration: Migration, path: str, line: int, column: int | None, text: str | None = None
) -> Iterable[str]:
    """The line with its number in the margin, and a caret under a 1-based column of it."""
    from poolenv.syntax.source.positions import Lines

    file = migration.snapshot.python.get(path)
    if file is not None:
        try:
            text = Lines(path, file.text).line_text(line)
        except IndexError:
            text = text or ""
    if text is None:
        return ()
    margin = max(5, len(str(line)) + 2)
    shown = f"{line:>{margin}} | {clean(text.expandtabs(4))}".rstrip()
    if column is None or file is None:
        return (shown,)
    from rich.cells import cell_len

    indent = cell_len(clean(text[: column - 1].expandtabs(4)))
    return (shown, f"{' ' * margin} | {' ' * indent}^")
