"""The elite that an id on a command line means."""

from elitemap.archive.errors import UsageError
from elitemap.archive.problems import listed
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.archive.views import EliteView
from elitemap.terminal.boundary import say


def named_elite(reader: ArchiveReader, identifier: str, problem: str | None) -> EliteView:
    """The elite whose program's id begins so; says it if a certificate has given it another.

    Raises:
        ArchiveError: If the stored program does not match its name.
        UsageError: If there is none, or more than one.
    """
    view = reader.elite(identifier, problem)
    if not view.id.startswith(identifier):
        say(f"{identifier[:12]} is now {view.id[:12]}: its certificate changed it")
    return view


def one_elite(reader: ArchiveReader, identifier: str, problem: str | None) -> EliteView:
    """The elite whose program's id begins so; what is done with it depends on its problem.

    Args:
        reader: The archive.
        identifier: The beginning of its id.
        problem: The problem, as ``--problem`` takes it; None where the program solves only one.

    Raises:
        ArchiveError: If the stored program does not match its name.
        UsageError: If there is none, more than one, or it is an elite of several problems.
    """
    view = named_elite(reader, identifier, problem)
    if problem is None and len(asking := reader.asking(view.id)) > 1:
        raise UsageError(
            f"{view.id[:12]} is an elite of {len(asking)} problems: choose one with --problem:"
            f" {listed(asking)}"
        )
    return view
