"""The edge of the program: what leaves a command becomes one line on stderr and an exit code."""

import errno
import os
import sys
import traceback
from contextlib import suppress
from io import UnsupportedOperation
from types import TracebackType
from typing import Self

import click

from elitemap.archive.errors import ElitemapError, ExitCode
from elitemap.archive.plain import one_line


class Boundary:
    """A context that lets nothing out: errors are told in one line and kept as ``code``.

    Tracebacks are shown only with ``ELITEMAP_DEBUG=1``; an error that is not one of the project's
    own is a bug of the project and says so.
    """

    code: int = ExitCode.DONE

    def __enter__(self) -> Self:
        """Start with the code of success."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Take the error, if any; only ``SystemExit`` passes."""
        if error is None:
            return False
        if isinstance(error, SystemExit):
            return False
        if os.environ.get("ELITEMAP_DEBUG") == "1":
            traceback.print_exception(error)
        if isinstance(error, OSError):
            abandon_stdout()
        self.code, line = verdict(error)
        if line:
            say(line)
        return True


def verdict(error: BaseException) -> tuple[int, str]:
    """The exit code and the line (perhaps empty) for an error that ended a command."""
    if isinstance(error, ElitemapError):
        return int(error.exit_code), str(error)
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code, ""
    if isinstance(error, click.ClickException):
        return error.exit_code, error.format_message()
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return ExitCode.INTERRUPTED, "interrupted"
    if isinstance(error, BrokenPipeError):
        return ExitCode.FAILED, ""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return ExitCode.FAILED, "cannot write the output, the disk is full: free some space"
    kind = type(error).__name__
    return ExitCode.BUG, (
        f"internal error, {kind}: {error}; please report it with the command that you ran "
        "(ELITEMAP_DEBUG=1 shows where it happened)"
    )


def say(line: str) -> None:
    """Print one line for people on stderr."""
    # Not click's echo: it writes past the stream that keeps lines above a live panel.
    print(f"elitemap: {one_line(line)}", file=sys.stderr, flush=True)


def abandon_stdout() -> None:
    """Send what is left for a stdout that failed to nowhere.

    The interpreter flushes once more at exit and would complain a second time.
    """
    with suppress(UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
