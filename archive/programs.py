"""Programs by id: storing each once, and finding them.

Only the conditions made here use the index of ids, which holds their first digits.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import count

from elitemap.archive.records import Ancestor, EliteRecord
from elitemap.archive.rows import Row, program_row

_DIGITS = 11  # of an id in the index, see elitemap.archive.schema


def named(value: str) -> str:
    """Condition: the program's id is this value (an SQL expression, not a bare ``?``)."""
    start = f"substr(program.id, 1, {_DIGITS}) = substr({value}, 1, {_DIGITS})"
    # The plus keeps SQLite from putting the value for program.id into the first condition, which
    # would no longer match the index then.
    return f"{start} AND +program.id = {value}"


def begins(value: str) -> str:
    """Condition: the program's id begins with this value (an SQL expression, as above)."""
    start = f"substr({value}, 1, {_DIGITS})"
    return (
        f"substr(program.id, 1, {_DIGITS}) BETWEEN {start} AND {start} || 'g'"
        f" AND substr(program.id, 1, length({value})) = {value}"
    )


def store(connection: sqlite3.Connection, programs: Iterable[EliteRecord | Ancestor]) -> list[int]:
    """Insert programs that are not in the archive yet; the key of each, known or new.

    Args:
        connection: Inside a transaction that holds the write lock: nothing else in the file
            keeps ids unique.
        programs: May name a program more than once; it keeps its first origin.
    """
    keys: list[int] = []
    connection.executemany(
        "INSERT INTO program (key, id, body, source, parent, operator) VALUES (?, ?, ?, ?, ?, ?)",
        _new(connection, programs, keys),
    )
    return keys


def _new(
    connection: sqlite3.Connection, programs: Iterable[EliteRecord | Ancestor], keys: list[int]
) -> Iterator[Row]:
    """Rows to insert; each is in the table before the next is asked for.

    A generator, because a million rows held at once would keep the garbage collector busy for
    longer than the database.
    """
    lookup = f"SELECT key FROM program WHERE {named('?1')}"
    (last,) = connection.execute("SELECT coalesce(max(key), 0) FROM program").fetchone()
    fresh = count(last + 1)
    for program in programs:
        row = program_row(program)
        found = connection.execute(lookup, row[:1]).fetchone()
        if found is None:
            found = (next(fresh),)
            yield (*found, *row)
        keys.append(found[0])
