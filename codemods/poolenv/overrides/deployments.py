"""Find where deployment files set a variable, so that a new default has no effect there.

Line by line and by the variable's name, for every format alike (dotenv, YAML, JSON, TOML, INI,
Procfile, Dockerfile, shell, Terraform): half of these files are templates that no parser reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from poolenv.masking import HIDDEN, printable
from poolenv.model import Decision, Override, Scalar, Variable
from poolenv.overrides.examples import is_example

_NEWLINE = re.compile(r"\r\n|\r|\n")
_PROSE = (".md", ".rst", ".adoc", ".lock", "package-lock.json")
_COMMENT = re.compile(r"\s*(?:#|//|;|--\s|rem\s)", re.IGNORECASE)
_NUMBER = re.compile(
    r"""\s*\\?(?P<quote>["']?)\s*(?P<value>[-+]?\d+(?:\.\d+)?|true|false|yes|no|on|off)\s*\\?(?P=quote)
        (?=[\s,;:&|)\]}"'\\]|$)""",
    re.IGNORECASE | re.VERBOSE,
)
_FALLBACK = re.compile(r"""\s*["']?\$\{\w+:?-(?P<value>[-+]?\d+(?:\.\d+)?)\}""")
"""``${DB_POOL_SIZE:-10}``: 10 unless the place that starts it sets another."""
_NOTHING = re.compile(r"""\s*(?:#.*|\{\s*|\||>)?$""")
_PAIR_VALUE = re.compile(r"""(?<![\w.])["']?value["']?\s*[:=]\s*(?P<rest>.*)""", re.IGNORECASE)
_SET_ELSEWHERE = re.compile(
    r"""(?<![\w.])["']?(?:valueFrom|value_from|value_source|from[A-Z]\w+|sync|generateValue)["']?\s*[:={]"""
)
_PAIR_REACH: Final = 8
"""Lines between the name and the value of one item, at most."""


@dataclass(frozen=True, slots=True)
class _Setting:
    line: int
    name: str
    value: str | None
    """A number or a flag; None for anything else, which is never shown."""
    manner: str = ""


def find_overrides(
    other: Mapping[str, bytes],
    variables: tuple[Variable, ...],
    decisions: tuple[Decision, ...] = (),
) -> tuple[Override, ...]:
    """Every line of a deployment file that sets one of the variables, in order of path and line.

    ``other`` are raw files by path. Files that only document variables (``.env.example``) and
    prose are left out. ``decisions`` make the notes say "new default" only where it is new.
    Values are shown when they are numbers or flags, else ``***``.
    """
    by_name = {variable.name: variable for variable in variables}
    if not by_name:
        return ()
    unchanged = by_name.keys() - {d.variable for d in decisions if d.edit is not None}
    settings = _Settings(tuple(by_name))
    found: list[Override] = []
    for path in sorted(other):
        if is_example(path) or path.lower().endswith(_PROSE):
            continue
        text = other[path].decode("utf-8", errors="replace").removeprefix("\ufeff")
        for setting in settings.of(path, text):
            variable = by_name[setting.name]
            same = bool(decisions) and setting.name in unchanged
            found.append(_override(path, setting, variable, "default" if same else "new default"))
    return tuple(found)


def _override(path: str, setting: _Setting, variable: Variable, default: str) -> Override:
    shown = HIDDEN if setting.value is None else setting.value
    what = f"={shown}" if setting.value is not None else " to a value that is not shown here"
    head = f"{printable(path, one_line=True)}:{setting.line} sets {variable.name}{what}"
    if setting.manner:
        head += f" ({setting.manner})"
    if setting.value is not None and _same(setting.value, variable.default):
        tail = f", the same as the {default}"
    elif variable.is_new:
        tail = (
            f", which no code read before this change; from now on it applies there, "
            f"not the {default} {variable.default}"
        )
    else:
        tail = f", so the {default} {variable.default} has no effect there"
    return Override(path, setting.line, variable.name, shown, head + tail)


def _same(value: str, default: Scalar) -> bool:
    flags = {"true": 1.0, "yes": 1.0, "on": 1.0, "false": 0.0, "no": 0.0, "off": 0.0}
    try:
        set_to = flags[value.lower()] if value.lower() in flags else float(value)
        return default is not None and set_to == float(default)
    except ValueError:
        return False


