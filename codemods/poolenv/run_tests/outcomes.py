"""Single tests' outcomes from a JUnit XML file or the output of ``unittest -v``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

_SEVERITY: Final = ("passed", "skipped", "failed", "error")
_NAME: Final = r"(?P<name>\w+ \([\w.<>]+\))"
_HEADING: Final = re.compile(rf"^(?P<word>FAIL|ERROR): {_NAME}")
_STARTED: Final = re.compile(rf"^{_NAME}")
_WORDS: Final = {
    "ok": "passed",
    "expected failure": "passed",
    "FAIL": "failed",
    "unexpected success": "failed",
    "ERROR": "error",
    "skipped": "skipped",
}
_ENDED: Final = re.compile(rf"(?:^|\.\.\. )(?P<word>{'|'.join(_WORDS)})(?: '.*'| \".*\")?$")


def read_junit(path: Path) -> dict[str, str] | None:
    """Test name (``package.module.Class::test[5]``) to outcome; None where the file is unusable."""
    try:
        data = path.read_bytes()
        # pytest writes no document type; entities could blow up the parser.
        if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
            return None
        root = ElementTree.fromstring(data)
    except (OSError, ElementTree.ParseError, ValueError, LookupError):
        return None
    outcomes: dict[str, str] = {}
    for case in root.iter("testcase"):
        name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
        _keep_worst(outcomes, name, _outcome(case))
    return outcomes


def read_unittest(output: str) -> dict[str, str]:
    """Test name (``test_a (package.module.Class.test_a)``) to outcome, from ``unittest -v``."""
    outcomes: dict[str, str] = {}
    running: str | None = None
    for line in output.splitlines():
        if heading := _HEADING.match(line):
            # A test that prints hides its own line; the report of its failure names it.
            _keep_worst(outcomes, heading["name"], _WORDS[heading["word"]])
            running = None
            continue
        if started := _STARTED.match(line):
            running = started["name"]
        if running and (ended := _ENDED.search(line)):
            _keep_worst(outcomes, running, _WORDS[ended["word"]])
            running = None
    return outcomes


def _outcome(case: ElementTree.Element) -> str:
    tags = {child.tag for child in case}
    if "error" in tags:
        return "error"
    if "failure" in tags:
        return "failed"
    return "skipped" if "skipped" in tags else "passed"


def _keep_worst(outcomes: dict[str, str], name: str, outcome: str) -> None:
    # A test whose teardown fails is reported twice.
    outcomes[name] = max(outcomes.get(name, "passed"), outcome, key=_SEVERITY.index)
