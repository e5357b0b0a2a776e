"""``elitemap browse``: the terminal UI."""

import gc
import os
import sys
from pathlib import Path

from elitemap.archive.errors import UsageError
from elitemap.archive.reader import ArchiveReader
from elitemap.terminal.boundary import say


def browse(archive: Path, run: str | None = None) -> None:
    """Show an archive until the user leaves.

    Args:
        archive: The file.
        run: Id of the run to start with, or the beginning of one; None starts where the user was.

    Raises:
        UsageError: If there is no terminal, or no such run.
        ArchiveError: If the archive cannot be read.
        Exception: Whatever mistake of ours ended the browser.
    """
    with ArchiveReader.open(archive) as reader:
        chosen = None if run is None else reader.run(run)
        records = reader.runs()
    if not at_terminal():
        raise UsageError(
            "browse needs a terminal, got a pipe or file: `elitemap elites` prints to those"
        )
    for name in ("COLUMNS", "LINES"):  # where a shell exports them the size would never change
        os.environ.pop(name, None)
    # Milliseconds until escape is taken for a key, not for the beginning of one. Textual looks ten
    # times a second; with its default of 100 many would wait for the second look.
    os.environ.setdefault("ESCDELAY", "40")
    gc.disable()  # nothing of what is imported is garbage
    from elitemap.terminal.browser.app import ElitemapBrowser
    from elitemap.terminal.browser.places import starting_place
    from elitemap.terminal.browser.state import recall, remember, state_file

    # Looking through it again and again would hold up keys.
    gc.freeze()
    gc.enable()
    path = state_file()
    memory, note = recall(path)
    place = starting_place(memory.place(archive), records, chosen)
    app = ElitemapBrowser(archive, place, memory, note)
    result = app.run()
    if app.failure is not None:
        raise app.failure
    if result is not None and (problem := remember(path, result)):
        say(problem)


def at_terminal() -> bool:
    """Whether people see what is printed, and their keys come in."""
    return sys.stdin.isatty() and sys.stdout.isatty()
