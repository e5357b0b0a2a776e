"""``elitemap report``: what an archive holds as one HTML file."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from elitemap.archive.errors import ElitemapError, UsageError
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader

#: Sections per problem, if nothing else is asked for.
LIMIT = 20


def write_report(
    output: Path,
    archive: Path,
    *,
    run: str | None = None,
    space: str | None = None,
    target: str | None = None,
    problem: str | None = None,
    where: str | None = None,
    limit: int | None = None,
    png: bool = False,
    force: bool = False,
    now: datetime | None = None,
) -> None:
    """Write a report and print the names of the files.

    Args:
        output: The HTML file.
        archive: The archive.
        run: Id of a run or its beginning; None for all.
        space: Name of a space; None for all.
        target: Name of a target; None for all.
        problem: Id of a problem or a part of its name; None for all.
        where: A filter for elites.
        limit: Sections per problem at most.
        png: Whether to write the plots as PNG files too, named after the report.
        force: Whether to overwrite.
        now: The date that the report bears; None for the present.

    Raises:
        UsageError: If the packages of the extra are missing, a file exists, or there is nothing
            to report.
        ArchiveError: If the archive cannot be read.
        ElitemapError: If a file cannot be written.
    """
    require_extra()
    check(output, force)
    query = ElitesQuery(run, space, target, problem, where)
    files = _made(output, archive, query, limit or LIMIT, now or datetime.now(UTC), png)
    for path in files:
        check(path, force)
    write(files)
    for path in files:
        click.echo(path)


def _made(
    output: Path, archive: Path, query: ElitesQuery, limit: int, now: datetime, png: bool
) -> dict[Path, bytes]:
    """The files of a report."""
    from elitemap.terminal.report.document import document
    from elitemap.terminal.report.gathering import gather
    from elitemap.terminal.report.pictures import pngs, studio
    from elitemap.terminal.report.waiting import waiting

    with waiting() as tell, studio() as pictures, ArchiveReader.open(archive) as reader:
        report = gather(
            reader,
            archive.name,
            query,
            limit,
            lambda problem: tell(f"reading {problem.name}"),
            lambda chapter: pictures.begin(chapter.figures),
        )
        tell("drawing")
        files = {output: document(report, now, pictures).encode("utf-8")}
        for figure in report.figures if png else ():
            tell(f"drawing {figure.id}")
            for name, picture in pngs(figure):
                files[output.with_name(f"{output.stem}-{name}.png")] = picture
    return files


def require_extra() -> None:
    """Make sure that the plotting library is there.

    Raises:
        UsageError: If it is not.
    """
    try:
        import jinja2  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"a report needs the package {error.name}, which is not installed:"
            ' pip install "elitemap[report]"'
        ) from None


def check(path: Path, force: bool) -> None:
    """See before the work whether a file can be written.

    Raises:
        UsageError: If it exists and must not be overwritten, or its folder does not.
    """
    if path.is_dir():
        raise UsageError(f"expected a file to write, got the folder {path}")
    if not path.parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no folder {path.parent}; make it first")
    if path.exists() and not force:
        raise UsageError(f"{path} exists: choose another name, or overwrite it with --force")


def write(files: Mapping[Path, bytes]) -> None:
    """Write files, each one whole or not at all.

    Raises:
        ElitemapError: If that fails.
    """
    for path, content in files.items():
        try:
            _write(path, content)
        except OSError as error:
            raise ElitemapError(f"cannot write {path}: {error.strerror}") from None


def _write(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o666 & ~_mask())
        os.replace(name, path)
    except OSError:
        with suppress(OSError):
            os.unlink(name)
        raise


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
