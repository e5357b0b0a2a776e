"""``elitemap merge``: what other archives hold, added to one; and several archives read as one."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from elitemap.archive.errors import ElitemapError, UsageError
from elitemap.archive.merging.joining import Joined, join
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.terminal.boundary import say
from elitemap.terminal.console import people_console
from elitemap.terminal.numbers import count
from elitemap.terminal.output import print_json
from elitemap.terminal.report.waiting import waiting

#: Seconds between two lines of progress where nobody sees a line that changes.
EVERY = 10.0


def merge_archives(others: Sequence[Path], archive: Path, quiet: bool, as_json: bool) -> None:
    """Add archives to one, each as a whole, and print what came of each.

    Args:
        others: Files; the archive itself among them is left out.
        archive: The file to add to; it is made if there is none.
        quiet: Tell no progress.
        as_json: Print JSON.

    Raises:
        UsageError: If there is nothing to add, or the archive is being searched.
        ArchiveError: If an archive cannot be read or written; those before it are merged.
    """
    sources = [other for other in others if not _same(other, archive)]
    if not sources:
        raise UsageError(f"expected archives beside {archive} itself, got none: name some")
    for source in sources:  # nothing is made for what cannot be read
        ArchiveReader.open(source).close()
    done: list[Joined] = []
    try:
        with _progress(quiet) as tell:
            for source in sources:
                done.append(join(archive, source, told(source, tell)))
    except (KeyboardInterrupt, ElitemapError):
        left = f"{len(done)} of {len(sources)} archives are merged, nothing of the others"
        say(f"{left}; what is merged stays, and may be merged again")
        raise
    if as_json:
        print_json({"archive": str(archive), "merged": [_json(one) for one in done]})
        return
    for one in done:
        click.echo(f"{click.format_filename(one.path)}: {_line(one)}")


def told(source: Path, tell: Callable[[str], None]) -> Callable[[int, int], None]:
    """What tells how much of an archive has been read."""
    return lambda done, total: tell(f"merging {source.name}: {100 * done // max(total, 1)} %")


@contextmanager
def joined(archives: Sequence[Path], default: Path) -> Iterator[Path]:
    """An archive that holds what several hold, for as long as the context lasts.

    Args:
        archives: Files; of one nothing is copied.
        default: The archive where none is named.

    Raises:
        ArchiveError: If one of them cannot be read, or there is no room for the copy.
    """
    if len(archives) <= 1:
        yield next(iter(archives), default)
        return
    for path in archives:
        ArchiveReader.open(path).close()
    with tempfile.TemporaryDirectory(prefix="elitemap-", ignore_cleanup_errors=True) as folder:
        names = "+".join(dict.fromkeys(path.stem for path in archives))
        target = Path(folder) / f"{names[:60]}.db"
        with waiting() as tell:
            for path in archives:
                join(target, path, told(path, tell))
        yield target


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """What tells a step: as a line that changes, or from time to time as one more line."""
    if quiet:
        yield lambda text: None
        return
    console = people_console()
    if console.is_terminal and not console.is_dumb_terminal:
        with waiting() as tell:
            yield tell
        return
    last = time.monotonic()

    def tell_line(text: str) -> None:
        nonlocal last
        if time.monotonic() - last > EVERY:
            last = time.monotonic()
            say(text)

    yield tell_line


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _json(one: Joined) -> dict[str, Any]:
    return {**asdict(one), "path": str(one.path)}


def _line(one: Joined) -> str:
    if not one.runs and not one.elites and not one.certified:
        return "nothing new"
    return (
        f"{count(one.runs)} run{'s' * (one.runs != 1)} new or further on, {one.elites:+,} elites,"
        f" {one.certified:+,} certified"
    )
