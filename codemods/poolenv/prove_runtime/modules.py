"""The dotted name of a file, and the folders from which that name is imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from poolenv.sandbox import Copy, import_roots


@dataclass(frozen=True, slots=True)
class ModuleName:
    """How a file of the copy is imported."""

    dotted: str
    paths: tuple[Path, ...]
    """Folders for the start of ``sys.path``."""


def module_name(copy: Copy, path: str) -> ModuleName | None:
    """The name to import ``path`` (relative to the root) by; None where no name fits.

    The innermost folder without ``__init__.py`` is where a package lies. A file in no package
    belongs to a namespace package of ``src`` or the root where its folders' names allow it, and
    is a script beside its neighbours otherwise.
    """
    file = PurePosixPath(path)
    if file.suffix != ".py" or "." in file.stem:
        return None
    roots = import_roots(copy)
    folder = copy.root / file.parent
    parts = [] if file.stem == "__init__" else [file.stem]
    if (folder / "__init__.py").is_file() and folder != copy.root:
        while (folder / "__init__.py").is_file() and folder != copy.root:
            parts.insert(0, folder.name)
            folder = folder.parent
    else:
        # The neighbours of a plain file import each other by their short names.
        home = next((root for root in roots if folder.is_relative_to(root)), folder)
        above = folder.relative_to(home).parts
        if all(part.isidentifier() for part in above):
            parts = [*above, *parts]
            roots = (*roots, home)
    return ModuleName(".".join(parts), _once(folder, *roots)) if parts else None


def _once(*folders: Path) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(folders))
