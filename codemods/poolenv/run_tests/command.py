"""How the person's test command is started, and what makes it report single tests."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Final

from poolenv.model import PoolenvError

_ASSIGNMENT: Final = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_PYTHON: Final = re.compile(r"python[\d.]*|pypy[\d.]*")
_RUNNERS: Final = frozenset(("uv", "poetry", "pipenv", "pdm", "hatch", "rye"))


@dataclass(frozen=True, slots=True)
class Command:
    """A test command, ready to run."""

    words: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    """From assignments before the command (``TZ=UTC pytest``)."""
    reports: str = "exit code"
    """``junit`` or ``unittest`` where single tests can be read, else ``exit code``."""
    by_variable: bool = False
    """A shell runs it, so pytest gets its options through PYTEST_ADDOPTS."""


def parse_command(text: str, root: Path) -> Command:
    """Read ``--run-tests``. Shell operators make ``/bin/sh`` run it; else no shell is involved.

    A relative program (``.venv/bin/pytest``) is looked for in ``root``, since a copy of a commit
    doesn't hold it. Raises PoolenvError for an empty command or an open quote.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise PoolenvError(f"--run-tests {text!r}: {error}") from None
    if not words:
        raise PoolenvError("--run-tests: the command is empty")
    if _needs_shell(text):
        one_pytest = len(re.findall(r"(?<![\w.-])(?:pytest|py\.test)(?![\w.-])", text)) == 1
        reports = "junit" if one_pytest else "exit code"
        return Command(("/bin/sh", "-c", text), reports=reports, by_variable=True)
    assigned: list[tuple[str, str]] = []
    while words and (found := _ASSIGNMENT.fullmatch(words[0])):
        assigned.append((found[1], found[2]))
        words = words[1:]
    if not words:
        raise PoolenvError(f"--run-tests {text!r}: there is no command after the assignments")
    program = root / words[0]
    if "/" in words[0] and program.exists():
        words[0] = str(program.absolute())
    return Command(tuple(words), tuple(assigned), _reports(words))


def with_report(command: Command, report: Path) -> Command:
    """The command with the options that make it report single tests (JUnit XML into ``report``)."""
    options = (f"--junitxml={report}", "-o", "junit_family=xunit2")
    if command.reports == "unittest":
        return replace(command, words=(*command.words, "-v"))
    if command.reports != "junit":
        return command
    if command.by_variable:
        variable = ("PYTEST_ADDOPTS", shlex.join(options))
        return replace(command, environment=(*command.environment, variable))
    words = command.words
    end = words.index("--") if "--" in words else len(words)
    return replace(command, words=(*words[:end], *options, *words[end:]))


def _reports(words: list[str]) -> str:
    if len(words) > 2 and PurePath(words[0]).name in _RUNNERS and words[1] == "run":
        words = words[2:]
    name = PurePath(words[0]).name
    if name in ("pytest", "py.test"):
        return "junit"
    if not _PYTHON.fullmatch(name) or "-m" not in words[:-1]:
        return "exit code"
    module = words[words.index("-m") + 1]
    return {"pytest": "junit", "unittest": "unittest"}.get(module, "exit code")


def _needs_shell(text: str) -> bool:
    quote = ""
    escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif character == "\\" and quote != "'":
            escaped = True
        elif quote:
            if character == quote:
                quote = ""
            elif quote == '"' and character in "$`":
                return True
        elif character in "'\"":
            quote = character
        elif character in "|&;<>()$`*?~\n":
            return True
    return False
