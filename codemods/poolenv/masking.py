"""What may be shown of text that somebody else wrote: no credentials, no control characters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

HIDDEN: Final = "***"
"""Stands where a secret stood."""

_URL_PASSWORD = re.compile(
    r"""(?P<head>\b[a-z][a-z0-9+.\-]{0,40}://   # scheme
        [^\s/@:'"`<>]{0,200}:)                  # user, may be empty
        (?P<secret>[^\s'"`<>]{0,400})           # password: by hand it may hold @ / : #
        (?=@)""",
    re.IGNORECASE | re.VERBOSE,
)
_URL_TOKEN = re.compile(r"(?P<head>\bhttps?://)(?P<secret>[^\s/@:'\"`<>]{8,400})(?=@)", re.I)
_SECRET_NAME: Final = (
    r"[\w.\-]*(?:passwd|password|passphrase|pwd|secret|token|credentials?|dsn"
    r"|(?:api|access|account|private|signing|encryption)[_\-]?key)(?:_(?:key|id|value))?"
)
_VALUE: Final = r"""(?P<secret>
            [rbfu]{0,2}"(?:\\.|[^"\\])*"
          | [rbfu]{0,2}'(?:\\.|[^'\\])*'
          | [^\s"'`,;&)}\]]+
        )"""
_NAMED_SECRET = re.compile(
    rf"""(?P<head>(?<![\w.\-])(?P<name>{_SECRET_NAME})["'`]?\]?   # password, ["DB_PASSWORD"]
        \s*(?::\s*(?:str|bytes|SecretStr)\s*=|=>|[:=]?=|:)\s*
        (?:[A-Za-z_.]*SecretStr\()?)
        {_VALUE}""",
    re.IGNORECASE | re.VERBOSE,
)
_DEFAULT_OF_READ = re.compile(
    rf"""(?P<head>["'](?P<name>{_SECRET_NAME})["']\s*,\s*(?:default\s*=\s*)?)
        {_VALUE}""",
    re.IGNORECASE | re.VERBOSE,
)
_BEARER = re.compile(r"(?P<head>\b(?:bearer|basic)\s+)(?P<secret>[A-Za-z0-9._~+/\-]{8,}=*)", re.I)
_WRITTEN_DOWN = re.compile(r"""[rbfuRBFU]{0,2}(['"])(.*)\1\Z""", re.DOTALL)
_PLACEHOLDER = re.compile(r"\$\{\w+\}|\$\w+|\{+[\w.\[\]()]+\}+|%\(\w+\)s|%s|<[\w\- ]+>|\*+")
_FETCHED = re.compile(
    r"(?:self|cls|os|env|environ|settings|config|conf|cfg|args|options|app|secrets)[.\[(].*\Z"
    r"|[A-Za-z_][\w.]*\(.*\Z",
    re.DOTALL,
)
"""Code that says where a secret comes from; a plain dotted word may be the secret itself."""


@lru_cache(maxsize=4096)
def mask(text: str) -> str:
    """Hide passwords and credentials of a text and make control characters visible.

    In: source lines, URLs, file contents, error messages. Out: the same text with ``***`` where a
    password of a URL, or a value named like a secret (``password=…``, ``"api_key": "…"``,
    ``os.getenv("DB_PASSWORD", "…")``), stood, and with ``\\x1b`` and the like for every character
    that could act on a terminal. Newlines and tabs stay. Masking twice changes nothing more.
    """
    text = printable(text)
    text = _URL_PASSWORD.sub(_hide_in_url, text)
    text = _URL_TOKEN.sub(_hide_in_url, text)
    text = _NAMED_SECRET.sub(_hide_named, text)
    text = _DEFAULT_OF_READ.sub(_hide_named, text)
    return _BEARER.sub(rf"\g<head>{HIDDEN}", text)


def holds_secret(text: str) -> bool:
    """Whether ``mask`` would hide something of the text."""
    return mask(text) != printable(text)


def printable(text: str, *, one_line: bool = False) -> str:
    """Escape what a terminal or an editor could act on: controls, bidi marks, lone surrogates.

    ``one_line`` escapes newlines and tabs too, as names of files need it.
    """
    if text.isascii() and text.isprintable():
        return text
    keep = "" if one_line else "\n\t\r"
    return "".join(c if c in keep or not _acts(c) else _escape(c) for c in text)


def _acts(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _escape(character: str) -> str:
    return character.encode("unicode_escape", errors="surrogatepass").decode("ascii")


def _hide_in_url(match: re.Match[str]) -> str:
    secret = match["secret"]
    if not secret or _PLACEHOLDER.fullmatch(secret):
        return match[0]
    return match["head"] + HIDDEN


def _hide_named(match: re.Match[str]) -> str:
    head, secret = match["head"], match["secret"]
    quoted = _WRITTEN_DOWN.match(secret)
    if quoted is None:
        return match[0] if _is_code(match["name"], secret) else head + HIDDEN
    quote, body = quoted[1], quoted[2]
    if not body or _PLACEHOLDER.fullmatch(body):
        return match[0]
    return f"{head}{secret[: secret.index(quote)]}{quote}{HIDDEN}{quote}"


def _is_code(name: str, secret: str) -> bool:
    """An unquoted value that only says where the secret comes from, or none at all."""
    if secret in ("None", "True", "False", "str", "null") or _PLACEHOLDER.fullmatch(secret):
        return True
    bare_dsn = name.lower().endswith("dsn") and secret.isidentifier()
    return bare_dsn or _FETCHED.match(secret) is not None
