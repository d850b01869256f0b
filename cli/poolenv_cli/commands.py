"""What each command does: options, one call of the pipeline, a rendering, an exit code."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from poolenv.model import Migration, Options, PoolenvError
from poolenv_cli import exits
from poolenv_cli.figures import skipped_of
from poolenv_cli.progress import working
from poolenv_cli.terminal import console, warn

if TYPE_CHECKING:
    from poolenv.config import CommandLine


@dataclass(frozen=True, slots=True)
class Wanted:
    """How ``migrate`` was asked to write and prove."""

    force: bool = False
    author: str | None = None
    sign: bool = False
    in_place: bool = False
    run_tests: str | None = None
    keep_going: bool = False
    prove_runtime: bool = False


def options_of(root: Path, config: Path | None, given: CommandLine) -> Options:
    """The options of a run in ``root``; PoolenvError where it is no folder or they are wrong."""
    from poolenv.config import load, merge

    if not root.is_dir():
        what = "not a folder" if root.exists() else "no such folder"
        raise PoolenvError(f"{root}: {what}; give the folder of the repository")
    return merge(load(root, config), given)


def check_in_place(
    branch: str | None, base: str | None, *, force: bool, author: str | None, sign: bool
) -> None:
    """PoolenvError for an option of commits beside ``--in-place``, which makes none."""
    options = {
        "--branch": branch is not None,
        "--base": base is not None,
        "--force": force,
        "--author": author is not None,
        "--sign": sign,
    }
    given = [name for name, is_given in options.items() if is_given]
    if given:
        raise PoolenvError(
            f"{given[0]} speaks of commits, and --in-place makes none; give one of them"
        )


def scan(root: Path, options: Options, format_: str) -> int:
    """Print what pools there are and what a migration would do with each argument."""
    from poolenv import pipeline

    with working("Looking for connection pools"):
        migration = pipeline.scan(root, options, proofs=format_ != "table")
    match format_:
        case "json":
            from poolenv_cli.report import dump

            sys.stdout.write(dump(migration))
        case "markdown":
            from poolenv_cli import render_markdown

            sys.stdout.write(render_markdown.render(migration))
        case _:
            from poolenv_cli import render_table

            render_table.render(migration, console(sys.stdout))
    return finish(migration)


def diff(root: Path, options: Options, exit_code: bool, *, in_place: bool = False) -> int:
    """Print the patch; with ``exit_code``, end with 1 where it isn't empty."""
    from poolenv import pipeline
    from poolenv_cli.patch import write

    with working("Preparing the patch"):
        patch, migration = pipeline.diff(root, options, in_place=in_place)
    write(patch)
    code = finish(migration)
    return exits.DIFFERENT if code == exits.DONE and exit_code and patch else code


def migrate(root: Path, options: Options, wanted: Wanted) -> int:
    """Make the branch (or edit the working tree) and say what was made."""
    from poolenv import pipeline
    from poolenv_cli.render_outcome import render

    with working("Migrating"):
        outcome = pipeline.migrate(
            root,
            options,
            force=wanted.force,
            author=wanted.author,
            sign=wanted.sign,
            in_place=wanted.in_place,
            run_tests=wanted.run_tests,
            keep_going=wanted.keep_going,
            prove_runtime=wanted.prove_runtime,
        )
    render(outcome, root, options, console(sys.stdout))
    return finish(outcome.migration)


def explain(text: str, root: Path | None, config: Path | None) -> int:
    """Print the way of every pool argument at a place back to where its value is written."""
    from poolenv.config import CommandLine
    from poolenv_cli import explain as notes

    place = notes.parse_place(text, root)
    options = options_of(place.root, config, CommandLine())
    from poolenv import pipeline

    with working("Tracing"):
        migration = pipeline.scan(place.root, options, proofs=False)
    sys.stdout.write(notes.render(migration, place))
    return exits.DONE


def verify(
    root: Path,
    branch: str,
    options: Options,
    format_: str,
    run_tests: str | None,
    prove_runtime: bool,
) -> int:
    """Print what the proofs say about a branch; 3 where something failed or was not proved."""
    from poolenv import pipeline

    with working("Proving"):
        found = pipeline.verify(
            root, branch, options, run_tests=run_tests, prove_runtime=prove_runtime
        )
    if format_ == "json":
        from poolenv_cli.report_verification import dump

        sys.stdout.write(dump(found))
    else:
        from poolenv_cli.render_verification import render

        render(found, console(sys.stdout))
    return exits.DONE if found.proved else exits.INCOMPLETE


def finish(migration: Migration) -> int:
    """Name every file that was left out on stderr; the exit code that goes with it."""
    left_out = skipped_of(migration)
    for item in left_out:
        where = item.path if item.line is None else f"{item.path}:{item.line}"
        warn(f"{where}: left out: {item.reason}")
    named = {item.path for item in left_out}
    failed = [
        check for check in migration.checks if check.passed is False and check.path not in named
    ]
    for check in failed:
        warn(f"{check.path}: {check.name} failed: {check.detail}")
    return exits.INCOMPLETE if left_out or failed else exits.DONE
