"""Who makes the commits, and when."""

from __future__ import annotations

import os
import re

from poolenv.model import PoolenvError
from poolenv.plumbing import Git, GitError

_AUTHOR = re.compile(r"\s*([^<>\x00-\x1f]*[^<>\s\x00-\x1f])\s*<([^<>\s\x00-\x1f]+)>\s*")
_FALLBACK = ("poolenv", "poolenv@localhost")


def commit_environment(git: Git, author: str | None) -> dict[str, str]:
    """Environment variables for ``git commit-tree``.

    ``author`` is ``Name <mail>``. Without a configured identity git would guess one from the host
    name or fail; poolenv's own stands in. ``SOURCE_DATE_EPOCH`` (seconds) sets both dates unless
    git's own variables do.
    """
    environment = _dates()
    named = None if author is None else _parsed(author)
    for person in ("AUTHOR", "COMMITTER"):
        identity = named if person == "AUTHOR" and named else None
        if identity is None and not _is_configured(git, person):
            identity = named or _FALLBACK
        if identity:
            environment[f"GIT_{person}_NAME"], environment[f"GIT_{person}_EMAIL"] = identity
    return environment


def _parsed(author: str) -> tuple[str, str]:
    found = _AUTHOR.fullmatch(author)
    if found is None:
        raise PoolenvError(f'--author {author!r}: write it as "Name <mail@example.org>"')
    return found[1], found[2]


def _is_configured(git: Git, person: str) -> bool:
    try:
        git.run("-c", "user.useConfigOnly=true", "var", f"GIT_{person}_IDENT")
    except GitError:
        return False
    return True


def _dates() -> dict[str, str]:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return {}
    if not (epoch.isascii() and epoch.isdigit()):
        raise PoolenvError(f"SOURCE_DATE_EPOCH={epoch!r}: has to be a number of seconds")
    names = ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")
    return {name: f"@{epoch} +0000" for name in names if name not in os.environ}
