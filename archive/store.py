"""The one writer of an archive file."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from elitemap.archive import members, remarks
from elitemap.archive.columns import KINDS, Kind, add_columns
from elitemap.archive.errors import UsageError
from elitemap.archive.files.connection import explained, transaction, unchecked
from elitemap.archive.files.creation import TIMEOUT, writable
from elitemap.archive.files.reclaiming import reclaim
from elitemap.archive.identity import canonical_text
from elitemap.archive.problems import Problem, problems
from elitemap.archive.programs import prune, store
from elitemap.archive.records import Ancestor, EliteRecord, Member, RunRecord, RunStatus
from elitemap.archive.rows import (
    RUN_COLUMNS,
    elite_rows,
    elite_statement,
    finite,
    names,
    run_row,
)
from elitemap.archive.states import packed

# Records are encoded, named and inserted so many at a time, while the processor's cache holds them.
_CHUNK = 128

_T = TypeVar("_T")


class ArchiveWriter:
    """Writes runs and their elites; every method is one transaction.

    Several processes may write to one file: they wait for each other for up to ``timeout``.
    A kill at any moment leaves the last completed transaction.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Wrap a connection; use :meth:`open`."""
        self._connection = connection
        self._path = path

    @classmethod
    def open(cls, path: Path | str, timeout: float = TIMEOUT) -> Self:
        """Open an archive for writing; make it if there is none, upgrade it if it is older.

        Args:
            path: The file.
            timeout: Seconds to wait for a lock.

        Raises:
            ArchiveError: If the file is foreign, newer, damaged, locked or cannot be written.
        """
        path = Path(path)
        return cls(writable(path, timeout), path)

    def __enter__(self) -> Self:
        """The writer itself."""
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
        """Close the file; what was flushed is in it."""
        with explained(self._path):
            self._connection.close()

    def begin(self, run: RunRecord, state: Mapping[int, bytes] | None = None) -> Problem:
        """Record a new run, or that a known one goes on.

        Args:
            run: The run.
            state: What it needs from the start, by island.

        Returns:
            What it is asked, named among what the other runs of the archive were asked.

        Raises:
            ArchiveError: If the file cannot be written, or is damaged.
            UsageError: If the seed is too large for the archive.
        """
        if not -(2**63) <= run.seed < 2**63:
            raise UsageError(f"expected a seed below 2**63, got {run.seed}")
        with transaction(self._connection, self._path):
            (key,) = self._connection.execute(
                f"INSERT INTO run ({RUN_COLUMNS}, problem)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET config = excluded.config,"
                " finished_at = excluded.finished_at, status = excluded.status,"
                " version = excluded.version, summary = excluded.summary RETURNING key",
                run_row(run),
            ).fetchone()
            pareto = [name for name, _ in run.config.get("pareto", ())]
            add_columns(self._connection, key, "objective", pareto)
            self._connection.executemany(
                "INSERT OR REPLACE INTO state VALUES (?, ?, ?)",
                ((key, island, packed(body)) for island, body in (state or {}).items()),
            )
            return problems(self._connection)[key]

    def flush(
        self,
        run_id: str,
        elites: Sequence[EliteRecord],
        removed_slots: Iterable[int] = (),
        ancestors: Iterable[Ancestor] = (),
        metrics: Mapping[str, float] | None = None,
        state: Mapping[int, bytes] | None = None,
        disguises: Iterable[Member] = (),
    ) -> None:
        """Write what has changed since the last flush.

        Args:
            run_id: A run that has begun.
            elites: New or changed elites; each replaces the elite of its slot.
            removed_slots: Slots that have become empty.
            ancestors: Programs that are no elites but parents of some.
            metrics: Numbers at this moment, by name; stored with the time.
            state: What islands need to go on, by island; replaces what was stored for them.
            disguises: New members of elites; those that the archive holds are left out.

        Raises:
            ArchiveError: If the file cannot be written; nothing has changed then.
            ValueError: If a quality is NaN, a name is not an identifier, a text is too long, or
                something else of a record is not what its class says.
        """
        bodies = {island: packed(body) for island, body in (state or {}).items()}
        with transaction(self._connection, self._path):
            run = self._key(run_id)
            members.vacate(self._connection, run, removed_slots)
            with unchecked(self._connection):
                for programs in _chunks(list(ancestors)):
                    store(self._connection, programs)
                self._put(run, elites)
            if metrics is not None:
                self._connection.execute(
                    "INSERT INTO metric SELECT ?, coalesce(max(step), 0) + 1, ?, ?"
                    " FROM metric WHERE run = ?",
                    [run, _now(), canonical_text(finite(metrics)), run],
                )
            self._connection.executemany(
                "INSERT OR REPLACE INTO state VALUES (?, ?, ?)",
                ((run, island, body) for island, body in bodies.items()),
            )
            members.add(self._connection, run, disguises)

    def certify(
        self, run_id: str, slot: int, elite: EliteRecord, before: str | None = None
    ) -> bool:
        """Replace the elite of a slot by the same one with its certificate.

        If the certified program is another one (its constants were polished), the replaced
        program becomes its parent. The certificate stays in the archive with its program even
        when the slot is taken by another elite later.

        Args:
            run_id: A run that has begun.
            slot: The slot.
            elite: What is to be there.
            before: Id of the program that was proved; None if nobody else writes to the run.

        Returns:
            Whether that program still is in the slot; if not, nothing has been written.

        Raises:
            ArchiveError: If the file cannot be written.
        """
        with transaction(self._connection, self._path):
            run = self._key(run_id)
            found = self._connection.execute(
                "SELECT program.id FROM elite JOIN program ON program.key = elite.program"
                " WHERE elite.run = ? AND elite.slot = ?",
                [run, slot],
            ).fetchone()
            if before is not None and (found is None or found[0] != before):
                return False
            if found is not None and found[0] != elite.id:
                elite = replace(elite, parent=found[0], operator="certify")
            self._put(run, [replace(elite, slot=slot)])
            return True

    def remark(self, program_id: str, mark: str | None, note: str | None) -> None:
        """Say something about a program, of whichever run, in place of what was said before.

        Args:
            program_id: Its id.
            mark: A short word such as ``star``; None or blank for none.
            note: Any text; None or blank for none. If there is no mark either, nothing is said.

        Raises:
            ArchiveError: If the file cannot be written.
            UsageError: If a text is too long or the archive has no such program.
        """
        with transaction(self._connection, self._path):
            remarks.put(self._connection, program_id, mark, note, _now())

    def unite(self, run_id: str) -> dict[int, int]:
        """Make one elite of those of a run that have the same program, with all their members.

        Returns:
            By slot that was emptied the one that stays.

        Raises:
            ArchiveError: If the file cannot be written.
        """
        with transaction(self._connection, self._path):
            return members.unite(self._connection, self._key(run_id))

    def census(self, run_id: str) -> tuple[int, int, int]:
        """How many elites, cells in use and members a run has.

        Raises:
            ArchiveError: If the file cannot be read.
        """
        with explained(self._path):
            return members.census(self._connection, self._key(run_id))

    def finish(self, run_id: str, status: RunStatus, summary: Mapping[str, float | int]) -> None:
        """Record how a run ended, drop programs that no elite descends from, and shorten the file.

        Raises:
            ArchiveError: If the file cannot be written.
        """
        with transaction(self._connection, self._path):
            self._connection.execute(
                "UPDATE run SET status = ?, finished_at = ?, summary = ? WHERE key = ?",
                [status, _now(), canonical_text(finite(summary)), self._key(run_id)],
            )
            prune(self._connection)
        reclaim(self._connection, self._path)

    def _key(self, run_id: str) -> int:
        found = self._connection.execute("SELECT key FROM run WHERE id = ?", [run_id]).fetchone()
        if found is None:
            raise ValueError(f"expected a run that has begun, got {run_id!r}")
        return int(found[0])

    def _put(self, run: int, elites: Sequence[EliteRecord]) -> None:
        """Insert programs, elites and certificates; inside a transaction."""
        used = names(elites)
        values = [(kind, name) for kind in KINDS for name in self._names(run, kind, used[kind])]
        statement = elite_statement(values)
        for chunk in _chunks(elites):
            keyed = list(zip(store(self._connection, chunk), chunk, strict=True))
            self._connection.executemany(statement, elite_rows(run, keyed, values))
            self._connection.executemany(
                "INSERT OR REPLACE INTO certificate (program, run, body) VALUES (?, ?, ?)",
                [
                    (key, run, canonical_text(elite.certificate))
                    for key, elite in keyed
                    if elite.certificate is not None
                ],
            )

    def _names(self, run: int, kind: Kind, used: Sequence[str]) -> list[str]:
        """All names of a run, those used for the first time included."""
        rows = self._connection.execute(
            "SELECT name FROM axis WHERE run = ? AND kind = ?", [run, kind]
        )
        known = [name for (name,) in rows]
        fresh = [name for name in used if name not in known]
        if fresh:
            add_columns(self._connection, run, kind, fresh)
        return known + fresh


def _chunks(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (items[k : k + _CHUNK] for k in range(0, len(items), _CHUNK))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
