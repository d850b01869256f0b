"""Python source to ``ast``, also where it is newer than the interpreter that runs this."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

from poolenv.syntax.source.newer_syntax import mask
from poolenv.syntax.source.tokens import UnreadableError

_PYTHON_2_MESSAGES: Final = (
    ("Missing parentheses in call to 'print'", "a print statement"),
    ("Missing parentheses in call to 'exec'", "an exec statement"),
    ("multiple exception types must be parenthesized", "`except X, e:`"),
    ("leading zeros in decimal integer literals", "an octal number such as 0777"),
)
_PYTHON_2_LINES: Final = (
    (re.compile(r"^[^'\"#]*`[^`]+`"), "backticks"),
    (re.compile(r"^\s*raise\s+[\w.]+\s*,"), "`raise X, message`"),
    (re.compile(r"^[^'\"#]*<>"), "`<>`"),
    (re.compile(r"^[^'\"#]*\b\d+[lL]\b"), "a long number such as 10L"),
    (re.compile(r"\bur['\"]", re.IGNORECASE), "a ur'' string"),
    (re.compile(r"^\s*except\s+[^(:]+,\s*[a-z_]\w*\s*:"), "`except X, e:`"),
    (re.compile(r"^\s*print\s+[^=(\s]"), "a print statement"),
    (re.compile(r"^\s*(?:def\s+\w+|lambda)\b.*\(.*\(\s*\w+\s*,.*\).*\)\s*:"), "tuple parameters"),
)
_TEMPLATE: Final = re.compile(r"\{%|\{\{.*\}\}|<%")
_NEWLINE: Final = re.compile(r"\r\n|\r|\n")


def parse(text: str, path: str) -> ast.Module:
    """The tree of a decoded file, with positions that ``Lines(path, text)`` understands.

    Syntax newer than the interpreter's (up to 3.15: type parameters, ``type`` statements, new
    f-strings, t-strings, ``except A, B:``, lazy imports) is masked with text of the same length.

    Raises SyntaxError for everything that can't be parsed, whatever the cause: ``msg`` is one
    line for people, ``lineno`` the 1-based line or None; source text is never in it.
    """
    try:
        return _tree(text, path)
    except SyntaxError as error:
        original = error
    masked = _masked(text) if _worth_masking(original) else None
    if masked is None:
        raise _for_people(original, text, path) from None
    try:
        return _tree(masked, path)
    except SyntaxError as error:
        raise _for_people(error, text, path) from None


def _tree(text: str, path: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text, path)
        except (RecursionError, MemoryError):
            raise SyntaxError("nested too deeply to be parsed") from None
        except SyntaxError:
            raise
        except ValueError as error:
            raise SyntaxError(str(error)) from None


def _worth_masking(error: SyntaxError) -> bool:
    return "nested" not in error.msg and "null bytes" not in error.msg


def _masked(text: str) -> str | None:
    try:
        return mask(text)
    except (UnreadableError, RecursionError):
        return None


def _for_people(error: SyntaxError, text: str, path: str) -> SyntaxError:
    """The error in one line, without source text, which may hold a password."""
    line = error.lineno or None
    lines = _NEWLINE.split(text)
    source = lines[line - 1] if line and line <= len(lines) else ""
    if _TEMPLATE.search(source):
        message = "looks like a template, not Python"
    else:
        message = _python_2(error.msg, source) or _NEWLINE.sub(" ", error.msg)
    return SyntaxError(message, (path, line, error.offset, None))


def _python_2(message: str, line: str) -> str | None:
    for start, what in _PYTHON_2_MESSAGES:
        if message.startswith(start):
            return f"looks like Python 2 ({what})"
    for pattern, what in _PYTHON_2_LINES:
        if pattern.search(line):
            return f"looks like Python 2 ({what})"
    return None
