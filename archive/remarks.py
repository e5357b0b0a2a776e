"""Marks and notes: what people say about programs."""

import sqlite3
from typing import Any

from elitemap.archive.errors import UsageError
from elitemap.archive.programs import named
from elitemap.archive.records import Remark
from elitemap.archive.rows import damaged
from elitemap.archive.text import plain

#: Characters of a mark and of a note; the tables have the same bounds.
LONGEST_MARK = 40
LONGEST_NOTE = 10_000

_KEY = f"(SELECT key FROM program WHERE {named(':id')})"


def put(
    connection: sqlite3.Connection, program: str, mark: str | None, note: str | None, at: str
) -> None:
    """Store what is said about a program in place of what was said before.

    Args:
        connection: Inside a transaction.
        program: Its id.
        mark: A short word; None or blank for none.
        note: Any text; None or blank for none. If there is no mark either the remark goes.
        at: Now, as ISO 8601 text.

    Raises:
        UsageError: If a text is too long or the archive has no such program.
    """
    mark = _bounded("mark", mark, LONGEST_MARK)
    note = _bounded("note", note, LONGEST_NOTE)
    found = connection.execute(f"SELECT {_KEY}", {"id": plain(program)}).fetchone()
    if found == (None,):
        raise UsageError(
            f"expected the id of a program of the archive, got {program!r}: `elitemap elites`"
            " lists them"
        )
    if mark is None and note is None:
        connection.execute("DELETE FROM remark WHERE program = ?", found)
    else:
        connection.execute(
            "INSERT OR REPLACE INTO remark (program, mark, note, at) VALUES (?, ?, ?, ?)",
            (*found, mark, note, at),
        )


def get(connection: sqlite3.Connection, program: str) -> Remark | None:
    """What was said about a program, by its id; None if nothing.

    Raises:
        ArchiveError: If it is nothing that we could have written.
    """
    row = connection.execute(
        f"SELECT mark, note, at FROM remark WHERE program = {_KEY}", {"id": program}
    ).fetchone()
    return None if row is None else remark(*row)


def remark(mark: Any, note: Any, at: Any) -> Remark:
    """A remark from the columns of an archive, which may come from a stranger.

    Raises:
        ArchiveError: If it is nothing that we could have written.
    """
    if not (_is_text(mark, LONGEST_MARK) and _is_text(note, LONGEST_NOTE) and _is_text(at, 40)):
        raise damaged("the remark on a program")
    return Remark(mark, note, at)


def _bounded(name: str, text: str | None, longest: int) -> str | None:
    if text is None or not text.strip():
        return None
    text = plain(text)
    if len(text) > longest:
        raise UsageError(
            f"expected a {name} of at most {longest} characters, got {len(text)}: shorten it"
        )
    return text


def _is_text(value: Any, longest: int) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= longest)
