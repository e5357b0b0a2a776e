"""Several numbers of many elites in one pass, for drawings that share most of them."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.columns import searchable
from elitemap.archive.querying.elites import ElitesQuery, source
from elitemap.archive.querying.fronts import Run
from elitemap.archive.reading.vectors import Vectors, chunks, numeric
from elitemap.archive.rows import damaged


@dataclass(frozen=True, eq=False)
class Scan:
    """Elites as columns, in order of run and slot.

    Attributes:
        names: Of the numbers.
        keys: int64[n, 2], key of the run and slot.
        numbers: float64[n, names], infinite where an elite has none.
        quality: float64[n].
    """

    names: tuple[str, ...]
    keys: NDArray[np.int64]
    numbers: NDArray[np.float64]
    quality: NDArray[np.float64]

    def pair(self, x: str, y: str) -> Vectors:
        """Two of the numbers and the quality of all elites that have the two."""
        first, second = (self.numbers[:, self.names.index(name)] for name in (x, y))
        known = np.isfinite(first) & np.isfinite(second)
        return Vectors(self.keys[known], first[known], second[known], self.quality[known])


def scan(
    connection: sqlite3.Connection, query: ElitesQuery, runs: Sequence[Run], names: Sequence[str]
) -> Scan:
    """Named numbers of all elites of a query.

    Args:
        connection: To the archive.
        query: Which elites.
        runs: Those that the query is about.
        names: Of objectives or measures.

    Raises:
        UsageError: If the query is mistaken, or a name unknown or that of a text.
    """
    known = searchable(connection)
    chosen = source(connection, query, runs)
    asked = "".join(f", ifnull({numeric(name, known).sql}, 9e999)" for name in names)
    rows = connection.execute(
        f"SELECT elite.run, elite.slot, elite.quality{asked} {chosen.sql}"
        " ORDER BY elite.run, elite.slot",
        chosen.values,
    )
    try:
        found = np.concatenate(list(chunks(rows, 3 + len(names))))
    except (TypeError, ValueError):
        raise damaged("the numbers of an elite") from None
    return Scan(tuple(names), found[:, :2].astype(np.int64), found[:, 3:], found[:, 2].copy())
