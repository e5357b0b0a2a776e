"""Reading an archive file: runs, elites, lineages, and what a resumed search needs."""

import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from elitemap.archive.connection import explained, pending, readable
from elitemap.archive.elites import ElitesQuery, Run, fetch, find
from elitemap.archive.errors import ArchiveError, UsageError
from elitemap.archive.identity import identity
from elitemap.archive.programs import begins, named
from elitemap.archive.records import Ancestor, RunRecord
from elitemap.archive.rows import (
    RUN_COLUMNS,
    configuration,
    damaged,
    document,
    member_body,
    run_record,
)
from elitemap.archive.text import plain
from elitemap.archive.views import EliteView

#: Seconds to wait for a process that holds the file for itself.
TIMEOUT = 10.0

_RUNS = f"SELECT {RUN_COLUMNS} FROM run"
_RUN_IDS = "SELECT id FROM run WHERE substr(id, 1, length(:id)) = :id ORDER BY id LIMIT 2"
_ELITE_IDS = (
    "SELECT DISTINCT program.id FROM elite CROSS JOIN program ON program.key = elite.program"
    f" WHERE elite.program IN (SELECT key FROM program WHERE {begins(':id')}) LIMIT 2"
)
_BEST_FIRST = (
    f"SELECT run, slot FROM elite WHERE program = (SELECT key FROM program WHERE {named(':id')})"
    " ORDER BY status = 'certified' DESC, status = 'confirmed' DESC, run DESC, slot LIMIT 1"
)


