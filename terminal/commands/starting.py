"""What a search begins with, as it is told on the command line."""

from collections.abc import Sequence
from pathlib import Path

from elitemap.archive.errors import UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.protocols import Task
from elitemap.engine.search.starting import Gathered, Starts

#: Largest file of formulas, in bytes.
MOST_BYTES = 1 << 20


def told_starts(
    task: Task, space: str, sources: Sequence[str], texts: Sequence[str], file: Path | None
) -> Starts:
    """Gather elites of archives and formulas.

    Args:
        task: What they are to be candidates of.
        space: Its space.
        sources: ``ARCHIVE`` or ``ARCHIVE:FILTER`` each.
        texts: Candidates as users write them.
        file: More of them, one a line.

    Raises:
        UsageError: If something cannot be read or is no candidate of the task.
        ArchiveError: If an archive cannot be read.
    """
    gathered = Gathered(task)
    gathered.write([*texts, *(lines_of(file) if file is not None else ())])
    for source in sources:
        path, where = split(source)
        with ArchiveReader.open(path) as reader:
            views = reader.elites(ElitesQuery(space=space, where=where))
        told = {"archive": str(path), "where": where}
        gathered.take((view.program for view in views), told)
    return gathered.starts()


def split(source: str) -> tuple[Path, str | None]:
    """Archive and filter; names of files may have colons."""
    if Path(source).exists():
        return Path(source), None
    places = [k for k, letter in enumerate(source) if letter == ":"]
    place = next((k for k in reversed(places) if Path(source[:k]).is_file()), None)
    if place is None:
        return Path(source.partition(":")[0]), None
    return Path(source[:place]), source[place + 1 :].strip() or None


def lines_of(path: Path) -> list[str]:
    """Candidates of a file, one a line; empty lines and those that begin with # do not count.

    Raises:
        UsageError: If it cannot be read, is no text or has none.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(f"{path}: expected at most {MOST_BYTES} bytes of formulas")
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: expected formulas in UTF-8") from None
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise UsageError(f"{path}: expected a formula a line, got none")
    return found
