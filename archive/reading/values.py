"""Objectives and measures of the rows of a query, by name."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elitemap.archive.columns import Kind, value_columns
from elitemap.archive.rows import damaged, read_number, read_text

Objectives = dict[str, float | str | None]
Measures = dict[str, float | None]


@dataclass(frozen=True)
class Values:
    """How to read what elites have by name.

    Attributes:
        sql: The columns of all values, to stand after others, each with a comma before it.
        used: Place, kind and name of the values that a run has, by the run's key.
    """

    sql: str
    used: Mapping[int, Sequence[tuple[int, Kind, str]]]

    def read(self, run: int, row: Sequence[Any]) -> tuple[Objectives, Measures]:
        """What the columns of ``sql`` hold for an elite of a run.

        Raises:
            ArchiveError: If it is nothing that our columns let in.
        """
        used = self.used.get(run, ())
        numbers = {n: read_number(n, row[k]) for k, kind, n in used if kind == "objective"}
        measures = {n: read_number(n, row[k]) for k, kind, n in used if kind == "measure"}
        written = {n: read_text(n, row[k]) for k, kind, n in used if kind == "text"}
        # A name can have been both in one run: what is known counts.
        labels = {n: t for n, t in written.items() if t is not None or n not in numbers}
        return {**numbers, **labels}, measures


def values(connection: sqlite3.Connection) -> Values:
    """How to read the values of the elites of an archive.

    Raises:
        ArchiveError: If a run uses a name that has no column.
    """
    columns = value_columns(connection)
    places = {column: place for place, column in enumerate(columns)}
    used: dict[int, list[tuple[int, Kind, str]]] = {}
    for run, kind, name in connection.execute("SELECT run, kind, name FROM axis"):
        if (kind, name) not in places:
            raise damaged(f"the {kind} {name!r}, which has no column")
        used.setdefault(run, []).append((places[kind, name], kind, name))
    return Values("".join(f", elite.{kind}_{name}" for kind, name in columns), used)