class ArchiveReader:
    """Answers questions; never writes, and never blocks the writer.

    Every method raises ``ArchiveError`` if the file turns out to be damaged or locked.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path, cleanup: ExitStack) -> None:
        """Wrap a connection; use :meth:`open`."""
        self._connection = connection
        self._path = path
        self._cleanup = cleanup

    @classmethod
    def open(cls, path: Path | str, timeout: float = TIMEOUT) -> Self:
        """Open an archive for reading.

        Args:
            path: The file.
            timeout: Seconds to wait for a lock.

        Raises:
            ArchiveError: If there is none, or it is foreign, newer, older, damaged or locked.
        """
        path = Path(path)
        with ExitStack() as cleanup:
            connection = readable(path, timeout, cleanup)
            if pending(connection, path):
                raise ArchiveError(
                    f"{path} was written by an older elitemap: upgrade it with any search into it"
                )
            return cls(connection, path, cleanup.pop_all())

    def __enter__(self) -> Self:
        """The reader itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._cleanup.close()

    @property
    def data_version(self) -> int:
        """A number that changes when another process has written."""
        return int(self._rows("PRAGMA data_version")[0][0])

    def runs(self) -> list[RunRecord]:
        """All runs, oldest first."""
        return [run_record(row) for row in self._rows(f"{_RUNS} ORDER BY started_at, key")]

    def run(self, prefix: str | None = None) -> RunRecord:
        """The run whose id begins so, or the latest.

        Raises:
            UsageError: If there is none, or more than one.
        """
        if prefix is None:
            rows = self._rows(f"{_RUNS} ORDER BY started_at DESC, key DESC LIMIT 1")
            if not rows:
                raise UsageError(f"{self._path} holds no runs: run a search first")
            return run_record(rows[0])
        name = self._complete(_RUN_IDS, prefix, "`elitemap runs` lists them")
        return run_record(self._rows(f"{_RUNS} WHERE id = :id", id=name)[0])

    def elites(self, query: ElitesQuery) -> list[EliteView]:
        """The elites that the query asks for; by run and slot if it names no order.

        Raises:
            UsageError: If the query is mistaken.
        """
        name = None if query.run is None else self.run(query.run).id
        rows = self._rows(
            "SELECT key, problem, config FROM run WHERE id = coalesce(:id, id) AND space"
            " = coalesce(:space, space) AND target = coalesce(:target, target) ORDER BY key",
            id=name,
            space=None if query.space is None else plain(query.space),
            target=None if query.target is None else plain(query.target),
        )
        runs = [Run(key, problem, configuration(config)) for key, problem, config in rows]
        if not runs:
            return []
        with explained(self._path):
            return find(self._connection, query, runs)

    def elite(self, prefix: str) -> EliteView:
        """The elite whose program's id begins so.

        Where a program is an elite more than once, the most thoroughly checked one counts, then
        that of the latest run.

        Raises:
            ArchiveError: If the stored program does not match its name.
            UsageError: If there is none, or more than one.
        """
        name = self._complete(_ELITE_IDS, prefix, "`elitemap elites` lists them")
        with explained(self._path):
            keys = self._connection.execute(_BEST_FIRST, {"id": name}).fetchall()
            view = fetch(self._connection, keys)[0]
        if identity(view.program) != view.id:
            raise damaged(f"program {name[:12]}, which does not match its id")
        return view

    def lineage(self, program_id: str) -> list[Ancestor]:
        """A program and its ancestors, youngest first, as far as the archive knows them."""
        line: list[Ancestor] = []
        seen: set[str] = set()
        following: str | None = program_id
        while following is not None and following not in seen:
            seen.add(following)
            rows = self._rows(
                f"SELECT body, source, parent, operator FROM program WHERE {named(':id')}",
                id=following,
            )
            following = None
            for body, source, parent, operator in rows:
                line.append(Ancestor(document(body), source, parent, operator))
                following = parent
        return line

    def certificates(self, program_id: str) -> dict[str, Any]:
        """All certificates of a program, by id of the run that asked for them."""
        rows = self._rows(
            "SELECT run.id, certificate.body FROM certificate JOIN run ON run.key = run"
            f" WHERE program = (SELECT key FROM program WHERE {named(':id')}) ORDER BY run.key",
            id=program_id,
        )
        return {run: document(body) for run, body in rows}

    def members(self, run_id: str, program_id: str) -> list[dict[str, Any]]:
        """The disguises in which a run found a program, in the order in which it found them."""
        rows = self._rows(
            "SELECT member.body FROM elite JOIN member USING (run, slot)"
            " WHERE elite.run = (SELECT key FROM run WHERE run.id = :run)"
            f" AND elite.program = (SELECT key FROM program WHERE {named(':id')})"
            " ORDER BY member.number",
            run=run_id,
            id=program_id,
        )
        return [member_body(body) for (body,) in rows]

    def state(self, run_id: str) -> dict[int, bytes]:
        """What the islands of a run need to go on, by island; empty if nothing was stored."""
        return dict(
            self._rows(
                "SELECT island, body FROM state WHERE run = (SELECT key FROM run WHERE id = :id)"
                " ORDER BY island",
                id=run_id,
            )
        )

    def metrics(self, run_id: str) -> list[dict[str, Any]]:
        """Numbers over time: one mapping per flush, with its time (ISO 8601, UTC) as ``at``."""
        rows = self._rows(
            "SELECT at, body FROM metric WHERE run = (SELECT key FROM run WHERE id = :id)"
            " ORDER BY step",
            id=run_id,
        )
        return [{"at": at, **document(body)} for at, body in rows]

    def _complete(self, ids: str, prefix: str, cure: str) -> str:
        """The one id that is the prefix or begins with it; ``ids`` is SQL that finds two."""
        rows = self._rows(ids, id=plain(prefix))
        if not prefix or not rows:
            raise UsageError(f"expected the beginning of an id, got {prefix!r}: {cure}")
        if len(rows) > 1 and rows[0][0] != prefix:
            raise UsageError(
                f"expected an unambiguous id, got {prefix!r}, which begins {rows[0][0]},"
                f" {rows[1][0]} and perhaps others: give more of it"
            )
        return str(rows[0][0])

    def _rows(self, statement: str, **values: str | None) -> Sequence[Any]:
        with explained(self._path):
            return self._connection.execute(statement, values).fetchall()
