"""Whether the programs of a saved state still are those that the archive holds."""

from collections.abc import Mapping
from typing import Any

from elitemap.archive.errors import ArchiveError
from elitemap.archive.identity import identity
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.map.elites import Elites
from elitemap.engine.proving.kept import made_as
from elitemap.engine.search.exploration_session import ExplorationSession

#: Elites that are compared.
_SOME = 8


def recognise(session: ExplorationSession, reader: ArchiveReader) -> None:
    """Check that a task means by its saved state what it meant when it was saved.

    A state holds programs without what is around them, such as a range reduction. If a version
    gives a task another one, old and new programs must not compete.

    Args:
        session: As it was restored.
        reader: Of the run's archive.

    Raises:
        ArchiveError: If a program is another one now.
    """
    rows = _rows(session)
    here = [slot for slot, uid in enumerate(session.written_map.slots.tolist()) if uid in rows]
    for slot in here[:: max(1, len(here) // _SOME)][:_SOME]:
        elites, row = rows[int(session.written_map.slots[slot])]
        now = identity(session.task.space.to_json(elites.batch, row))
        query = ElitesQuery(run=session.run, where=f"slot = {slot}")
        if any(made_as(view.record()) != now for view in reader.elites(query)):
            raise ArchiveError(
                f"the saved state of run {session.run} is of a version in which its programs "
                "meant something else: start a new search"
            )


def _rows(session: ExplorationSession) -> Mapping[int, tuple[Elites[Any], int]]:
    """Where the islands' elites are, by uid."""
    return {
        uid: (elites, row)
        for elites in session.elites()
        for row, uid in enumerate(elites.uid.tolist())
    }
