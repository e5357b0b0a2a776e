"""An archive file that is open for reading."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from elitemap.archive.files.connection import explained, pending
from elitemap.archive.files.readonly import readable, stand_in

#: Seconds to wait for a process that holds the file for itself.
TIMEOUT = 10.0


class OpenedArchive:
    """A read-only connection to an archive; it never blocks the writer.

    It belongs to the thread that opened it: another thread opens its own. Only
    :meth:`interrupt` may be called from anywhere.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, cleanup: ExitStack, older: bool
    ) -> None:
        """Wrap a connection; use :meth:`open`."""
        self._connection = connection
        self._path = path
        self._cleanup = cleanup
        self._older = older
        self._file = _file(path)

    @classmethod
    def open(cls, path: Path | str, timeout: float = TIMEOUT) -> Self:
        """Open an archive for reading, also one of an older layout.

        Args:
            path: The file.
            timeout: Seconds to wait for a lock.

        Raises:
            ArchiveError: If there is none, or it is foreign, newer, damaged or locked.
        """
        path = Path(path)
        with ExitStack() as cleanup, explained(path):
            connection = readable(path, timeout, cleanup)
            older = pending(connection, path) and stand_in(connection, path)
            return cls(connection, path, cleanup.pop_all(), older)

    def __enter__(self) -> Self:
        """The archive itself."""
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
        """A number that changes when another connection has written, and never otherwise.

        It means something only to the connection that was asked.
        """
        version = int(self._rows("PRAGMA data_version")[0][0])
        if self._older:
            with explained(self._path):
                self._older = stand_in(self._connection, self._path)
        return version

    @property
    def older(self) -> bool:
        """Whether the layout is an older one, which any writer upgrades.

        What it had no place for reads as empty.
        """
        return self._older

    @property
    def vanished(self) -> bool:
        """Whether the path no longer leads to the file that was opened.

        SQLite goes on reading what was there; whoever shows it should say so.
        """
        return _file(self._path) != self._file

    def interrupt(self) -> None:
        """Withdraw the question that another thread is asking here.

        Its call raises ``Cancelled``. If none is being asked nothing happens.
        """
        with suppress(sqlite3.ProgrammingError):  # closed in the meantime
            self._connection.interrupt()

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """One and the same state of the archive for several questions."""
        with explained(self._path):
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _rows(self, statement: str, **values: Any) -> Sequence[Any]:
        with explained(self._path):
            return self._connection.execute(statement, values).fetchall()


def _file(path: Path) -> tuple[int, int] | None:
    """What tells a file from every other one; None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
