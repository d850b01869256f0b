"""Expected values in YAML, JSON, TOML and golden texts below the test folders, edited in place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from poolenv.model import Edit, Remark
from poolenv.syntax.source.positions import Lines
from poolenv.update_tests.facts import Fact, key
from poolenv.update_tests.rewritten import decoded

_TYPES = frozenset({".yaml", ".yml", ".json", ".toml", ".ambr", ".snap"})
_GOLDEN = re.compile(r"/(?:__snapshots__|snapshots|golden|expected)/[^/]+\.(?:txt|out|golden)$")
_TEST_FOLDER = re.compile(
    r"(?:^|/)(?:tests?|testing|__snapshots__|snapshots|golden)/", re.IGNORECASE
)
_EXPECTED = re.compile(r"expect|golden|snapshot|snap\b|ambr$|baseline|want", re.IGNORECASE)
_DEPLOYMENT = re.compile(r"(?:^|/)(?:docker-)?compose[^/]*$|(?:^|/)\.env", re.IGNORECASE)
_ENTRY = re.compile(
    r"(?P<name>[\"']?[A-Za-z_][\w.\-]*[\"']?)(?P<between>[ \t]*[:=][ \t]*)"
    r"(?P<quote>[\"']?)(?P<value>-?\d+(?:\.\d+)?|true|false)(?P=quote)(?=[ \t]*(?:[,}\]#\r\n]|$))",
    re.MULTILINE | re.IGNORECASE,
)


def data_edits(
    files: Mapping[str, bytes], facts: tuple[Fact, ...], mentioned: Mapping[str, bool]
) -> Iterator[Edit | Remark]:
    """Edits of expected values, remarks where a file may as well be the test's own input.

    ``mentioned`` says for a file's name whether the test that names it compares with it.
    """
    for path, data in sorted(files.items()):
        suffix = PurePosixPath(path).suffix.lower()
        is_data = suffix in _TYPES or _GOLDEN.search("/" + path.lower()) is not None
        if not is_data or not _TEST_FOLDER.search("/" + path) or _DEPLOYMENT.search(path):
            continue
        lines = Lines(path, decoded(data))
        for entry in _ENTRY.finditer(lines.text):
            yield from _entry(lines, entry, facts, mentioned)


def text_files(files: Mapping[str, bytes]) -> list[str]:
    """Paths of text files with doctests below the test folders, sorted."""
    return sorted(
        path
        for path, data in files.items()
        if path.lower().endswith((".txt", ".rst", ".md"))
        and b">>>" in data
        and _TEST_FOLDER.search("/" + path)
    )


def _entry(
    lines: Lines, entry: re.Match[str], facts: tuple[Fact, ...], mentioned: Mapping[str, bool]
) -> Iterator[Edit | Remark]:
    name = key(re.split(r"[.\-]", entry["name"].strip("\"'"))[-1])
    about = [f for f in facts if name in f.keys and str(f.old).lower() == entry["value"].lower()]
    if not any(fact.changed for fact in about):
        return
    path = lines.path
    line = lines.position(entry.start())[0]
    fact = next(fact for fact in about if fact.changed)
    is_expected = bool(_EXPECTED.search(path)) or _under_expected(lines.text, entry.start())
    if mentioned.get(PurePosixPath(path).name):
        is_expected = True
    if not is_expected or len({repr(f.new) for f in about}) > 1:
        text = f"{fact.argument} is {fact.old} here; it may expect the old default ({fact.new} now)"
        yield Remark(path, line, text)
        return
    new = str(fact.new).lower() if isinstance(fact.new, bool) else str(fact.new)
    start, end = entry.span("value")
    reason = f"{fact.argument} is {fact.new} now"
    yield Edit(path, start, end, entry["value"], new, reason, line)


def _under_expected(text: str, position: int) -> bool:
    """A less indented line above, or an open brace's key, says ``expected``."""
    line_start = text.rfind("\n", 0, position) + 1
    indent = len(text[line_start:position]) - len(text[line_start:position].lstrip(" \t{\"'"))
    for line in reversed(text[:line_start].splitlines()):
        stripped = line.lstrip()
        if not stripped or stripped.startswith("#"):
            continue
        depth = len(line) - len(stripped)
        if depth < indent or stripped.startswith("["):
            indent = depth
            if re.match(r"[\"'\[]?\w*(?:expect|want)\w*", stripped, re.IGNORECASE):
                return True
            if depth == 0:
                return False
    return False
