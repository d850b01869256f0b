"""Reads a repository once: its Python files, which of them can matter, and its configuration."""

from __future__ import annotations

import stat
from pathlib import Path

from poolenv.catalogue.entry import Catalogue
from poolenv.discover.collect import Collector
from poolenv.discover.git_search import GitSearch
from poolenv.discover.revision import commit_of, list_blobs, read_blobs
from poolenv.discover.working_tree import list_files, read_regular
from poolenv.model import Options, PoolenvError, Skipped, Snapshot

__all__ = ["discover"]


def discover(
    root: Path, catalogue: Catalogue, options: Options, *, revision: str | None = None
) -> Snapshot:
    """Read what lies below ``root``: the working tree, or the commit that ``revision`` names.

    ``root`` is a folder (any folder of a repository, or none of git's) or one Python file; paths
    of the snapshot are relative to it (to the file's folder). ``options.include`` limits Python
    files, ``options.exclude`` all files. ``python`` decodes on demand. Files over 5 MB and files
    that can't be decoded are in ``skipped`` where they may hold a pool, and otherwise left out;
    a file that can't be opened always is.

    Raises PoolenvError: exit code 2 for a path or revision that does not exist or a bad glob, 4
    for a revision asked of something without commits, and where git refuses to read.
    """
    root, only = _root_and_file(root)
    collector = Collector(catalogue, only=only)
    commit = None if revision is None else commit_of(root, revision)
    if commit is not None:
        search = GitSearch.in_commit(root, catalogue.tokens, commit)
        _read_commit(root, commit, options, collector)
    elif only is not None:
        search = None
        _read_working_tree(root, (only,), options, collector)
    else:
        listing = list_files(root)
        collector.skipped.extend(listing.skipped)
        search = GitSearch.on_disk(root, catalogue.tokens, listing)
        _read_working_tree(root, listing.paths, options, collector)
    return collector.snapshot(str(root), commit, search)


def _root_and_file(path: Path) -> tuple[Path, str | None]:
    """The folder to read, and the name of the one file if ``path`` is a file."""
    try:
        resolved = path.resolve(strict=True)
        mode = resolved.stat().st_mode
    except FileNotFoundError:
        raise PoolenvError(f"{path}: no such file or folder") from None
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "a loop of symlinks"
        raise PoolenvError(f"{path}: can't be read: {reason}") from None
    if stat.S_ISDIR(mode):
        return resolved, None
    if stat.S_ISREG(mode):
        return resolved.parent, resolved.name
    raise PoolenvError(f"{path}: neither a file nor a folder")


def _read_working_tree(
    root: Path, paths: tuple[str, ...], options: Options, collector: Collector
) -> None:
    for path, limit in collector.wanted(paths, options):
        absolute = f"{root}/{path}"
        try:
            contents = read_regular(absolute, limit)
            if contents is None:
                continue
            if contents.data is not None:
                collector.add(path, contents.data, contents.mode)
            elif collector.is_source(path):
                with open(absolute, "rb") as stream:
                    collector.add_large(path, contents.size, stream)
        except OSError as error:
            collector.skipped.append(Skipped(path, None, f"can't be read: {error.strerror}"))


def _read_commit(root: Path, commit: str, options: Options, collector: Collector) -> None:
    blobs = {blob.path: blob for blob in list_blobs(root, commit)}
    wanted = [
        blobs[path]
        for path, limit in collector.wanted(blobs, options)
        if collector.is_source(path) or blobs[path].size <= limit
    ]
    for blob, data in read_blobs(root, tuple(wanted)):
        collector.add(blob.path, data, blob.mode)
