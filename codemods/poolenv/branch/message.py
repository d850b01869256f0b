"""Commit messages: what changed, why, and the limits that hold now."""

from __future__ import annotations

import textwrap

from poolenv import __version__
from poolenv.masking import mask, printable
from poolenv.model import Decision, Migration, Scalar, Variable, Verdict

TRAILER = "Generated-by"
_WIDTH = 72
_PATHS_SHOWN = 4


def trailer(tree: str) -> str:
    """The line that marks a commit as poolenv's own.

    It names the tree, so that a commit a person amended is no longer taken for poolenv's.
    """
    return f"{TRAILER}: poolenv {__version__} (tree {tree})"


def code_message(migration: Migration) -> str:
    """Subject and body of the code commit, without trailer."""
    decisions = _made(migration)
    moved = any(d.verdict is Verdict.REWRITE for d in decisions)
    changed = any(d.new_value != d.site.value for d in decisions)
    if moved and changed:
        subject = "Read connection-pool limits from the environment, with new defaults"
    elif changed:
        subject = "Change the defaults of connection-pool limits"
    else:
        subject = "Read connection-pool limits from the environment"
    why = (
        "A limit written in the code changes only with a release; "
        "an environment variable can be set for each deployment."
    )
    return "\n\n".join(part for part in (subject, _wrapped(why), _limits(migration)) if part)


def tests_message(migration: Migration) -> str:
    """Subject and body of the commit that follows the code in the tests."""
    why = "The assertions follow the values that the pools get when no variable is set."
    return "\n\n".join(
        part
        for part in ("Update tests to the new pool limits", _wrapped(why), _limits(migration))
        if part
    )


def documents_message(code_commit: str) -> str:
    """Subject and body of the commit with the documents."""
    why = "They list every limit and its variable. To undo the change of the code:"
    return f"Document the connection-pool limits\n\n{_wrapped(why)}\n\n    git revert {code_commit}"


def _made(migration: Migration) -> tuple[Decision, ...]:
    verdicts = (Verdict.REWRITE, Verdict.CHANGE_DEFAULT)
    return tuple(d for d in migration.plan.decisions if d.verdict in verdicts)


def _limits(migration: Migration) -> str:
    lines = [_limit(variable, _made(migration)) for variable in migration.plan.variables]
    return "\n".join(["Limits when nothing is set:", *lines]) if lines else ""


def _limit(variable: Variable, decisions: tuple[Decision, ...]) -> str:
    old = {
        _shown(d.site.value)
        for d in decisions
        if d.variable == variable.name and d.new_value != d.site.value
    }
    was = f", was {' or '.join(sorted(old))}" if old else ""
    paths = [printable(path, one_line=True) for path in variable.paths[:_PATHS_SHOWN]]
    if len(variable.paths) > _PATHS_SHOWN:
        paths.append(f"and {len(variable.paths) - _PATHS_SHOWN} more")
    where = f"; {', '.join(paths)}" if paths else ""
    meaning = f"{', '.join(variable.arguments)}{where}"
    return _wrapped(f"{variable.name}={_shown(variable.default)}{was} ({meaning})", "- ", "  ")


def _wrapped(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _shown(value: Scalar) -> str:
    return mask(printable(str(value), one_line=True))
