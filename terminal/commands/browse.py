"""``elitemap browse``: the terminal UI."""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shlex import quote

import click

from elitemap.archive.errors import UsageError
from elitemap.archive.merging.joining import join
from elitemap.archive.problems import Problem, chosen
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.records import RunRecord
from elitemap.terminal.boundary import say
from elitemap.terminal.commands import merge
from elitemap.terminal.commands.report import check, write

#: What the runs were asked, by id, and the run or problem to start with.
Start = tuple[dict[str, Problem], RunRecord | None, Problem | None]


def browse(
    archive: Path, run: str | None = None, problem: str | None = None, view: str | None = None
) -> None:
    """Show an archive until the user leaves.

    Args:
        archive: The file.
        run: Id of the run to start with, or the beginning of one; None starts where the user was.
        problem: The problem to start with, by its id or a part of its name; None likewise.
        view: Name of the view to start with; None starts with the one of the last time.

    Raises:
        UsageError: If there is no terminal, no such run or problem, or both are given.
        ArchiveError: If the archive cannot be read.
        Exception: Whatever mistake of ours ended the browser.
    """
    start = _start(archive, run, problem)
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
    from elitemap.terminal.browser.scope import starting_place
    from elitemap.terminal.browser.state import recall, remember, state_file

    # Looking through it again and again would hold up keys.
    gc.freeze()
    gc.enable()
    path = state_file()
    memory, note = recall(path)
    place = starting_place(memory.place(archive), *start)
    app = ElitemapBrowser(archive, replace(place, tab=view or place.tab), memory, note)
    result = app.run()
    if app.failure is not None:
        raise app.failure
    if result is not None and (problem := remember(path, result)):
        say(problem)


@contextmanager
def joined(archives: Sequence[Path], default: Path) -> Iterator[Path]:
    """The archive to show: of several a joined copy, which is kept if something was done in it.

    Args:
        archives: Files.
        default: The archive where none is named.

    Raises:
        ArchiveError: If one of them cannot be read, or there is no room for the copy.
    """
    with merge.joined(archives, default) as one:
        if len(archives) <= 1:
            yield one
            return
        with ArchiveReader.open(one) as reader:
            before = reader.data_version
            yield one
            changed = reader.data_version != before
        if changed:
            kept = _kept(one)
            say(
                f"what you did here is in {kept}: `elitemap merge {quote(str(kept))} --archive"
                " FILE` adds it to an archive"
            )


def _kept(copy: Path) -> Path:
    """Another name for a joined copy, which is about to go."""
    place = Path.cwd() / copy.name
    while place.exists():
        place = place.with_stem(f"{place.stem}+")
    join(place, copy)
    return place


def draw(
    archive: Path,
    output: Path,
    run: str | None = None,
    problem: str | None = None,
    view: str | None = None,
) -> None:
    """Write what the browser shows first as a picture; needs no terminal and remembers nothing.

    Args:
        archive: The file.
        output: The picture, an SVG.
        run: Id of the run to show, or the beginning of one; None shows the problem of the latest.
        problem: The problem to show, by its id or a part of its name.
        view: Name of the view; None shows the map.

    Raises:
        UsageError: If the picture exists or cannot be written, there is no such run or problem,
            or both are given.
        ArchiveError: If the archive cannot be read.
    """
    check(output, force=True)
    if output.exists():
        raise UsageError(f"{output} exists: choose another name, or remove it first")
    start = _start(archive, run, problem)
    from elitemap.terminal.browser.photo import take
    from elitemap.terminal.browser.scope import starting_place
    from elitemap.terminal.browser.state import Place

    place = replace(starting_place(Place(), *start), tab=view or "")
    write({output: take(archive, place).encode("utf-8")})
    click.echo(output)


def _start(archive: Path, run: str | None, problem: str | None) -> Start:
    """What the runs of an archive were asked, and the run or problem that was asked for."""
    if run is not None and problem is not None:
        raise UsageError("expected one of --run and --problem, got both")
    with ArchiveReader.open(archive) as reader:
        asked = reader.problems()
        first = None if run is None else reader.run(run)
    return asked, first, None if problem is None else chosen(problem, asked.values())


def at_terminal() -> bool:
    """Whether people see what is printed, and their keys come in."""
    return sys.stdin.isatty() and sys.stdout.isatty()
