"""The ``poolenv`` command: options in, one call of the pipeline, a rendering out.

Everything heavy is imported inside the commands, so ``--help`` and ``--version`` stay quick.
"""

from __future__ import annotations

import gc
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from poolenv_cli.exits import USAGE, guarded

app = typer.Typer(
    name="poolenv",
    help="Move hard-coded connection-pool settings of Python code into environment variables, "
    "with safe limits.",
    epilog="Exit codes: 0 done; 1 diff --exit-code found changes; 2 wrong usage; 3 finished, but "
    "a file was left out or a branch is not proved; 4 refused, nothing changed.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """How ``scan`` prints what it found."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


class PlainFormat(StrEnum):
    """How ``verify`` prints what it found."""

    TABLE = "table"
    JSON = "json"


Root = Annotated[Path, typer.Argument(metavar="PATH", help="The repository's folder.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="ROLE=N", help="Give every default of a role N."),
]
Cap = Annotated[
    list[str] | None, typer.Option("--cap", metavar="ROLE=N", help="Lower defaults above N to N.")
]
Ensure = Annotated[
    list[str] | None,
    typer.Option("--ensure", metavar="ROLE=N", help="Add the argument where it is missing."),
]
Preset = Annotated[
    str | None, typer.Option("--preset", metavar="NAME", help="A set of rules: hard-limits.")
]
Prefix = Annotated[
    str | None, typer.Option("--prefix", metavar="NAME", help="Begins new variables. [default: DB]")
]
Include = Annotated[
    list[str] | None, typer.Option("--include", metavar="GLOB", help="Look only at these paths.")
]
Exclude = Annotated[
    list[str] | None, typer.Option("--exclude", metavar="GLOB", help="Leave these paths alone.")
]
Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Instead of [tool.poolenv] in pyproject.toml."),
]
Tests = Annotated[
    bool, typer.Option("--rewrite-tests", help="Also rewrite pools that test code opens.")
]
Flags = Annotated[
    bool, typer.Option("--rewrite-flags", help="Also let variables set pool_pre_ping and alike.")
]
Base = Annotated[
    str | None, typer.Option("--base", metavar="REV", help="What to change. [default: HEAD]")
]
Branch = Annotated[
    str | None,
    typer.Option("--branch", metavar="NAME", help="[default: poolenv/pool-limits]"),
]
RunTests = Annotated[
    str | None,
    typer.Option(
        "--run-tests", metavar="CMD", help="Run the repository's tests before and after; compare."
    ),
]
KeepGoing = Annotated[
    bool, typer.Option("--keep-going", help="Make the branch although tests fail anew.")
]
ProveRuntime = Annotated[
    bool,
    typer.Option(
        "--prove-runtime", help="Import the changed modules before and after; compare the pools."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the branch, where poolenv made it.")]
Author = Annotated[
    str | None,
    typer.Option("--author", metavar="'NAME <MAIL>'", help="Of the commits; else git's own."),
]
Sign = Annotated[bool, typer.Option("--sign", help="Sign the commits as git does.")]
InPlace = Annotated[bool, typer.Option("--in-place", help="Edit the working tree; make no branch.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="The same as diff.")]
ExitCode = Annotated[bool, typer.Option("--exit-code", help="Exit with 1 where there is a diff.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"poolenv {version('poolenv')}")
        raise typer.Exit


@app.callback()
def poolenv(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_print_version, help="Show the version."),
    ] = False,
) -> None:
    """Show the help where no command follows."""
    if context.invoked_subcommand is None:
        print(context.get_help(), file=sys.stderr)
        raise typer.Exit(USAGE)


@app.command()
def scan(
    path: Root = Path(),
    set_: Set = None,
    cap: Cap = None,
    ensure: Ensure = None,
    preset: Preset = None,
    prefix: Prefix = None,
    include: Include = None,
    exclude: Exclude = None,
    config: Config = None,
    rewrite_tests: Tests = False,
    rewrite_flags: Flags = False,
    format_: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
) -> int:
    """List the pools and how many connections they open.

    Each pool argument is named with the place where its value is written.
    """
    from poolenv.config import CommandLine
    from poolenv_cli import commands

    given = CommandLine(
        set_rules=tuple(set_ or ()),
        cap_rules=tuple(cap or ()),
        ensure_rules=tuple(ensure or ()),
        preset=preset,
        prefix=prefix,
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        rewrite_tests=rewrite_tests,
        rewrite_flags=rewrite_flags,
    )
    return commands.scan(path, commands.options_of(path, config, given), format_.value)


@app.command()
def diff(
    path: Root = Path(),
    set_: Set = None,
    cap: Cap = None,
    ensure: Ensure = None,
    preset: Preset = None,
    prefix: Prefix = None,
    include: Include = None,
    exclude: Exclude = None,
    config: Config = None,
    rewrite_tests: Tests = False,
    rewrite_flags: Flags = False,
    base: Base = None,
    exit_code: ExitCode = False,
) -> int:
    """Print the patch that migrate would make."""
    from poolenv.config import CommandLine
    from poolenv_cli import commands

    given = CommandLine(
        set_rules=tuple(set_ or ()),
        cap_rules=tuple(cap or ()),
        ensure_rules=tuple(ensure or ()),
        preset=preset,
        prefix=prefix,
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        base=base,
        rewrite_tests=rewrite_tests,
        rewrite_flags=rewrite_flags,
    )
    return commands.diff(path, commands.options_of(path, config, given), exit_code)


@app.command()
def migrate(
    path: Root = Path(),
    set_: Set = None,
    cap: Cap = None,
    ensure: Ensure = None,
    preset: Preset = None,
    prefix: Prefix = None,
    include: Include = None,
    exclude: Exclude = None,
    config: Config = None,
    rewrite_tests: Tests = False,
    rewrite_flags: Flags = False,
    branch: Branch = None,
    base: Base = None,
    force: Force = False,
    author: Author = None,
    sign: Sign = False,
    in_place: InPlace = False,
    dry_run: DryRun = False,
    run_tests: RunTests = None,
    keep_going: KeepGoing = False,
    prove_runtime: ProveRuntime = False,
) -> int:
    """Make a branch with code, tests and documents."""
    from poolenv.config import CommandLine
    from poolenv_cli import commands

    if in_place:
        commands.check_in_place(branch, base, force=force, author=author, sign=sign)
    given = CommandLine(
        set_rules=tuple(set_ or ()),
        cap_rules=tuple(cap or ()),
        ensure_rules=tuple(ensure or ()),
        preset=preset,
        prefix=prefix,
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        base=base,
        branch=branch,
        rewrite_tests=rewrite_tests,
        rewrite_flags=rewrite_flags,
    )
    options = commands.options_of(path, config, given)
    wanted = commands.Wanted(force, author, sign, in_place, run_tests, keep_going, prove_runtime)
    if dry_run:
        return commands.diff(path, options, exit_code=False, in_place=in_place)
    return commands.migrate(path, options, wanted)


@app.command()
def explain(
    place: Annotated[str, typer.Argument(metavar="PATH:LINE", help="Like db/session.py:12.")],
    root: Annotated[
        Path | None,
        typer.Option("--root", metavar="DIR", help="The repository. [default: the one around it]"),
    ] = None,
    config: Config = None,
) -> int:
    """Show the way of a value back to where it is written."""
    from poolenv_cli import commands

    return commands.explain(place, root, config)


@app.command()
def verify(
    branch: Annotated[str, typer.Argument(metavar="BRANCH", help="Made by poolenv or by hand.")],
    path: Root = Path(),
    base: Annotated[
        str | None,
        typer.Option("--base", metavar="REV", help="What BRANCH was made from. [default: HEAD]"),
    ] = None,
    config: Config = None,
    run_tests: RunTests = None,
    prove_runtime: ProveRuntime = False,
    format_: Annotated[PlainFormat, typer.Option("--format", help="How to print.")] = (
        PlainFormat.TABLE
    ),
) -> int:
    """Prove that a branch changes nothing but pool settings.

    Exit code 3 where something else changed, a proof failed, or a value could not be proved.
    """
    from poolenv.config import CommandLine
    from poolenv_cli import commands

    options = commands.options_of(path, config, CommandLine(base=base))
    return commands.verify(path, branch, options, format_.value, run_tests, prove_runtime)


@app.command()
def demo(
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="DIR", help="Make the copy here, not in a temporary one."),
    ] = None,
) -> int:
    """Migrate a throw-away copy of the bundled example."""
    from poolenv_cli.demo import run

    return run(keep)


def main() -> None:
    """Run the command line and exit with its code."""
    # Syntax trees live to the end and hold no cycles: looking for some is a quarter of a scan.
    gc.disable()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """One command as typed, without the program's name; its exit code."""

    def work() -> int:
        code = app(arguments, prog_name="poolenv", standalone_mode=False)
        return code if isinstance(code, int) else 0

    return guarded(work)
