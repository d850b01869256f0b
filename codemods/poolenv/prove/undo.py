"""Taking every edit back gives the old bytes, and nothing between the edits differs."""

from __future__ import annotations

from collections.abc import Callable

from poolenv.model import Check, FileChange
from poolenv.prove.places import Place


def check_undone(
    change: FileChange, new_text: str, places: tuple[Place, ...], encode: Callable[[str], bytes]
) -> Check:
    """Replace each edit's new text by its old one and compare with the bytes of before.

    Equal bytes have equal syntax trees, so this is a proof for the trees too.
    """
    undone: list[str] = []
    at = 0
    for place in places:
        start, end = place.new
        if new_text[start:end] != place.edit.new:
            detail = f"line {place.edit.line}: the edit's new text is not there"
            return Check(change.path, "undone", False, detail)
        undone += [new_text[at:start], place.edit.old]
        at = end
    undone.append(new_text[at:])
    if encode("".join(undone)) != change.before:
        return Check(change.path, "undone", False, "other bytes than before once edits are undone")
    count = f"{len(places)} edit{'s' if len(places) != 1 else ''}"
    return Check(change.path, "undone", True, f"the old bytes once {count} are undone")


def check_between(
    change: FileChange, old_text: str, places: tuple[Place, ...], encoding: str
) -> Check:
    """Compare the bytes between the edits, from the old text's own encoding, in both files."""
    before, after = change.before or b"", change.after
    old_at = new_at = _mark(before)
    kept = after[:new_at] == before[:old_at] and _mark(after) == new_at
    text_at = 0
    for place in (*places, None):
        until = place.old[0] if place else len(old_text)
        segment = old_text[text_at:until].encode(encoding, _errors(encoding))
        kept = kept and before[old_at : old_at + len(segment)] == segment
        if not kept or after[new_at : new_at + len(segment)] != segment:
            line = old_text.count("\n", 0, text_at) + 1
            return Check(change.path, "between", False, f"bytes differ after line {line}")
        old_at, new_at, text_at = old_at + len(segment), new_at + len(segment), until
        if place:
            old_at += len(place.edit.old.encode(encoding, _errors(encoding)))
            new_at += len(place.edit.new.encode(encoding, _errors(encoding)))
            text_at = place.old[1]
    whole = old_at == len(before) and new_at == len(after)
    detail = f"{len(before)} bytes outside the edits kept" if whole else "bytes at the end differ"
    return Check(change.path, "between", whole, detail)


def _mark(data: bytes) -> int:
    return 3 if data.startswith(b"\xef\xbb\xbf") else 0


def _errors(encoding: str) -> str:
    return "surrogateescape" if encoding == "utf-8" else "strict"
