"""Exit codes, and how every failure becomes one line on stderr and one of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Final

from poolenv.model import PoolenvError

DONE: Final = 0
DIFFERENT: Final = 1
"""Only ``diff --exit-code`` with a diff that isn't empty."""
USAGE: Final = 2
INCOMPLETE: Final = 3
"""Finished, but some file was left out; each is named on stderr."""
INTERNAL: Final = 70
"""A mistake in poolenv, or a machine that can't go on (disk full)."""
INTERRUPTED: Final = 130
CLOSED_PIPE: Final = 141
"""What a shell shows for a program whose reader went away."""

_BUGS: Final = "a bug of poolenv: please report it with the output of POOLENV_DEBUG=1"


def guarded(work: Callable[[], int]) -> int:
    """Run ``work`` and give the process's exit code; nothing but KeyboardInterrupt-like signals
    of the interpreter's own shutdown gets past it. POOLENV_DEBUG=1 shows tracebacks."""
    try:
        _stand_any_character()
        code = work()
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        _stop_writing()
        return CLOSED_PIPE
    except SystemExit as end:  # typer's own answer to a closed pipe is 1, which means "differs"
        if not isinstance(end.__context__, BrokenPipeError):
            raise
        _stop_writing()
        return CLOSED_PIPE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        _traceback_if_asked()
        return _explain(error)


def _explain(error: Exception) -> int:
    from poolenv_cli.terminal import complain

    match error:
        case PoolenvError():
            complain(str(error))
            return error.exit_code
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            complain(f"{where}{error.strerror or error}")
            return INTERNAL
    usage = getattr(error, "format_message", None)  # typer's own errors, whatever their module
    if callable(usage):
        message = " ".join(str(usage()).split()).replace("Value error, ", "").rstrip(".")
        complain(f"{message}; see `{_command_of(error)} --help`")
        return USAGE
    if type(error).__name__ == "Abort":
        return INTERRUPTED
    complain(f"internal error: {type(error).__name__}: {error} ({_BUGS})")
    return INTERNAL


def _command_of(error: Exception) -> str:
    return str(getattr(getattr(error, "ctx", None), "command_path", "poolenv"))


def _traceback_if_asked() -> None:
    if os.environ.get("POOLENV_DEBUG", "") not in ("", "0"):
        import traceback

        traceback.print_exc()


def _stand_any_character() -> None:
    """Names and sources may hold what the terminal's encoding lacks; show an escape, go on."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _stop_writing() -> None:
    """Let the interpreter flush into nothing at exit, instead of complaining once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
