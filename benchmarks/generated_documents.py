"""Whether generated documents tell the truth: no local path, no password, figures that add up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

IMPLEMENTATION = "CONNECTION_POOL_HARD_LIMITS_IMPLEMENTATION.md"
SECURITY = "CONNECTION_POOL_SECURITY_SUMMARY.md"
_PASSWORD = re.compile(r"\b[a-z][a-z0-9+.\-]*://[^\s/@:'\"`<>{}%$]*:([^\s/@:'\"`<>{}%$*]{3,60})@")
_ROW = re.compile(r"^\| `[^|]*` \| [^|]*:\d+[^|]* \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_TOTAL = re.compile(r"^\| Total[^|]*\| \| (\d+) \| (\d+) \|", re.MULTILINE)
_FILE = re.compile(
    r"^\| ([^|`]+|`[^|]+`) \| (?:code|tests|documentation of variables)"
    r" \| [^|]+ \| (\d*) \| (\d+) \|$",
    re.MULTILINE,
)


def wrong_documents(root: Path, exported: Path, pools: int) -> Iterator[str]:
    """What is wrong in the documents of a branch.

    ``root`` is the repository before, ``exported`` the branch's files, ``pools`` the number of
    the application's pools in the JSON report.
    """
    secrets = passwords(root)
    for name in (IMPLEMENTATION, SECURITY):
        document = exported / name
        if not document.exists():
            yield f"{name}: missing"
            continue
        text = document.read_text()
        if str(root.parent.parent) in text:
            yield f"{name}: a local path"
        yield from (f"{name}: shows {secret!r}" for secret in secrets if secret in text)
        if name == SECURITY:
            yield from wrong_totals(text, pools)
        else:
            yield from wrong_alarms(text)
            yield from wrong_lines(root, exported, text)


def wrong_totals(text: str, pools: int) -> Iterator[str]:
    """The table of most connections has every pool of the application, and its sums are right."""
    rows = _ROW.findall(text)
    if len(rows) != pools:
        yield f"{len(rows)} of {pools} pools in the table"
    known = [(int(b), int(a)) for b, a in rows if b.isdigit() and a.isdigit()]
    sums = [str(sum(pair[side] for pair in known)) for side in (0, 1)]
    for total in _TOTAL.findall(text):
        if list(total) != sums:
            yield f"total {total}, rows give {sums}"


def wrong_alarms(text: str) -> Iterator[str]:
    """80 % of the most connections, rounded down, at least 1."""
    monitoring = text.partition("## Monitoring")[2].partition("\n## ")[0]
    for most, alarm in _ROW.findall(monitoring):
        if int(alarm) != max(1, int(most.split()[0]) * 8 // 10):
            yield f"alarm {alarm} of {most}"


def wrong_lines(root: Path, exported: Path, text: str) -> Iterator[str]:
    """The numbers of lines in the table of files."""
    for name, before, after in _FILE.findall(text):
        path = name.strip("`").replace("\\", "")
        for folder, said in ((root, before), (exported, after)):
            if said:
                lines = len((folder / path).read_bytes().splitlines())
                if lines != int(said):
                    yield f"{path} has {lines} lines, not {said}"


def passwords(root: Path) -> frozenset[str]:
    """Passwords of URLs in the package that are no everyday words of a document."""
    found: set[str] = set()
    for path in root.rglob("*.py"):
        if path.is_file():
            found |= set(_PASSWORD.findall(path.read_text("utf-8", "replace")))
    return frozenset(s for s in found if len(s) > 5 and not re.fullmatch(r"[a-z]+|postgres\d*", s))
