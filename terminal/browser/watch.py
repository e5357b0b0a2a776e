"""Noticing that an archive has changed, without keeping anybody waiting.

``PRAGMA data_version`` of one open connection changes when another one has written. No transaction
is left open between two looks, so a writer's checkpoint always gets through. A search that was
killed writes nothing more, but its claim on the run is free.
"""

from time import monotonic

from elitemap.archive.reading.reader import ArchiveReader
from elitemap.terminal.browser.lanes import Lane

#: Seconds between two looks.
EVERY = 0.5

#: Rest after a refresh, per second that it took: so a large archive that is being written to does
#: not keep the machine busy.
_REST = 3.0


class Watch:
    """Tells versions of an archive apart."""

    def __init__(self, lane: Lane) -> None:
        """A watch that has not looked yet."""
        self._lane = lane
        self._looking = False
        self._asked_at = self._rest_until = 0.0
        #: Equal as long as nothing has been written.
        self.version: object = None

    async def changed(self) -> bool:
        """Whether there is another version since the last time; no while it rests.

        Raises:
            ArchiveError: If the archive cannot be read now.
        """
        if self._looking or monotonic() < self._rest_until:
            return False
        self._looking = True
        try:
            version = await self._lane.ask(_version)
        finally:
            self._looking = False
        changed, self.version = version != self.version, version
        return changed

    def asked(self) -> None:
        """A refresh begins."""
        self._asked_at = monotonic()

    def answered(self) -> None:
        """A refresh has ended."""
        now = monotonic()
        self._rest_until = now + _REST * (now - self._asked_at)

    def lost(self) -> None:
        """The archive could not be read: whatever comes next is another version."""
        self.version = None
        self._rest_until = 0.0


def _version(reader: ArchiveReader) -> object:
    return id(reader), reader.data_version, reader.searched()
