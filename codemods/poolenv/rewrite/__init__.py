"""Apply edits to files by splicing, with the imports that the new text needs."""

from __future__ import annotations

from poolenv.model import Edit, FileChange, Skipped, Snapshot, SourceFile
from poolenv.rewrite.imports import RefusedImport, import_edits
from poolenv.syntax.source.positions import splice

__all__ = ["rewrite"]


def rewrite(
    snapshot: Snapshot, edits: tuple[Edit, ...]
) -> tuple[tuple[FileChange, ...], tuple[Skipped, ...]]:
    """Turn edits into new bytes, file by file, in order of path.

    Returns the changed files, whose ``edits`` hold the inserted imports too, and the files that
    were left as they are with the reason. One file's failure never stops another's.
    """
    changes: list[FileChange] = []
    skipped: list[Skipped] = []
    for path in sorted({edit.path for edit in edits}):
        own = tuple(sorted((e for e in edits if e.path == path), key=lambda e: (e.start, e.end)))
        try:
            change = _change(snapshot, path, own)
        except _Refused as refusal:
            skipped.append(Skipped(path, refusal.line, refusal.reason))
        else:
            if change is not None:
                changes.append(change)
    return tuple(changes), tuple(skipped)


class _Refused(Exception):
    def __init__(self, line: int | None, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def _change(snapshot: Snapshot, path: str, edits: tuple[Edit, ...]) -> FileChange | None:
    source = snapshot.python.get(path)
    if source is not None:
        return _python_change(source, edits)
    data = snapshot.other.get(path)
    if data is None:
        raise _Refused(edits[0].line, "the file was not read, so it cannot be edited")
    after = _spliced(data.decode("utf-8", "surrogateescape"), edits)
    encoded = after.encode("utf-8", "surrogateescape")
    return FileChange(path, data, encoded, edits=edits) if encoded != data else None


def _python_change(source: SourceFile, edits: tuple[Edit, ...]) -> FileChange | None:
    try:
        imports = import_edits(source.path, source.text, edits)
    except RefusedImport as refusal:
        raise _Refused(refusal.line, refusal.reason) from None
    except (SyntaxError, ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, SyntaxError) else None
        raise _Refused(line, f"the file cannot be parsed: {error}") from None
    every = tuple(sorted((*imports, *edits), key=lambda e: (e.start, e.end)))
    text = _spliced(source.text, every)
    try:
        after = source.encode(text)
    except UnicodeEncodeError as error:
        letter = error.object[error.start : error.end]
        raise _Refused(
            edits[0].line, f"the new text has {letter!r}, which {source.encoding} cannot hold"
        ) from None
    if after == source.data:
        return None
    return FileChange(source.path, source.data, after, source.mode, every)


def _spliced(text: str, edits: tuple[Edit, ...]) -> str:
    for edit in edits:
        if text[edit.start : edit.end] != edit.old:
            raise _Refused(edit.line, f"expected {edit.old!r} there, so the edit was not made")
    return splice(text, edits)
