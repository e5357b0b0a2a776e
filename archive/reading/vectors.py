"""Numbers of many elites as arrays."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.columns import Column, searchable
from elitemap.archive.errors import UsageError
from elitemap.archive.querying.clauses import unknown_name
from elitemap.archive.querying.elites import ElitesQuery, source
from elitemap.archive.querying.fronts import Run
from elitemap.archive.rows import damaged

# A number that is finite: nothing compares to null, and texts sort after all numbers.
_FINITE = "{0} < 9e999 AND {0} > -9e999"

# More than any run has.
_SLOTS = 2**32

# Rows that become arrays at a time: what Python makes of a million of them would not go away.
_CHUNK = 50_000


@dataclass(frozen=True, eq=False)
class Vectors:
    """Elites as columns, in order of run and slot.

    Attributes:
        keys: int64[n, 2], key of the run and slot; wrong for slots from 2**32 on, which no
            search makes.
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
    x, y = (numeric(name, columns).sql for name in names)
    chosen = source(connection, query, runs)
    known = f"{_FINITE.format(x)} AND {_FINITE.format(y)}"
    # Run and slot as one number, and all numbers as one sequence: what Python does for each of them
    # takes most of the time.
    rows = connection.execute(
        f"SELECT elite.run * {float(_SLOTS)} + elite.slot, {x}, {y}, {other} {chosen.sql}"
        f" AND {known} ORDER BY elite.run, elite.slot",
        chosen.values,
    )
    try:
        parts = list(_columns(rows))
    except (TypeError, ValueError):
        raise damaged("the numbers of an elite") from None
    return Vectors(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _columns(rows: Iterator[tuple[float, ...]]) -> Iterator[tuple[NDArray[Any], ...]]:
    """Keys and the three numbers of some rows at a time; at least once."""
    for part in chunks(rows, 4):
        places, *numbers = part.T
        run = np.floor(places / _SLOTS)
        keys = np.stack((run, places - run * _SLOTS), axis=1).astype(np.int64)
        yield keys, *(column.copy() for column in numbers)  # a view would keep all four


def chunks(rows: Iterator[tuple[float, ...]], width: int) -> Iterator[NDArray[np.float64]]:
    """Rows of ``width`` numbers as arrays float64[n, width]; the last may be empty.

    Raises:
        TypeError: If one is no number.
        ValueError: If one is a text that is no number.
    """
    more = True
    while more:
        flat = np.fromiter(chain.from_iterable(islice(rows, _CHUNK)), np.float64)
        part = flat.reshape(-1, width)
        yield part
        more = len(part) == _CHUNK


def numeric(name: str, columns: Mapping[str, Column]) -> Column:
    """The column of an objective or measure.

    Raises:
        UsageError: If the name is unknown or that of a text.
    """
    if name not in columns:
        raise UsageError(f"axis: {unknown_name(name, columns)}")
    if not columns[name].numeric:
        raise UsageError(f"axis: expected an objective or measure, got {name!r}, a text")
    return columns[name]
