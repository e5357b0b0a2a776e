"""The two consoles: stdout for data, stderr for people."""

import sys

from rich.console import Console

#: Width where stdout is no terminal: one row, one line, so that text tools can take it.
UNBOUNDED = 100_000


def data_console() -> Console:
    """A console on stdout; colours and wrapping only on a terminal, markup never."""
    width = None if sys.stdout.isatty() else UNBOUNDED
    return Console(width=width, markup=False, highlight=False, emoji=False)


def people_console() -> Console:
    """A console on stderr for progress and notes."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False)
