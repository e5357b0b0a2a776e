"""What an archive holds of a run, row by row: read from a stranger's file and checked."""

import re
import sqlite3
from collections.abc import Iterator
from math import isnan
from typing import Any

from elitemap.archive.columns import Kind, value_columns
from elitemap.archive.records import RUN_STATUSES, STATUSES, RunRecord
from elitemap.archive.rows import (
    RUN_COLUMNS,
    Row,
    damaged,
    document,
    read_number,
    read_text,
    run_record,
)

#: How the cell of an elite is written.
CELL = re.compile(r"\[(-?\d+(,-?\d+)*)?\]")

#: Key of a run's configuration that names the run of which it is a branch.
BRANCH = "branch_of"

#: A kind and a name: a column of the table of elites.
Value = tuple[Kind, str]


def record(source: sqlite3.Connection, run: int) -> RunRecord:
    """The record of a run.

    Raises:
        ArchiveError: If it is nothing that we could have written.
    """
    row = source.execute(f"SELECT {RUN_COLUMNS} FROM run WHERE key = ?", [run]).fetchone()
    found = run_record(row)
    ids = (found.id, found.config.get(BRANCH, ""))
    texts = (found.space, found.target, found.started_at, found.version, found.finished_at or "")
    if (
        not all(isinstance(text, str) for text in (*ids, *texts))
        or not all(map(str.isprintable, ids))  # SQLite's JSON ends at a zero
        or not isinstance(found.seed, int)
        or found.status not in RUN_STATUSES
    ):
        raise damaged("the record of a run")
    return found


def axes(source: sqlite3.Connection, run: int) -> list[Value]:
    """What the elites of a run have, in order of the names.

    Raises:
        ArchiveError: If the run names what has no column.
    """
    rows = source.execute("SELECT kind, name FROM axis WHERE run = ? ORDER BY kind, name", [run])
    found = rows.fetchall()
    if missing := set(found) - set(value_columns(source)):
        raise damaged(f"the name {min(map(repr, missing))}, which has no column")
    return found


def elites(source: sqlite3.Connection, run: int, values: list[Value]) -> Iterator[Row]:
    """Slot, key of the program, cell, quality, status and the values of every elite.

    Raises:
        ArchiveError: If one is nothing that we could have written.
    """
    columns = "".join(f", {kind}_{name}" for kind, name in values)
    checks = [(read_text if kind == "text" else read_number, name) for kind, name in values]
    for row in source.execute(
        f"SELECT slot, program, cell, quality, status{columns} FROM elite"
        " WHERE run = ? ORDER BY slot",
        [run],
    ):
        for (check, name), value in zip(checks, row[5:], strict=True):
            if value is not None:
                check(name, value)
        if row[4] not in STATUSES or not CELL.fullmatch(str(row[2])) or not _quality(row[3]):
            raise damaged(f"the elite of slot {row[0]}")
        yield row


def _quality(value: Any) -> bool:
    return isinstance(value, float) and not isnan(value)


def documents(source: sqlite3.Connection, table: str, columns: str, run: int) -> Iterator[Row]:
    """Some columns of the rows of a run in a table, the last of them a document.

    Raises:
        ArchiveError: If one is no JSON object.
    """
    for row in source.execute(f"SELECT {columns} FROM {table} WHERE run = ?", [run]):
        if not isinstance(document(row[-1]), dict):
            raise damaged(f"a {table} of a run")
        yield row
