"""The columns that the elites of a query have, and what they range over."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from elitemap.archive.columns import Kind, searchable
from elitemap.archive.objectives import Objective, merged, recorded
from elitemap.archive.querying.elites import ElitesQuery, source
from elitemap.archive.querying.fronts import Run, directions
from elitemap.archive.rows import read_number


@dataclass(frozen=True)
class ColumnInfo:
    """An objective or measure.

    Attributes:
        name: The name by which queries ask for it.
        kind: What it is.
        low: Its smallest value; None if there is none, and for texts.
        high: Its largest value.
        sign: +1 if the runs say that more is better, -1 if less is, 0 if they do not tell.
        objective: What the runs declare of it; None for measures, and for what none declares.
    """

    name: str
    kind: Kind
    low: float | None
    high: float | None
    sign: int = 0
    objective: Objective | None = None

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.kind != "text"


def inventory(
    connection: sqlite3.Connection, query: ElitesQuery, runs: Sequence[Run]
) -> list[ColumnInfo]:
    """The objectives, texts and measures of these runs, with the ranges of a query's elites.

    Raises:
        ArchiveError: If a value is nothing that our columns let in.
        UsageError: If the query is mistaken.
    """
    used = _used(connection, runs)
    if not used:
        return []
    chosen = source(connection, query, runs)
    ranges = ", ".join(
        "NULL, NULL" if kind == "text" else f"min({sql}), max({sql})" for _, kind, _, sql in used
    )
    row = connection.execute(f"SELECT {ranges} {chosen.sql}", chosen.values).fetchone()
    signs, declared = directions(runs), merged(recorded(run.space, run.config) for run in runs)
    return [
        ColumnInfo(
            label,
            kind,
            read_number(name, row[2 * place]),
            read_number(name, row[2 * place + 1]),
            signs.get(name, 0) if kind == "objective" else 0,
            declared.get(name) if kind != "measure" else None,
        )
        for place, (label, kind, name, _) in enumerate(used)
    ]


def _used(connection: sqlite3.Connection, runs: Sequence[Run]) -> list[tuple[str, Kind, str, str]]:
    """Label, kind, name and SQL of what these runs have, objectives first."""
    keys = {run.key for run in runs}
    axes = {
        (kind, name)
        for run, kind, name in connection.execute("SELECT run, kind, name FROM axis")
        if run in keys
    }
    found = [
        (label, kind, name, column.sql)
        for label, column in searchable(connection).items()
        for kind, name in axes
        if column.sql == f"elite.{kind}_{name}"
    ]
    return sorted(found, key=lambda entry: ("objective", "text", "measure").index(entry[1]))