class _Settings:
    """The patterns for one set of names."""

    def __init__(self, names: tuple[str, ...]) -> None:
        any_name = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
        self._any = re.compile(any_name)
        self._assigned = re.compile(
            rf"""(?<![\w$-])(?<!\$\{{)                # not "$NAME", "${{NAME", "OTHER_NAME"
                (?P<quote>["']?)(?P<name>{any_name})(?P=quote)
                \s*(?:[?:]?=(?!=)|:(?=\s|$|["'{{]))""",
            re.VERBOSE,
        )
        self._shell_default = re.compile(
            rf"\$\{{(?P<name>{any_name}):?=(?P<value>[-+]?\d+(?:\.\d+)?)\}}"
        )
        self._docker = re.compile(rf"\s*ENV\s+(?P<name>{any_name})\s+(?P<rest>[^\s=].*)", re.I)
        self._pair_name = re.compile(
            rf"""(?<![\w.])["']?(?i:name|key|variable)["']?\s*[:=]\s*
                (?P<quote>["']?)(?P<name>{any_name})(?P=quote)\s*(?=[,}}]|$|\#)""",
            re.VERBOSE,
        )

    def of(self, path: str, text: str) -> Iterator[_Setting]:
        """The settings in one file, each line and name once, in order."""
        if self._any.search(text) is None:
            return
        lines = _NEWLINE.split(text)
        docker = "dockerfile" in path.lower().rsplit("/", 1)[-1]
        seen: set[tuple[int, str]] = set()
        for index, line in enumerate(lines):
            if self._any.search(line) is None or _COMMENT.match(line):
                continue
            for setting in self._of_line(lines, index, docker):
                if (setting.line, setting.name) not in seen:
                    seen.add((setting.line, setting.name))
                    yield setting

    def _of_line(self, lines: list[str], index: int, docker: bool) -> Iterator[_Setting]:
        line = lines[index]
        for match in self._assigned.finditer(line):
            if not _in_comment(line, match.start()):
                yield _assigned(lines, index, match["name"], line[match.end() :], docker)
        for match in self._shell_default.finditer(line):
            yield _Setting(index + 1, match["name"], match["value"], "unless it is set before")
        if docker and (match_env := self._docker.match(line)):
            yield _valued(index, match_env["name"], match_env["rest"])
        for match in self._pair_name.finditer(line):
            if not _in_comment(line, match.start()):
                yield from _paired(lines, index, match)


def _in_comment(line: str, position: int) -> bool:
    return re.search(r"\s#", line[:position]) is not None


def _assigned(lines: list[str], index: int, name: str, rest: str, docker: bool) -> _Setting:
    """``NAME=…`` and ``NAME: …``; with nothing behind it, the value may stand in a block below."""
    if _NOTHING.match(rest):
        indent = _indent(lines[index])
        for below in range(index + 1, min(index + 1 + _PAIR_REACH, len(lines))):
            if lines[below].strip() and _indent(lines[below]) <= indent:
                break
            if value := _PAIR_VALUE.search(lines[below]):
                return _valued(below, name, value["rest"])
    setting = _valued(index, name, rest)
    if docker and lines[index].lstrip().upper().startswith("ARG"):
        return _Setting(setting.line, name, setting.value, "as a build argument")
    return setting


def _paired(lines: list[str], index: int, match: re.Match[str]) -> Iterator[_Setting]:
    """``- name: NAME`` with its ``value: …`` on the same line, below or above, in the same item."""
    line, name = lines[index], match["name"]
    opening = max(line.rfind("{", 0, match.start()), 0)
    closing = line.find("}", match.end())
    inside = line[opening : closing + 1 if closing >= 0 else len(line)]
    if value := _PAIR_VALUE.search(inside):
        yield _valued(index, name, value["rest"])
        return
    for other in _item_lines(lines, index, match.start()):
        if value := _PAIR_VALUE.search(lines[other]):
            yield _valued(other, name, value["rest"])
            return
        if _SET_ELSEWHERE.search(lines[other]):
            yield _Setting(index + 1, name, None)
            return


def _item_lines(lines: list[str], index: int, column: int) -> Iterator[int]:
    """The other lines of the list item (or braces) that holds a line: first below, then above."""
    for below in range(index + 1, min(index + 1 + _PAIR_REACH, len(lines))):
        stripped = lines[below].strip()
        if not stripped or stripped.startswith("#"):
            continue
        if _indent(lines[below]) < column or stripped[0] in "-}]":
            break
        yield below
    for above in range(index, max(index - _PAIR_REACH, -1), -1):
        if above != index:
            yield above
        head = lines[above][:column].strip() if above == index else lines[above].strip()
        if head[:1] in ("-", "{") or head.endswith(("{", "[")) or "}" in head:
            break


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _valued(index: int, name: str, rest: str) -> _Setting:
    if number := _NUMBER.match(rest):
        return _Setting(index + 1, name, number["value"])
    if fallback := _FALLBACK.match(rest):
        return _Setting(index + 1, name, fallback["value"], "unless its own environment sets it")
    return _Setting(index + 1, name, None)
