"""``elitemap export``: an elite as code."""

from collections.abc import Mapping
from pathlib import Path

import click

from elitemap.archive.errors import ElitemapError, UsageError
from elitemap.archive.reader import ArchiveReader
from elitemap.engine.config import nearest
from elitemap.terminal.commands.recorded import recorded_task

#: Instead of a folder.
STDOUT = Path("-")


def export_elite(
    identifier: str,
    language: str,
    directory: Path,
    name: str | None,
    archive: Path,
    force: bool = False,
) -> None:
    """Write an elite in a target language and print the names of the files.

    Args:
        identifier: Id of the elite or its beginning.
        language: Name of the target language.
        directory: Where to write; ``-`` prints the code itself.
        name: Name of the function; None takes the target's.
        archive: The file.
        force: Write over files that exist.

    Raises:
        UsageError: If the id or the language is unknown, or files exist that would be lost.
        ElitemapError: If the files cannot be written.
    """
    with ArchiveReader.open(archive) as reader:
        view = reader.elite(identifier)
        task = recorded_task(reader.run(view.run))
    if language not in task.languages:
        raise UsageError(f"unknown language {language!r}{nearest(language, list(task.languages))}")
    files = task.export(view.program, view.certificate, name or view.target, language)
    if directory == STDOUT:
        for text in files.values():
            click.echo(text, nl=False)
        return
    taken = [] if force else occupied(files, directory)
    if taken:
        raise UsageError(
            f"expected names of new files, got {', '.join(map(str, taken))}, which "
            f"{'exists' if len(taken) == 1 else 'exist'}: choose another -o or --name, "
            "or add --force"
        )
    for path in write(files, directory):
        click.echo(path)


def occupied(files: Mapping[str, str], directory: Path) -> list[Path]:
    """The files that exist already and would be lost."""
    return [directory / file for file in files if (directory / file).exists()]


def write(files: Mapping[str, str], directory: Path) -> list[Path]:
    """Write files into a folder, which is made if there is none.

    Raises:
        ElitemapError: If that fails.
    """
    paths = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            path = directory / file
            path.write_text(text, encoding="utf-8")
            paths.append(path)
    except OSError as error:
        place = error.filename or directory
        raise ElitemapError(f"cannot write {place}: {error.strerror}") from None
    return paths
