"""Bytes of a Python file as text, as the interpreter reads them, but with newlines untouched."""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

BOM: Final = b"\xef\xbb\xbf"
_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK: Final = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_NEWLINE: Final = re.compile(rb"\r\n|\r|\n")
_HEAD: Final = 2048
"""Bytes in which the first two lines are looked for; a cookie further right is none."""


class Decoded(NamedTuple):
    """A decoded file: its text without BOM, the Python codec's name, and whether a BOM led it."""

    text: str
    encoding: str
    bom: bool


class UndecodableError(Exception):
    """Why bytes are not the text of a Python file: ``reason`` for people, ``line`` (1-based)."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def decode(data: bytes) -> Decoded:
    """Decode by the byte-order mark, else the coding cookie (PEP 263), else as UTF-8.

    Encoding the text again gives ``data`` back byte for byte, or this raises: UndecodableError
    for NUL bytes, an unknown codec, bytes the codec can't read or would write differently.
    """
    if b"\0" in data:
        raise UndecodableError(_nul_reason(data))
    bom = data.startswith(BOM)
    body = data[len(BOM) :] if bom else data
    cookie = _cookie(body) if b"coding" in body[:_HEAD] else None
    if cookie is None:
        return Decoded(_strict(body, "utf-8", None), "utf-8", bom)
    encoding = _codec(cookie)
    if bom and encoding != "utf-8":
        raise UndecodableError(f"has a UTF-8 byte-order mark, but its cookie says {cookie!r}")
    text = _strict(body, encoding, cookie)
    if encoding != "utf-8":
        _check_round_trip(body, text, encoding, cookie)
    return Decoded(text, encoding, bom)


def _nul_reason(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "UTF-16, which is not Python source: save it as UTF-8"
    return "holds NUL bytes, so it is not Python source"


def _cookie(body: bytes) -> str | None:
    """The codec named in the first two lines; the second counts only below a blank or comment."""
    lines = _NEWLINE.split(body[:_HEAD], 2)[:2]
    for line in lines:
        if match := _COOKIE.match(line):
            return match[1].decode("ascii", "replace")
        if not _BLANK.match(line):
            return None
    return None


def _codec(cookie: str) -> str:
    """The codec's name, with the interpreter's own shortcuts for UTF-8 and Latin-1."""
    name = cookie[:12].lower().replace("_", "-")
    if name == "utf-8" or name.startswith("utf-8-"):
        return "utf-8"
    if re.fullmatch(r"(?:latin-1|iso-8859-1|iso-latin-1)(?:-.*)?", name):
        return "iso-8859-1"
    try:
        return codecs.lookup(cookie).name
    except LookupError:
        raise UndecodableError(
            f"its coding cookie names {cookie!r}, which Python does not know", 1
        ) from None


def _strict(body: bytes, encoding: str, cookie: str | None) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(_NEWLINE.findall(body, 0, error.start)) + 1
        found = f"byte 0x{body[error.start]:02x}" if error.start < len(body) else "its end"
        if cookie is None:
            reason = f"not UTF-8 ({found}) and without a coding cookie: add one or save as UTF-8"
        else:
            reason = f"not {encoding} ({found}), though its coding cookie says {cookie!r}"
        raise UndecodableError(reason, line) from None
    except (LookupError, ValueError, AttributeError, TypeError):
        # Codecs that are not of text (hex, rot13, zip) have errors of their own.
        raise UndecodableError(
            f"its coding cookie names {cookie!r}, which does not decode it", 1
        ) from None


def _check_round_trip(body: bytes, text: str, encoding: str, cookie: str) -> None:
    """A codec must read back its own cookie and write the bytes it read."""
    try:
        same = text.encode(encoding) == body
    except (UnicodeError, ValueError):
        same = False
    if not same or cookie not in text[:_HEAD]:
        raise UndecodableError(f"does not come back byte for byte when written as {encoding}", 1)
