"""What lies at a path, looked at before it is opened: is it ours, is it whole, is there a log.

Nothing here, nor anything else of ours, opens an archive but SQLite. POSIX takes all locks on a
file away from a process as soon as it closes any descriptor of that file, also one that it has
only read a few bytes through; SQLite knows of its own connections and closes them with care.
"""

import errno
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from elitemap.archive.errors import ArchiveError
from elitemap.archive.files.connection import CURES, connect, explained, newer
from elitemap.archive.files.schema import APPLICATION_ID, STEPS

_HEADER = 100


def inspect(path: Path) -> None:
    """Refuse what is not an archive of ours, asking only for what the file's header says.

    Raises:
        ArchiveError: If the file is missing, a folder, foreign, newer or too short.
    """
    size = _size(path)
    with explained(path):
        application, version, page = _header(path)
    if 0 < size < _HEADER:
        raise ArchiveError(f"{path} {CURES[sqlite3.SQLITE_CORRUPT]}")
    if application != APPLICATION_ID:
        raise ArchiveError(f"{path} {CURES[sqlite3.SQLITE_NOTADB]}")
    if version > len(STEPS):
        raise newer(path, f"schema {version}, this elitemap knows {len(STEPS)}")
    # A file cut within a page, unless a log beside it can complete it.
    if path.stat().st_size % page and not logged(path):
        raise ArchiveError(f"{path} {CURES[sqlite3.SQLITE_CORRUPT]}")


def logged(path: Path) -> bool:
    """Whether a write-ahead log with content lies beside the file."""
    log = Path(f"{path}-wal")
    return log.exists() and log.stat().st_size > 0


def _size(path: Path) -> int:
    """Bytes of a regular file that may be read.

    Raises:
        ArchiveError: If it is none.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        raise ArchiveError(f"no archive at {path}: run a search first, or name one") from None
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    if stat.S_ISDIR(found.st_mode):
        raise _unreadable(path, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):  # SQLite would wait for a pipe
        raise ArchiveError(f"{path} {CURES[sqlite3.SQLITE_NOTADB]}")
    if not os.access(path, os.R_OK):
        raise _unreadable(path, os.strerror(errno.EACCES))
    return found.st_size


def _header(path: Path) -> tuple[int, int, int]:
    """Application id, user version and bytes per page as the file itself says.

    An immutable connection takes no lock and leaves nothing beside the file, whosever it is.
    """
    with closing(connect(path, "ro&immutable=1", 0.0)) as connection:
        # While a log is being copied into it a file may be shorter than its header says already.
        connection.execute("PRAGMA writable_schema = ON")
        names = ("application_id", "user_version", "page_size")
        found = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    return found[0], found[1], found[2]


def _unreadable(path: Path, why: str) -> ArchiveError:
    return ArchiveError(f"{path} cannot be read ({why}): name a file that may be read")
