"""Whether the programs of a saved state still are those that the archive holds."""

import numpy as np

from elitemap.archive.errors import ArchiveError
from elitemap.archive.identity import identity
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.reading.reader import ArchiveReader
from elitemap.engine.proving.kept import made_as
from elitemap.engine.search.exploration_session import ExplorationSession

#: Elites of an island that are compared.
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
    written = session.written_map.slots
    for elites in session.elites():
        known = np.flatnonzero(np.isin(elites.uid, written))
        for row in known[:: max(1, len(known) // _SOME)][:_SOME].tolist():
            (slot, *_) = np.flatnonzero(written == elites.uid[row]).tolist()
            now = identity(session.task.space.to_json(elites.batch, row))
            query = ElitesQuery(run=session.run, where=f"slot = {slot}")
            if any(made_as(view.record()) != now for view in reader.elites(query)):
                raise ArchiveError(
                    f"the saved state of run {session.run} is of a version in which its programs "
                    "meant something else: start a new search"
                )
