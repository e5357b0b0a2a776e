"""Numbers of many elites as arrays."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.clauses import unknown_name
from elitemap.archive.columns import Column, searchable
from elitemap.archive.elites import ElitesQuery, source
from elitemap.archive.errors import UsageError
from elitemap.archive.fronts import Run
from elitemap.archive.rows import damaged

# A number that is finite: nothing compares to null, and texts sort after all numbers.
_FINITE = "{0} < 9e999 AND {0} > -9e999"


@dataclass(frozen=True, eq=False)
class Vectors:
    """Elites as columns, in order of run and slot.

    Attributes:
        keys: int64[n, 2], key of the run and slot. Slots beyond 2**53, which no search makes,
            are rounded.
        x: float64[n], finite.
        y: float64[n], finite.
        other: float64[n], the third number.
    """

    keys: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    other: NDArray[np.float64]


def vectors(
    connection: sqlite3.Connection,
    query: ElitesQuery,
    runs: Sequence[Run],
    names: tuple[str, str],
    other: str,
) -> Vectors:
    """Two named numbers and one more of all elites of a query that have the two.

    Args:
        connection: To the archive.
        query: Which elites.
        runs: Those that the query is about.
        names: Of two objectives or measures.
        other: SQL of a number that is never missing.

    Raises:
        UsageError: If the query is mistaken, or a name unknown or that of a text.
    """
    if not runs:
        nothing = np.empty(0)
        return Vectors(np.empty((0, 2), np.int64), nothing, nothing, nothing)
    columns = searchable(connection)
    x, y = (_number(name, columns).sql for name in names)
    chosen = source(connection, query, runs)
    known = f"{_FINITE.format(x)} AND {_FINITE.format(y)}"
    # The numbers as one sequence: a conversion per row would take most of the time.
    alone = len(runs) == 1
    place = "elite.slot" if alone else "elite.run, elite.slot"
    rows = connection.execute(
        f"SELECT {place}, {x}, {y}, {other} {chosen.sql} AND {known}"
        " ORDER BY elite.run, elite.slot",
        chosen.values,
    )
    try:
        flat = np.fromiter(chain.from_iterable(rows), np.float64)
    except (TypeError, ValueError):
        raise damaged("the numbers of an elite") from None
    *places, first, second, third = np.ascontiguousarray(flat.reshape(-1, 4 if alone else 5).T)
    keys = np.full((len(first), 2), runs[0].key)
    keys[:, -len(places) :] = np.stack(places, axis=1)
    return Vectors(keys, first, second, third)


def _number(name: str, columns: Mapping[str, Column]) -> Column:
    if name not in columns:
        raise UsageError(f"axis: {unknown_name(name, columns)}")
    if not columns[name].numeric:
        raise UsageError(f"axis: expected an objective or measure, got {name!r}, a text")
    return columns[name]
