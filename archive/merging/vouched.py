"""What was checked of elites that a later version of a run has replaced, as that version keeps it.

A third version may still have such an elite. It gets what was checked of it whenever it comes, so
the order in which versions come makes no difference. An archive keeps the rows with the first
version of a run, as long as no version of it has the elite.
"""

import json
import re
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from elitemap.archive.columns import Kind, value_columns
from elitemap.archive.identity import canonical_text
from elitemap.archive.merging import rows
from elitemap.archive.programs import named
from elitemap.archive.records import STATUSES
from elitemap.archive.rows import damaged, read_number, read_text
from elitemap.archive.states import VOUCHED

_ID = re.compile(r"[0-9a-f]{64}")

#: Rows as canonical texts: slot, id of the program, cell, quality in hexadecimal, status, and
#: values by column.
Vouched = frozenset[str]


def of_elites(connection: sqlite3.Connection, run: int, values: list[rows.Value]) -> Vouched:
    """The elites of a version that were checked.

    Raises:
        ArchiveError: If one is nothing that we could have written.
    """
    columns = [f"{kind}_{name}" for kind, name in values]
    found = set()
    for slot, program, cell, quality, status, *told in rows.elites(connection, run, values):
        if status != STATUSES[0]:
            row = connection.execute("SELECT id FROM program WHERE key = ?", [program]).fetchone()
            some = {n: value for n, value in zip(columns, told, strict=True) if value is not None}
            name = "" if row is None else row[0]
            found.add(canonical_text([slot, name, cell, quality.hex(), status, some]))
    return frozenset(found)


def kept(connection: sqlite3.Connection, run: int) -> Vouched:
    """What a version keeps.

    Raises:
        ArchiveError: If it is nothing that we could have written.
    """
    row = connection.execute(
        "SELECT body FROM state WHERE run = ? AND island = ?", [run, VOUCHED]
    ).fetchone()
    if row is None:
        return frozenset()
    try:
        found = json.loads(row[0])
        names = {f"{kind}_{name}": kind for kind, name in value_columns(connection)}
        if all(_sound(one, names) for one in found):
            return frozenset(map(canonical_text, found))
    except (ValueError, TypeError, OverflowError, RecursionError):
        pass
    raise damaged("what was checked of elites that a run has replaced")


def keep(target: sqlite3.Connection, run: int, vouched: Vouched) -> None:
    """Let a version keep this and nothing else."""
    if vouched:
        body = f"[{','.join(sorted(vouched))}]".encode()
        target.execute("INSERT OR REPLACE INTO state VALUES (?, ?, ?)", [run, VOUCHED, body])
    else:
        target.execute("DELETE FROM state WHERE run = ? AND island = ?", [run, VOUCHED])


def as_rows(
    target: sqlite3.Connection, vouched: Iterable[str], values: list[rows.Value]
) -> list[tuple[Any, ...]]:
    """As :func:`.rows.elites` gives elites, in any order; without programs that are not there."""
    found = []
    for text in vouched:
        slot, name, cell, quality, status, told = json.loads(text)
        program = target.execute(
            f"SELECT key FROM program WHERE {named('?1')}", {"1": name}
        ).fetchone()
        if program is not None:
            own = (told.get(f"{kind}_{column}") for kind, column in values)
            found.append((slot, program[0], cell, float.fromhex(quality), status, *own))
    return found


def lasting(target: sqlite3.Connection, versions: Iterable[int], vouched: Vouched) -> Vouched:
    """What must be kept: that of elites which no version has."""
    present = {
        row
        for run in versions
        for row in target.execute(
            "SELECT slot, id FROM elite JOIN program ON program.key = elite.program"
            " WHERE run = ? AND status <> 'candidate'",
            [run],
        )
    }
    return frozenset(text for text in vouched if tuple(json.loads(text)[:2]) not in present)


def _sound(row: Any, names: Mapping[str, Kind]) -> bool:
    slot, name, cell, quality, status, told = row
    for column, value in told.items():
        read = read_text if names.get(column) == "text" else read_number
        read(column, value)
    return (
        type(slot) is int
        and 0 <= slot < 2**63
        and isinstance(name, str)
        and _ID.fullmatch(name) is not None
        and isinstance(cell, str)
        and rows.CELL.fullmatch(cell) is not None
        and float.fromhex(quality) == float.fromhex(quality)
        and status in STATUSES[1:]
    )
