"""The project's own exceptions: one line for the user and the exit code that goes with it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line returns."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    ARCHIVE = 3
    BUG = 70
    INTERRUPTED = 130


class ElitemapError(Exception):
    """An error to be shown as one line: what was expected, what was got, what to do."""

    exit_code = ExitCode.FAILED


class SearchError(ElitemapError):
    """A search, certificate or export that failed."""


class UsageError(ElitemapError):
    """Something the user asked for that cannot be done as asked."""

    exit_code = ExitCode.USAGE


class ArchiveError(ElitemapError):
    """An archive that cannot be read or written."""

    exit_code = ExitCode.ARCHIVE


class Cancelled(ElitemapError):
    """A question that whoever asked it no longer wants answered."""
