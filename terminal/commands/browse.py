"""``elitemap browse``: the terminal UI."""

import gc
import os
import sys
from dataclasses import replace
from pathlib import Path

import click

from elitemap.archive.errors import UsageError
from elitemap.archive.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.report import check, write


def browse(archive: Path, run: str | None = None, view: str | None = None) -> None:
    """Show an archive until the user leaves.

    Args:
        archive: The file.
        run: Id of the run to start with, or the beginning of one; None starts where the user was.
        view: Name of the view to start with; None starts with the one of the last time.

    Raises:
        UsageError: If there is no terminal, or no such run.
        ArchiveError: If the archive cannot be read.
        Exception: Whatever mistake of ours ended the browser.
    """
    records, chosen = _runs(archive, run)
    if not at_terminal():
        raise UsageError(
            "browse needs a terminal, got a pipe or file: `elitemap elites` prints to those,"
            " and --screenshot FILE.svg draws a picture"
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
    app = ElitemapBrowser(archive, replace(place, tab=view or place.tab), memory, note)
    result = app.run()
    if app.failure is not None:
        raise app.failure
    if result is not None and (problem := remember(path, result)):
        say(problem)


def draw(archive: Path, output: Path, run: str | None = None, view: str | None = None) -> None:
    """Write what the browser shows first as a picture; needs no terminal and remembers nothing.

    Args:
        archive: The file.
        output: The picture, an SVG.
        run: Id of the run to show, or the beginning of one; None shows the target of the latest.
        view: Name of the view; None shows the map.

    Raises:
        UsageError: If the picture exists or cannot be written, or there is no such run.
        ArchiveError: If the archive cannot be read.
    """
    check(output, force=True)
    if output.exists():
        raise UsageError(f"{output} exists: choose another name, or remove it first")
    records, chosen = _runs(archive, run)
    from elitemap.terminal.browser.photo import take
    from elitemap.terminal.browser.places import starting_place
    from elitemap.terminal.browser.state import Place

    place = replace(starting_place(Place(), records, chosen), tab=view or "")
    write({output: take(archive, place).encode("utf-8")})
    click.echo(output)


def _runs(archive: Path, run: str | None) -> tuple[list[RunRecord], RunRecord | None]:
    """The runs of an archive, and the one that was asked for."""
    with ArchiveReader.open(archive) as reader:
        return reader.runs(), None if run is None else reader.run(run)


def at_terminal() -> bool:
    """Whether people see what is printed, and their keys come in."""
    return sys.stdin.isatty() and sys.stdout.isatty()
