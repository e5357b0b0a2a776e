"""``elitemap export``: an elite as code."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from elitemap.archive.errors import ElitemapError, SearchError, UsageError
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.views import EliteView
from elitemap.engine.config import nearest
from elitemap.engine.protocols import Task
from elitemap.engine.proving.verification import checked
from elitemap.terminal.boundary import say
from elitemap.terminal.commands.finding import one_elite
from elitemap.terminal.commands.recorded import recorded_task
from elitemap.terminal.tables.standing import rechecked, recorded

#: Seconds to prove a certificate again.
CHECKING = 20.0

#: Instead of a folder.
STDOUT = Path("-")


def export_elite(
    identifier: str,
    language: str,
    directory: Path,
    name: str | None,
    archive: Path,
    problem: str | None = None,
    force: bool = False,
    seconds: float = CHECKING,
    given: Mapping[str, str] | None = None,
) -> None:
    """Write an elite in a target language and print the names of the files.

    Args:
        identifier: Id of the elite or its beginning.
        language: Name of the target language.
        directory: Where to write; ``-`` prints the code itself.
        name: Name of the function; None takes the target's.
        archive: The file.
        problem: Whose elite it is, as ``--problem`` takes it; None where there is only one.
        force: Write over files that exist.
        seconds: Time to prove the certificate again; 0 takes it as it is recorded.
        given: Where arrays that its run brings are now, by option.

    Raises:
        SearchError: If the certificate says what is false.
        UsageError: If the id or the language is unknown, the problem is open, or files exist
            that would be lost.
        ElitemapError: If the files cannot be written.
    """
    with ArchiveReader.open(archive) as reader:
        view = one_elite(reader, identifier, problem)
        task = recorded_task(reader.run(view.run), given)
    if language not in task.languages:
        raise UsageError(f"unknown language {language!r}{nearest(language, list(task.languages))}")
    certificate = _certificate(view, task, seconds)
    files = task.export(view.program, certificate, name or view.target, language)
    if directory == STDOUT:
        click.echo("".join(_texts(files)), nl=False)
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


def _certificate(view: EliteView, task: Task, seconds: float) -> Mapping[str, Any] | None:
    """The certificate to write: proved here and now if that can be, and what it is worth."""
    if view.certificate is None or not seconds:
        return recorded(view.certificate)
    verdict = checked(view, task, seconds)
    if verdict.outcome == "failed":
        raise SearchError(
            f"the certificate of {view.id[:12]} is wrong, {verdict.reason}: certify it yourself "
            "with `elitemap certify`"
        )
    if verdict.outcome == "verified" and verdict.certificate is not None:
        return rechecked(verdict.certificate)
    say(f"the certificate was not re-checked and the files say so: {verdict.reason}")
    return recorded(view.certificate)


def _texts(files: Mapping[str, str | bytes]) -> list[str]:
    """Files as they can be printed.

    Raises:
        UsageError: If one is no text.
    """
    texts = [text for text in files.values() if isinstance(text, str)]
    if len(texts) < len(files):
        binary = [file for file, text in files.items() if isinstance(text, bytes)]
        raise UsageError(f"expected a folder for {', '.join(binary)}, which is no text, got -")
    return texts


def occupied(files: Mapping[str, str | bytes], directory: Path) -> list[Path]:
    """The files that exist already and would be lost."""
    return [directory / file for file in files if (directory / file).exists()]


def write(files: Mapping[str, str | bytes], directory: Path) -> list[Path]:
    """Write files into a folder, which is made if there is none.

    Raises:
        ElitemapError: If that fails.
    """
    paths = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            path = directory / file
            path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
            paths.append(path)
    except OSError as error:
        place = error.filename or directory
        raise ElitemapError(f"cannot write {place}: {error.strerror}") from None
    return paths
