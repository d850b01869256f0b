"""Write the documents of a migration: every figure comes from its plan, files and checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from poolenv.document import markdown
from poolenv.document.facts import Facts, gather
from poolenv.model import FileChange, Migration, Options, PoolenvError

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["MARKER", "document", "pull_request_text"]

MARKER: Final = "<!-- poolenv: generated; a later run of poolenv replaces this file -->"
"""First line of a document. A file without ``<!-- poolenv: generated`` is never replaced."""


def document(migration: Migration, options: Options, code_commit: str) -> tuple[FileChange, ...]:
    """The implementation document and the security summary; nothing where nothing is changed.

    ``code_commit`` is the full hash of the code commit, or ``<code commit>`` in a dry run.
    Raises PoolenvError (exit code 4) where a file of that name was not made by poolenv.
    """
    if not migration.plan.edits or not (migration.code or migration.tests):
        return ()
    documents = (
        ("document", options.document, "implementation.md.j2"),
        ("security_document", options.security_document, "security.md.j2"),
    )
    if options.document == options.security_document:
        raise PoolenvError(
            f"document and security_document are both {options.document!r}; "
            "give one of them another path in [tool.poolenv]"
        )
    facts = gather(migration, options, code_commit)
    return tuple(
        FileChange(path, _before(migration, key, path), _render(template, facts).encode("utf-8"))
        for key, path, template in documents
    )


def pull_request_text(migration: Migration, options: Options) -> str:
    """Title, an empty line and a short body for a pull request (Markdown)."""
    return _render("pull_request.md.j2", gather(migration, options, "<code commit>"))


def _before(migration: Migration, key: str, path: str) -> bytes | None:
    snapshot = migration.snapshot
    source = snapshot.python.get(path)
    data = source.data if source is not None else snapshot.other.get(path)
    if data is not None and MARKER.partition(";")[0].encode() not in data[:400]:
        raise PoolenvError(
            f"{path}: exists already and was not made by poolenv; "
            f'set {key} = "another/path.md" in [tool.poolenv] of pyproject.toml',
            exit_code=4,
        )
    return data


def _render(template: str, facts: Facts) -> str:
    """Fill a template; where a section is absent, one blank line remains, not three."""
    text = _environment().get_template(template).render(facts=facts, marker=MARKER)
    root = facts.migration.snapshot.root.rstrip("/")
    if root:  # the reason for a skipped file may quote the operating system
        text = text.replace(f"{root}/", "").replace(root, "the repository")
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n"


def _environment() -> Environment:
    # Markdown, not HTML: the filters make what others wrote safe, so no autoescape.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("poolenv.document", "templates"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        code=markdown.code,
        path=markdown.path_code,
        prose=markdown.prose,
        cell=markdown.cell,
        value=markdown.value,
        values=markdown.values,
        listed=markdown.listed,
    )
    environment.globals.update(place=markdown.place, count=markdown.count)
    return environment
