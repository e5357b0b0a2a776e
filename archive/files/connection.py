"""Connections to archive files, and one line for everything that fails."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elitemap.archive.errors import ArchiveError, Cancelled
from elitemap.archive.files.schema import MIGRATION_SET, STEPS, TABLES
from elitemap.archive.identity import problem_id

#: What to say of primary result codes of SQLite that the world causes; all others are mistakes of
#: ours and pass.
CURES = {
    sqlite3.SQLITE_BUSY: "is locked by another process: wait until it ends, or use another file",
    sqlite3.SQLITE_LOCKED: "is locked by another process: wait until it ends, or use another file",
    sqlite3.SQLITE_READONLY: "cannot be written: allow writing to the file and its folder",
    sqlite3.SQLITE_PERM: "cannot be opened: allow access to the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: check that its folder exists and may be written",
    sqlite3.SQLITE_FULL: "could not grow, the disk is full: free some space and resume",
    sqlite3.SQLITE_IOERR: "could not be read or written: check the disk and its free space",
    sqlite3.SQLITE_CORRUPT: "is damaged or truncated: restore it from a copy",
    sqlite3.SQLITE_NOTADB: "is not an elitemap archive: choose another file with --archive",
}

# Messages of SQLite's general error that can only come from a damaged header or schema.
_DAMAGED = ("no such table", "no such column", "unsupported file format")


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite reports about the file into an ``ArchiveError`` of one line.

    Raises:
        ArchiveError: For what the world causes; mistakes of ours pass as they are.
        Cancelled: If the connection was interrupted.
    """
    try:
        yield
    except MemoryError as error:  # of SQLite, too, for rows whose lengths are beyond all bounds
        raise ArchiveError(
            f"{path} asks for more memory than there is: restore it from a copy if it is damaged,"
            " or free some"
        ) from error
    except UnicodeDecodeError as error:  # from a message that quotes a damaged schema
        raise ArchiveError(f"{path} {CURES[sqlite3.SQLITE_CORRUPT]} ({error.reason})") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code == sqlite3.SQLITE_INTERRUPT:
            raise Cancelled("the question was withdrawn before it was answered") from error
        # Without a code: a text of the file that is not UTF-8.
        unreadable = code is None and type(error) is sqlite3.OperationalError
        if unreadable or str(error).startswith(_DAMAGED):
            code = sqlite3.SQLITE_CORRUPT
        cure = None if code is None else CURES.get(code & 0xFF)
        if cure is None:
            raise
        detail = " ".join(str(error).split())
        raise ArchiveError(f"{path} {cure} ({detail})") from error


@contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All or nothing, holding the write lock from the start.

    Raises:
        ArchiveError: If the file is locked for longer than the connection's timeout, read-only,
            damaged, or the disk is full; nothing has been written then.
    """
    with explained(path):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


@contextmanager
def unchecked(connection: sqlite3.Connection) -> Iterator[None]:
    """Leave out the CHECKs of tables, a tenth of the work of writing.

    Only for rows that were made from records here and checked on the way: what comes from a
    stranger's file has to pass them.
    """
    connection.execute("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA ignore_check_constraints = OFF")


def connect(path: Path, mode: str, timeout: float) -> sqlite3.Connection:
    """A connection in autocommit mode whose SQL knows ``problem_id``.

    Args:
        path: The file.
        mode: SQLite's URI mode ``ro``, ``rw`` or ``rwc``, perhaps with further parameters.
        timeout: Seconds to wait for a lock.
    """
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=timeout, isolation_level=None)
    connection.create_function("problem_id", 1, problem_id, deterministic=True)
    return connection


def incomplete(path: Path) -> ArchiveError:
    """The error for an archive without its tables."""
    return ArchiveError(f"{path} {CURES[sqlite3.SQLITE_CORRUPT]} (tables are missing)")


def newer(path: Path, detail: str) -> ArchiveError:
    """The error for an archive that this elitemap is too old for."""
    return ArchiveError(f"{path} was written by a newer elitemap ({detail}): upgrade elitemap")


def pending(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether migrations wait to be applied.

    Raises:
        ArchiveError: If the archive is newer than this elitemap or tables are missing.
    """
    with explained(path):
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        applied = set()
        if "_sqlite_migrations" in tables:
            applied = {
                name
                for (name,) in connection.execute(
                    "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [MIGRATION_SET]
                )
            }
    unknown = sorted(applied.difference(STEPS))
    if unknown:
        raise newer(path, f"unknown migration {unknown[0]!r}")
    waiting = bool(set(STEPS) - applied)
    if not waiting and not tables.issuperset(TABLES):
        raise incomplete(path)
    return waiting
