"""Questions to an archive on threads of their own, so that no key ever waits for one.

A lane is one thread with one open archive: its questions are answered one after the other, those of
other lanes at the same time. A question that failed closes the archive, and the next one opens it
again: so a file that was gone is found once it is back.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import TypeVar

from elitemap.archive.errors import ArchiveError
from elitemap.archive.reading.reader import ArchiveReader

#: Seconds to wait for a process that holds the file for itself. The view tells the error and asks
#: again.
_PATIENCE = 2.0

T = TypeVar("T")


class Lane:
    """One thread that reads an archive."""

    def __init__(self, path: Path, name: str) -> None:
        """A lane to this file, which is opened by the first question."""
        self._path = path
        self._reader: ArchiveReader | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"browse-{name}")
        self._lock = Lock()
        self._current: object = None

    async def ask(self, question: Callable[[ArchiveReader], T]) -> T:
        """The answer to a question; one that is cancelled is never asked, or is interrupted.

        Raises:
            ArchiveError: If the archive cannot be read now.
            UsageError: If the question is mistaken.
        """
        ticket = object()
        try:
            return await asyncio.wrap_future(self._thread.submit(self._answer, ticket, question))
        except asyncio.CancelledError:
            self._withdraw(ticket)
            raise

    def close(self) -> None:
        """Give up what is being asked, close the file and end the thread."""
        closing = self._thread.submit(self._leave)  # a connection is closed by its own thread
        self._withdraw(None)
        self._thread.shutdown(wait=False)
        del closing

    def _withdraw(self, ticket: object) -> None:
        """Interrupt the question with this ticket, or with any if it is None."""
        with self._lock:
            if self._reader is not None and (ticket is None or ticket is self._current):
                self._reader.interrupt()

    def _answer(self, ticket: object, question: Callable[[ArchiveReader], T]) -> T:
        with self._lock:
            self._current = ticket
        try:
            return question(self._opened())
        except ArchiveError:
            self._leave()
            raise
        finally:
            with self._lock:
                self._current = None

    def _opened(self) -> ArchiveReader:
        """The archive at the path, which may be another file than it was."""
        if self._reader is not None and self._reader.vanished:
            self._leave()
        if self._reader is None:
            self._reader = ArchiveReader.open(self._path, _PATIENCE)
        return self._reader

    def _leave(self) -> None:
        with self._lock:
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
