"""Reading an archive file: runs, elites, lineages, and what a resumed search needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from elitemap.archive import remarks
from elitemap.archive.files import claims
from elitemap.archive.files.opened import TIMEOUT, OpenedArchive
from elitemap.archive.identity import identity
from elitemap.archive.problems import Problem, problems
from elitemap.archive.querying.elites import ElitesQuery, keys, source
from elitemap.archive.querying.fronts import Run
from elitemap.archive.reading import histories, naming
from elitemap.archive.reading.fetching import lines, views
from elitemap.archive.reading.inventory import ColumnInfo, inventory
from elitemap.archive.reading.overview import Overview, overview
from elitemap.archive.records import Ancestor, Remark, RunRecord
from elitemap.archive.rows import damaged
from elitemap.archive.views import EliteLine, EliteView, Key

if TYPE_CHECKING:  # NumPy takes longer to import than most questions to answer
    from collections.abc import Sequence

    from elitemap.archive.reading.heatmaps import Heatmap
    from elitemap.archive.reading.listing import Listing
    from elitemap.archive.reading.points import Points

__all__ = ["TIMEOUT", "ArchiveReader", "ElitesQuery"]

_MATES = (
    "SELECT run, slot FROM elite WHERE run = (SELECT key FROM run WHERE id = :run)"
    " AND cell = :cell ORDER BY quality DESC, slot LIMIT :most"
)


class ArchiveReader(OpenedArchive):
    """Answers questions; never writes, and never blocks the writer.

    Every method raises ``ArchiveError`` if the file turns out to be damaged or locked, and
    ``Cancelled`` if another thread withdraws the question.
    """

    _columns: tuple[tuple[ElitesQuery, int], list[ColumnInfo]] | None = None

    def runs(self) -> list[RunRecord]:
        """All runs, oldest first."""
        with self._snapshot() as connection:
            return naming.runs(connection)

    def run(self, prefix: str | None = None) -> RunRecord:
        """The run whose id begins so, or the latest.

        Raises:
            UsageError: If there is none, or more than one.
        """
        with self._snapshot() as connection:
            return naming.run(connection, prefix, self._path)

    def problems(self) -> dict[str, Problem]:
        """What every run was asked, by id of the run, the oldest first."""
        with self._snapshot() as connection:
            asked = problems(connection)
            names = dict(connection.execute("SELECT key, id FROM run").fetchall())
            return {names[key]: problem for key, problem in asked.items()}

    def searched(self) -> tuple[str, ...]:
        """Ids of the runs that another process on this machine is searching for."""
        running = self._rows("SELECT id FROM run WHERE status = 'running' ORDER BY key")
        return tuple(run for (run,) in running if claims.searched(self._path, run))

    def standing(self, run: RunRecord) -> RunRecord:
        """A run as it stands: one whose search was killed is interrupted, whatever it wrote last.

        Not for a process that searches for it, see :func:`elitemap.archive.files.claims.searched`.
        """
        if run.status != "running" or claims.searched(self._path, run.id):
            return run
        return replace(run, status="interrupted")

    def overview(self) -> list[Overview]:
        """All problems with their runs and numbers of elites, by space and target."""
        with self._snapshot() as connection:
            return overview(connection)

    def elites(self, query: ElitesQuery) -> list[EliteView]:
        """The elites that the query asks for; by run and slot if it names no order.

        Raises:
            UsageError: If the query is mistaken.
        """
        with self._snapshot() as connection:
            return views(connection, list(keys(connection, query, self._asked(query))))

    def count(self, query: ElitesQuery) -> int:
        """How many elites :meth:`elites` would find.

        Raises:
            UsageError: If the query is mistaken.
        """
        with self._snapshot() as connection:
            if query == ElitesQuery():  # the smallest index will do
                return int(connection.execute("SELECT count(*) FROM elite").fetchone()[0])
            chosen = source(connection, query, self._asked(query))
            (number,) = connection.execute(
                f"SELECT count(*) {chosen.sql}", chosen.values
            ).fetchone()
            return int(number)

    def listing(self, query: ElitesQuery) -> Listing:
        """The order of the query's elites, for pages without another search.

        Raises:
            UsageError: If the query is mistaken.
        """
        from elitemap.archive.reading.listing import listing

        with self._snapshot() as connection:
            return listing(connection, query, self._asked(query))

    def page(self, asked: ElitesQuery | Listing, offset: int, limit: int) -> list[EliteLine]:
        """Lines of a table: at most ``limit`` elites from place ``offset`` on.

        The page of a query is searched for, which takes the longer the more elites there are and
        is meant for the first. Elites of a listing that have gone since are left out; those that
        have changed are shown as they are now.

        Raises:
            UsageError: If the query is mistaken.
        """
        with self._snapshot() as connection:
            if isinstance(asked, ElitesQuery):
                found = list(keys(connection, asked, self._asked(asked), offset, limit))
            else:
                found = asked.window(offset, limit)
            return lines(connection, found)

    def locate(self, listing: Listing, prefix: str) -> int | None:
        """Place in a listing of the first elite whose id begins so; None if it has none.

        Of a beginning that many programs share only some are looked for.
        """
        with self._snapshot() as connection:
            return listing.position(naming.elite_places(connection, prefix))

    def heatmap(self, query: ElitesQuery, x: str, y: str, bins: int = 64) -> Heatmap:
        """The best quality and the number of elites per cell of two numbers.

        Raises:
            UsageError: If the query is mistaken, or a name unknown or that of a text.
        """
        from elitemap.archive.reading.heatmaps import heatmap

        with self._snapshot() as connection:
            return heatmap(connection, query, self._asked(query), (x, y), bins)

    def heatmaps(
        self, query: ElitesQuery, pairs: Sequence[tuple[str, str]], bins: int = 64
    ) -> list[Heatmap]:
        """What :meth:`heatmap` gives for several pairs of numbers, in one pass over the elites.

        Raises:
            UsageError: If the query is mistaken, or a name unknown or that of a text.
        """
        from elitemap.archive.reading.heatmaps import heatmaps

        with self._snapshot() as connection:
            return heatmaps(connection, query, self._asked(query), pairs, bins)

    def points(self, query: ElitesQuery, x: str, y: str, most: int = 2000) -> Points:
        """The elites as points of a plane; of more than ``most`` the front and a sample.

        Raises:
            UsageError: If the query is mistaken, or a name unknown or that of a text.
        """
        from elitemap.archive.reading.points import points

        with self._snapshot() as connection:
            return points(connection, query, self._asked(query), (x, y), most)

    def columns(self, query: ElitesQuery) -> list[ColumnInfo]:
        """The objectives, texts and measures of the query's runs, and what they range over.

        The latest answer is kept until the archive changes.

        Raises:
            UsageError: If the query is mistaken.
        """
        state = (query, self.data_version)
        if self._columns is None or self._columns[0] != state:
            with self._snapshot() as connection:
                self._columns = state, inventory(connection, query, self._asked(query))
        return list(self._columns[1])

    def elite(self, prefix: str, problem: str | None = None) -> EliteView:
        """The elite whose program's id begins so, or once did before a certificate changed it.

        Where a program is an elite more than once, the most thoroughly checked one counts, then
        that of the latest run.

        Args:
            prefix: The beginning of its id.
            problem: Of which problem, as a query names it; None for any.

        Raises:
            ArchiveError: If the stored program does not match its name.
            UsageError: If there is none, or more than one.
        """
        with self._snapshot() as connection:
            places = naming.elite_place(connection, prefix, problem)
            return _checked(views(connection, places)[0])

    def asking(self, program_id: str) -> list[Problem]:
        """The problems whose elite a program is, those of the oldest runs first."""
        with self._snapshot() as connection:
            return naming.asking(connection, program_id)

    def beginning(self, prefix: str) -> list[EliteView]:
        """Elites whose ids begin so, by run and slot; a hundred of them if there are more.

        Takes no time to speak of where the prefix has three digits or more.
        """
        with self._snapshot() as connection:
            return views(connection, naming.elite_places(connection, prefix))

    def view(self, key: Key) -> EliteView | None:
        """The elite at a place, such as that of a line or a cell; None if it has gone.

        Raises:
            ArchiveError: If the stored program does not match its name.
        """
        with self._snapshot() as connection:
            found = views(connection, [key])
        return _checked(found[0]) if found else None

    def cell_mates(self, run_id: str, cell: Sequence[int], most: int = 100) -> list[EliteLine]:
        """The elites of a run in one cell of its map, the best first; at most so many."""
        place = {"run": run_id, "cell": f"[{','.join(map(str, cell))}]", "most": most}
        with self._snapshot() as connection:
            return lines(connection, connection.execute(_MATES, place).fetchall())

    def lineage(self, program_id: str) -> list[Ancestor]:
        """A program and its ancestors, youngest first, as far as the archive knows them."""
        with self._snapshot() as connection:
            return histories.lineage(connection, program_id)

    def certificates(self, program_id: str) -> dict[str, Any]:
        """All certificates of a program, by id of the run that asked for them."""
        with self._snapshot() as connection:
            return histories.certificates(connection, program_id)

    def remark(self, program_id: str) -> Remark | None:
        """What somebody said about a program; None if nothing."""
        with self._snapshot() as connection:
            return remarks.get(connection, program_id)

    def members(self, run_id: str, program_id: str) -> list[dict[str, Any]]:
        """The disguises in which a run found a program, in the order in which it found them."""
        with self._snapshot() as connection:
            return histories.members(connection, run_id, program_id)

    def state(self, run_id: str) -> dict[int, bytes]:
        """What the islands of a run need to go on, by island; empty if nothing was stored."""
        with self._snapshot() as connection:
            return histories.state(connection, run_id)

    def metrics(self, run_id: str) -> list[dict[str, Any]]:
        """Numbers over time: one mapping per flush, with its time (ISO 8601, UTC) as ``at``."""
        with self._snapshot() as connection:
            return histories.metrics(connection, run_id)

    def _asked(self, query: ElitesQuery) -> list[Run]:
        return naming.asked(self._connection, query, self._path)


def _checked(view: EliteView) -> EliteView:
    if identity(view.program) != view.id:
        raise damaged(f"program {view.id[:12]}, which does not match its id")
    return view
