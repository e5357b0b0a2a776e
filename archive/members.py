"""Members of elites: the disguises in which a run found one and the same program."""

import sqlite3
from collections.abc import Iterable

from elitemap.archive.records import Member
from elitemap.archive.rows import member_row
from elitemap.archive.states import UNITED, followed, read_united, united_body, unpacked

# Of the members that two elites share the first stays.
ADD = (
    "INSERT INTO member (run, slot, body, number) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (run, slot, body) DO UPDATE SET number = min(number, excluded.number)"
)

# Slots of a run whose program is an elite in another slot too, and the slot that is to stay: the
# one that was checked most thoroughly, of those the lowest.
_TWINS = """
SELECT slot, kept FROM (
  SELECT slot, first_value(slot) OVER (PARTITION BY program
    ORDER BY status = 'certified' DESC, status = 'confirmed' DESC, slot) AS kept
  FROM elite WHERE run = ?
) WHERE slot <> kept
"""


def add(connection: sqlite3.Connection, run: int, members: Iterable[Member]) -> None:
    """Store members that the archive does not hold yet; ``run`` is a key."""
    connection.executemany(ADD, (member_row(run, member) for member in members))


def vacate(connection: sqlite3.Connection, run: int, slots: Iterable[int]) -> None:
    """Empty slots of a run, members included."""
    keys = [(run, slot) for slot in slots]
    for table in ("elite", "member"):
        connection.executemany(f"DELETE FROM {table} WHERE run = ? AND slot = ?", keys)


def unite(connection: sqlite3.Connection, run: int) -> dict[int, int]:
    """Keep one of the slots that hold the same program, with the members of all.

    The run's state tells it from then on: an enumeration that goes on finds what was given up
    again.

    Returns:
        By slot that was emptied the one that stays.
    """
    twins = connection.execute(_TWINS, [run]).fetchall()
    for slot, kept in twins:
        rows = connection.execute(
            "SELECT run, ?, body, number FROM member WHERE run = ? AND slot = ?", [kept, run, slot]
        ).fetchall()
        connection.executemany(ADD, rows)
    if twins:
        vacate(connection, run, (slot for slot, _ in twins))
        before = connection.execute(
            "SELECT body FROM state WHERE run = ? AND island = ?", [run, UNITED]
        ).fetchone()
        known = read_united(unpacked(before[0])) if before is not None else {}
        connection.execute(
            "INSERT OR REPLACE INTO state VALUES (?, ?, ?)",
            [run, UNITED, united_body(followed(known, dict(twins)))],
        )
    return dict(twins)


def census(connection: sqlite3.Connection, run: int) -> tuple[int, int, int]:
    """How many elites, cells in use and members a run has."""
    elites, cells = connection.execute(
        "SELECT count(*), count(DISTINCT cell) FROM elite WHERE run = ?", [run]
    ).fetchone()
    (members,) = connection.execute("SELECT count(*) FROM member WHERE run = ?", [run]).fetchone()
    return int(elites), int(cells), int(members)
