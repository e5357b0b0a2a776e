"""Opening archives for reading: wherever they lie, of older layouts too, and leaving no traces."""

import sqlite3
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from elitemap.archive.errors import ArchiveError
from elitemap.archive.files.connection import connect, explained, incomplete
from elitemap.archive.files.inspection import inspect, logged
from elitemap.archive.files.schema import TABLES

# What SQLite answers where it cannot make the index of a write-ahead log.
_NO_INDEX = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)

# Tables that older layouts lack, as far as readers ask them.
_LATER = {
    "member": "CREATE TEMP TABLE member (run, slot, body, number)",
    "remark": "CREATE TEMP TABLE remark (program, mark, note, at)",
}


def readable(path: Path, timeout: float, cleanup: ExitStack) -> sqlite3.Connection:
    """A read-only connection, also where the folder may not be written.

    A write-ahead log can only be read with an index file beside it, which SQLite cannot make in
    a read-only folder: without a log the file is opened as immutable, with one both are copied.

    Args:
        path: The file.
        timeout: Seconds to wait for a lock.
        cleanup: Closes the connection and removes what was copied.

    Raises:
        ArchiveError: If it is not an archive of ours, newer, damaged or locked.
    """
    inspect(path)
    with explained(path):
        connection = connect(path, "ro", timeout)
        try:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            connection.close()
            if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _NO_INDEX:
                raise
            connection = _frozen(path, timeout, cleanup)
            cleanup.callback(connection.close)
        else:
            cleanup.callback(tidy, path)
            cleanup.callback(connection.close)
        connection.execute("PRAGMA query_only = ON")
    return connection


def _frozen(path: Path, timeout: float, cleanup: ExitStack) -> sqlite3.Connection:
    if not logged(path):
        return connect(path, "ro&immutable=1", timeout)
    source = path.resolve()
    try:
        folder = cleanup.enter_context(
            tempfile.TemporaryDirectory(prefix="elitemap-", ignore_cleanup_errors=True)
        )
        # By another process: this one would lose its locks, see elitemap.archive.files.inspection.
        command = ["cp", str(source), f"{source}-wal", folder]
        copied = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    except OSError as error:
        raise _uncopied(path, error.strerror or str(error)) from error
    if copied.returncode:
        raise _uncopied(path, copied.stderr or f"cp ended with {copied.returncode}")
    return connect(Path(folder) / source.name, "rw", timeout)


def _uncopied(path: Path, why: str) -> ArchiveError:
    return ArchiveError(
        f"{path} cannot be copied to be read ({' '.join(why.split())}): allow writing to its"
        " folder, or to that for temporary files (TMPDIR)"
    )


def stand_in(connection: sqlite3.Connection, path: Path) -> bool:
    """Let empty tables stand in for those that an older layout lacks; whether there are any.

    They hide the tables of the file, so they go when somebody has upgraded it: call this again
    when the file may have changed.

    Raises:
        ArchiveError: If tables are missing that every layout has.
    """
    missing = set(TABLES) - _tables(connection, "main")
    if not missing <= _LATER.keys():
        raise incomplete(path)
    standing = _tables(connection, "temp")
    if missing != standing:
        connection.execute("PRAGMA query_only = OFF")
        for name in missing - standing:
            connection.execute(_LATER[name])
        for name in standing - missing:
            connection.execute(f"DROP TABLE temp.{name}")
        connection.execute("PRAGMA query_only = ON")
    return bool(missing)


def _tables(connection: sqlite3.Connection, schema: str) -> set[str]:
    rows = connection.execute(f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table'")
    return {name for (name,) in rows}


def tidy(path: Path) -> None:
    """Let SQLite remove an empty write-ahead log and its index, unless somebody uses the archive.

    Whoever reads an archive makes both files, and a reader may not remove them again. Nor may we:
    a process that opens the archive meanwhile would lose its index to others. But the last
    connection that may write removes both as it closes, under a lock that tells it that nobody
    else is there. A log with content is left to those who write.
    """
    log = Path(f"{path}-wal")
    if not log.exists() or logged(path):
        return
    # Where this fails the files stay; whoever read the archive has got what they asked for.
    with suppress(ArchiveError, sqlite3.Error, OSError):
        inspect(path)
        connection = connect(path, "rw", 0.0)
        try:
            with explained(path):
                connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        finally:
            connection.close()
