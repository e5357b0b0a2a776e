"""Programs by id: storing each once, and finding them.

Only the conditions made here use the index of ids, which holds their first digits.
"""

import json
import sqlite3
from collections.abc import Sequence

from elitemap.archive.records import Ancestor, EliteRecord
from elitemap.archive.rows import Row, program_row

_DIGITS = 11  # of an id in the index, see elitemap.archive.files.schema


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


def store(connection: sqlite3.Connection, programs: Sequence[EliteRecord | Ancestor]) -> list[int]:
    """Insert programs that are not in the archive yet; the key of each, known or new.

    Args:
        connection: Inside a transaction that holds the write lock: nothing else in the file
            keeps ids unique.
        programs: A few hundred, so that they stay in the processor's cache from step to step.
            May name a program more than once; it keeps its first origin.
    """
    rows = [program_row(program) for program in programs]
    keys = dict(connection.execute(_KNOWN, [json.dumps([row[0] for row in rows])]).fetchall())
    (last,) = connection.execute("SELECT coalesce(max(key), 0) FROM program").fetchone()
    fresh: list[Row] = []
    for row in rows:
        if row[0] not in keys:
            keys[row[0]] = last + len(fresh) + 1
            fresh.append((keys[row[0]], *row))
    connection.executemany(
        "INSERT INTO program (key, id, body, source, parent, operator) VALUES (?, ?, ?, ?, ?, ?)",
        fresh,
    )
    return [keys[row[0]] for row in rows]


_KNOWN = (
    "SELECT program.id, program.key FROM json_each(?) AS wanted"
    f" CROSS JOIN program ON {named('wanted.value')}"
)

# Programs that are no elites, hold no certificate and no remark, and have no such descendant.
_PRUNE = f"""
WITH RECURSIVE kept (key, parent) AS (
  SELECT key, parent FROM program
  WHERE key IN (SELECT program FROM elite UNION SELECT program FROM certificate
    UNION SELECT program FROM remark)
  UNION
  SELECT program.key, program.parent FROM program JOIN kept ON {named("kept.parent")}
)
DELETE FROM program WHERE key NOT IN (SELECT key FROM kept)
"""


def prune(connection: sqlite3.Connection) -> None:
    """Drop programs that no elite, certificate or remark is about, nor one of their descendants.

    Args:
        connection: Inside a transaction.
    """
    connection.execute(_PRUNE)
