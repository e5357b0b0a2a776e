"""Making an archive, upgrading an older one, and opening it for writing."""

import os
import sqlite3
from pathlib import Path
from uuid import uuid4

from elitemap.archive.columns import show
from elitemap.archive.errors import ArchiveError
from elitemap.archive.files.connection import connect, explained, pending, transaction
from elitemap.archive.files.inspection import inspect
from elitemap.archive.files.reclaiming import prepare
from elitemap.archive.files.schema import APPLICATION_ID, STEPS, migrations

#: Seconds to wait for another process that writes to the same file.
TIMEOUT = 10.0

# Pages of 4 KiB: the writer keeps so many in memory, and the log grows by so many before they are
# copied into the file.
_CACHE = 32768
_LOG = 8192


def writable(path: Path, timeout: float) -> sqlite3.Connection:
    """A connection for writing; makes the archive if there is none, upgrades it if it is older.

    Raises:
        ArchiveError: If the file is foreign, newer, damaged, locked or cannot be written.
    """
    with explained(path):
        if not path.exists():
            _create(path, timeout)
        elif path.is_file() and path.stat().st_size == 0:
            _migrate(path, timeout)
        inspect(path)
        connection = connect(path, "rw", timeout)
        try:
            _prepare(connection, path, timeout)
        except BaseException:
            connection.close()
            raise
    return connection


def upgrade(path: Path | str, timeout: float = TIMEOUT) -> None:
    """Give an archive the present layout; nothing happens if it has that already.

    Args:
        path: The file; it is not made if there is none.
        timeout: Seconds to wait for a lock.

    Raises:
        ArchiveError: If there is none, or it is foreign, newer, damaged, locked or cannot be
            written.
    """
    path = Path(path)
    inspect(path)
    writable(path, timeout).close()


def _create(path: Path, timeout: float) -> None:
    """Make a complete archive under another name, then give it its name: never half an archive."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        _migrate(draft, timeout)
        _publish(draft, path)
    except OSError as error:
        raise ArchiveError(
            f"{path} cannot be made ({error.strerror}): choose a folder that may be written"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _publish(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)  # unlike a rename it never replaces what another process made
    except FileExistsError:
        return
    except OSError:
        draft.rename(path)  # a file system without hard links


def _migrate(path: Path, timeout: float) -> None:
    """Apply all steps in one transaction, then switch to the write-ahead log."""
    from sqlite_utils import Database  # half a second where pandas is installed

    connection = connect(path, "rwc", timeout)
    try:
        prepare(connection)
        with transaction(connection, path):
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrations().apply(Database(connection))
            show(connection)
            connection.execute(f"PRAGMA user_version = {len(STEPS)}")
        connection.execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, path: Path, timeout: float) -> None:
    if pending(connection, path):
        _migrate(path, timeout)
    for setting in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        f"cache_size = {_CACHE}",
        f"wal_autocheckpoint = {_LOG}",
        f"journal_size_limit = {_LOG * 4096}",
    ):
        connection.execute(f"PRAGMA {setting}")
    with transaction(connection, path):
        pass  # a locked or read-only file is to be found now, not after a search
