"""Noticing that an archive has changed, without keeping anybody waiting.

``PRAGMA data_version`` of one open connection changes when another process has written; no transaction
is left open between two looks, so a writer's checkpoint always gets through.
"""

from elitemap.archive.reader import ArchiveReader

#: Seconds between two looks.
EVERY = 0.5

#: Share of the time that following a busy search may take: after a refresh that took a second the
#: next one waits for three.
_REST = 3.0


def version(reader: ArchiveReader) -> object:
    """Equal as long as nothing has been written, and other for every opened file."""
    return id(reader), reader.data_version


def rest(seconds: float) -> float:
    """Seconds to leave the archive alone after a refresh that took so long."""
    return _REST * seconds
