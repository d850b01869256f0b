"""Comments and docstrings that a changed default makes false."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from poolenv.masking import mask
from poolenv.model import Decision, Edit, Remark, Snapshot
from poolenv.stale_words.outdated import Outdated, is_about_pools, is_history, outdated
from poolenv.stale_words.written import Words, Written

__all__ = ["stale_words"]

_NEWLINE = re.compile(r"\r\n|\r|\n")
_GENERATED: Final = b"<!-- poolenv: generated"
_HISTORIES: Final = ("changelog", "changes", "history", "news", "releases")
_LONGEST: Final = 120
Range = tuple[str, int, int]


def stale_words(
    snapshot: Snapshot, decisions: tuple[Decision, ...]
) -> tuple[tuple[Edit, ...], tuple[Remark, ...]]:
    """Edits of words that name a changed default with its old value; remarks on the rest.

    Rewritten are comments in the paragraph of a changed value (or of the call that gets it) and
    docstrings around it: ``max_overflow=10``, ``DB_MAX_OVERFLOW: 10``, and a total on the same
    line. Words that mention only the number, that tell history, or that stand elsewhere
    (READMEs too) become remarks. Tests are left to ``update_tests``. No edit touches the range
    of a decision's edit.
    """
    lines = {path: _NEWLINE.split(source.text) for path, source in snapshot.python.items()
             if any(d.edit and d.edit.path == path for d in decisions)}  # fmt: skip
    changes = outdated(decisions, lines)
    if not changes:
        return (), ()
    findings = _Findings(decisions)
    for path in sorted(snapshot.python):
        source = snapshot.python[path]
        if source.is_test or not _worth_reading(path, source.text, changes):
            continue
        written = Written(source)
        for words in written.words:
            for change in changes:
                findings.judge(path, written, words, change)
    for path in sorted(snapshot.other):
        _prose(path, snapshot.other[path], changes, findings)
    return findings.result()


def _worth_reading(path: str, text: str, changes: tuple[Outdated, ...]) -> bool:
    return any(path == p for change in changes for p, _ in change.places) or any(
        change.distinct and next(change.named(text), None) is not None for change in changes
    )


class _Findings:
    """Edits and remarks of one run, each range and line once."""

    def __init__(self, decisions: tuple[Decision, ...]) -> None:
        self._taken = [
            (d.edit.path, d.edit.start, d.edit.end) for d in decisions if d.edit is not None
        ]
        self._unchanged = [
            (d.site.path, d.site.line, d.site.argument, str(d.site.value))
            for d in decisions
            if d.edit is None or d.new_value == d.site.value
        ]
        self._edits: dict[Range, Edit] = {}
        self._refused: set[Range] = set()
        self._remarks: dict[tuple[str, int], Remark] = {}
        self._still_stale: set[tuple[str, int]] = set()

    def judge(self, path: str, written: Written, words: Words, change: Outdated) -> None:
        """Decide on one line of words about one change."""
        if not change.mentions(words.text):
            return
        if change.is_tiny and not change.is_on(written.line(words.line)):
            return
        named = list(change.named(words.text))
        near = self._is_near(path, written, words, change)
        if named and near and not is_history(words.text):
            totals = list(change.total(words.text))
            for start, end in named:
                self._edit(path, words, (start, end), change.new, change)
            for start, end in totals:
                self._edit(path, words, (start, end), str(change.new_total), change)
            if change.mentions(_without(words.text, (*named, *totals))):
                self._still_stale.add((path, words.line))
                self.remark(path, words.line, words.text, change)
            return
        is_about = near and (words.scope is None or is_about_pools(words.text))
        if is_about or (named and (near or change.distinct)):
            self.remark(path, words.line, words.text, change)

    def remark(self, path: str, line: int, text: str, change: Outdated) -> None:
        """Note a line for the person, once."""
        shown = mask(text.strip())
        shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
        name = change.names[0] if len(change.names) == 1 else max(change.names, key=len)
        said = f"may be out of date, as {name} changes from {change.old} to {change.new}: {shown}"
        self._remarks.setdefault((path, line), Remark(path, line, said))

    def result(self) -> tuple[tuple[Edit, ...], tuple[Remark, ...]]:
        """Everything in order; a range on which two changes disagree is only remarked on."""
        edits = [self._edits[key] for key in sorted(self._edits) if key not in self._refused]
        # Words that were rewritten for one change need no remark on account of another.
        mended = {(edit.path, edit.line) for edit in edits} - self._still_stale
        remarks = [self._remarks[key] for key in sorted(self._remarks) if key not in mended]
        return tuple(edits), tuple(remarks)

    def _edit(
        self, path: str, words: Words, within: tuple[int, int], new: str, change: Outdated
    ) -> None:
        start, end = words.start + within[0], words.start + within[1]
        if any(p == path and start < e and s < end for p, s, e in self._taken):
            return
        key, old = (path, start, end), words.text[within[0] : within[1]]
        reason = f"the words name {change.names[0]} with its old value"
        edit = Edit(path, start, end, old, new, reason, words.line)
        if self._edits.setdefault(key, edit).new != new:
            self._refused.add(key)
            self._still_stale.add((path, words.line))
            self.remark(path, words.line, words.text, change)

    def _is_near(self, path: str, written: Written, words: Words, change: Outdated) -> bool:
        for place, line in change.places:
            if place != path:
                continue
            if words.scope is not None:
                first, last = words.scope
                if first <= line <= last and not self._keeps(path, words.scope, change):
                    return True
                continue
            statement = written.statement(line)
            paragraph = written.paragraph(*statement)
            region = statement if self._keeps(path, paragraph, change) else paragraph
            if region[0] <= words.line <= region[1]:
                return True
        return False

    def _keeps(self, path: str, region: tuple[int, int], change: Outdated) -> bool:
        """Whether another value there stays the old one, so that words may be about that."""
        return any(
            p == path and region[0] <= line <= region[1] and value == change.old
            for p, line, argument, value in self._unchanged
            if argument in change.names
        )


def _without(text: str, ranges: tuple[tuple[int, int], ...]) -> str:
    for start, end in sorted(ranges, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return text


def _prose(path: str, data: bytes, changes: tuple[Outdated, ...], findings: _Findings) -> None:
    """Remarks on READMEs and on the comments of configuration files."""
    name = path.lower().rsplit("/", 1)[-1]
    if _GENERATED in data[:400] or name.startswith(_HISTORIES):
        return
    is_prose = name.endswith((".md", ".rst", ".txt", ".adoc"))
    for number, line in enumerate(_NEWLINE.split(data.decode("utf-8", "replace")), 1):
        text = line if is_prose else next(_comment(line), "")
        for change in changes if text else ():
            if change.is_tiny and not change.is_on(line):
                continue
            told = (change.distinct and any(change.named(text))) or any(change.total(text))
            if told or (not is_prose and _beside(line, text, change)):
                findings.remark(path, number, text, change)


def _beside(line: str, comment: str, change: Outdated) -> bool:
    """The comment behind a line that sets a changed variable holds the old value.

    Where it tells the default, the value beside it is edited and the comment with it.
    """
    assigned = re.match(r"\s*(?:#\s*)?(?:export\s+)?(?P<name>[A-Z_][A-Z0-9_]*)\s*=", line)
    return (
        assigned is not None
        and assigned["name"] in change.names
        and change.mentions(comment)
        and re.search(r"default", comment, re.IGNORECASE) is None
    )


def _comment(line: str) -> Iterator[str]:
    match = re.search(r"(?:^|\s)#(?!\s*[\w.]+=)", line)
    if match is not None:
        yield line[match.start() :]
