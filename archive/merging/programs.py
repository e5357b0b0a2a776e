"""Programs of one archive in another: each once, checked, with the origin all archives agree on."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from elitemap.archive.identity import canonical_text, text_identity
from elitemap.archive.programs import named
from elitemap.archive.rows import damaged, program_body

# Programs are looked up and inserted so many at a time.
_CHUNK = 1000

_KNOWN = (
    "SELECT program.id, program.key, program.source, program.parent, program.operator"
    f" FROM json_each(?) AS wanted CROSS JOIN program ON {named('wanted.value')}"
)

#: A row of the table: key, id, body, source, parent and operator.
Row = tuple[int, str, str, str, str | None, str | None]


def copy_programs(
    source: sqlite3.Connection, target: sqlite3.Connection, tell: Callable[[int], None]
) -> None:
    """Bring all programs of an archive into another.

    Where an archive knows another origin of a program than another one, that which a certificate
    has given it counts, then the last in order of texts: so it makes no difference which archive
    was first. The table ``temp.mapped`` tells the new keys by the old ones.

    Args:
        source: Inside a transaction that reads.
        target: Inside a transaction that holds the write lock.
        tell: Called with the number of programs after every few.

    Raises:
        ArchiveError: If a program is not what its id names.
    """
    target.execute("DROP TABLE IF EXISTS temp.mapped")
    target.execute("CREATE TEMP TABLE mapped (source INTEGER PRIMARY KEY, key INTEGER NOT NULL)")
    (last,) = target.execute("SELECT coalesce(max(key), 0) FROM program").fetchone()
    for rows in _chunks(source):
        known = {
            row[0]: row[1:]
            for row in target.execute(_KNOWN, [json.dumps([row[1] for row in rows])])
        }
        fresh: dict[str, tuple[Any, ...]] = {}
        for row in rows:
            if row[1] not in known and row[1] not in fresh:
                last += 1
                fresh[row[1]] = (last, *row[1:])
        keys = {name: row[0] for name, row in (known | fresh).items()}
        target.executemany("INSERT INTO program VALUES (?, ?, ?, ?, ?, ?)", fresh.values())
        target.executemany(
            "UPDATE program SET source = ?, parent = ?, operator = ? WHERE key = ?",
            [
                (*row[3:], keys[row[1]])
                for row in rows
                if row[1] in known and _origin(row[3:]) > _origin(known[row[1]][1:])
            ],
        )
        target.executemany(
            "INSERT INTO mapped VALUES (?, ?)", [(row[0], keys[row[1]]) for row in rows]
        )
        tell(len(rows))


def _origin(told: Sequence[Any]) -> tuple[bool, str, str, str]:
    """An order of what archives tell of a program beside its body."""
    source, parent, operator = told
    return operator == "certify", parent or "", operator or "", source


def _chunks(source: sqlite3.Connection) -> Iterator[list[Row]]:
    cursor = source.execute(
        "SELECT key, id, body, source, parent, operator FROM program ORDER BY key"
    )
    while rows := cursor.fetchmany(_CHUNK):
        for row in rows:
            _check(row[1], row[2])
        yield rows


def _check(name: Any, body: Any) -> None:
    """Raise if a program is not what its id names, or not written as we write programs."""
    if not isinstance(body, str) or text_identity(body) != name:
        raise damaged(f"program {str(name)[:12]!r}, which does not match its id")
    try:
        ours = canonical_text(program_body(body)) == body
    except (ValueError, RecursionError):  # of what can be read but not be written
        ours = False
    if not ours:
        raise damaged(f"program {name[:12]}, which is not written as ours are")
