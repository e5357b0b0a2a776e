"""Giving back the room of what an archive holds no more.

The states that searches go on from, and programs that no elite descends from, fill most of the
file while a search runs. All of them go when it ends, and SQLite would keep their pages.
"""

import sqlite3
from contextlib import suppress
from pathlib import Path

from elitemap.archive.errors import ArchiveError
from elitemap.archive.files.connection import explained

_INCREMENTAL = 2


def prepare(connection: sqlite3.Connection) -> None:
    """Let a file without tables give back pages later; of one that has tables nothing changes."""
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")


def reclaim(connection: sqlite3.Connection, path: Path) -> None:
    """Shorten the file by its free pages; the writer holds no transaction.

    An archive that was made before it could do this is rewritten as one that can, once half of it
    is free. A disk that is too full for that, or another writer, leaves it as long as it is.
    """
    with suppress(ArchiveError), explained(path):
        free, pages, kind = (
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("freelist_count", "page_count", "auto_vacuum")
        )
        if kind == _INCREMENTAL:
            # A step frees one page, and ``execute`` takes only the first of a statement without
            # columns.
            connection.executescript("PRAGMA incremental_vacuum")
        elif 2 * free > pages:
            prepare(connection)
            connection.execute("VACUUM")
