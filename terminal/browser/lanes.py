"""Questions to an archive on threads of their own, so that no key ever waits for one.

A lane is one thread with one open archive: its questions are answered one after the other, those of
other lanes at the same time. A question that failed closes the archive, and the next one opens it
again: so a file that was gone is found once it is back.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from elitemap.archive.errors import ArchiveError
from elitemap.archive.reader import ArchiveReader

#: Seconds to wait for a process that holds the file for itself; the view shows the error, and asks
#: again.
_PATIENCE = 2.0

_T = TypeVar("_T")


class Lane:
    """One thread that reads an archive."""

    def __init__(self, path: Path, name: str) -> None:
        """A lane to this file, which is opened by the first question."""
        self._path = path
        self._reader: ArchiveReader | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"browse-{name}")

    async def ask(self, question: Callable[[ArchiveReader], _T]) -> _T:
        """The answer to a question; what is cancelled before its turn is never asked.

        Raises:
            ArchiveError: If the archive cannot be read now.
            UsageError: If the question is mistaken.
        """
        return await asyncio.wrap_future(self._thread.submit(self._answer, question))

    def renew(self) -> None:
        """Let the next question open the file again: it is another one now."""
        self._thread.submit(self._close)

    def close(self) -> None:
        """Close the file and end the thread after the question that it is at."""
        self._thread.submit(self._close)
        self._thread.shutdown(wait=False, cancel_futures=False)

    def _answer(self, question: Callable[[ArchiveReader], _T]) -> _T:
        try:
            if self._reader is None:
                self._reader = ArchiveReader.open(self._path, _PATIENCE)
            return question(self._reader)
        except ArchiveError:
            self._close()
            raise

    def _close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()
