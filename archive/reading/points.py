"""Elites as points of a plane, few enough to draw: the front, and a fair share of the others."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.pareto import undominated
from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.querying.fronts import Run, directions
from elitemap.archive.reading.bins import edges, places
from elitemap.archive.reading.fetching import ids
from elitemap.archive.reading.vectors import Vectors, vectors
from elitemap.archive.records import STATUSES, Status
from elitemap.archive.views import Key

Floats = NDArray[np.float64]

# A front of a million points is found among those that the front of so many leaves over, or rather
# so many points of it.

_STATUS = "(elite.status <> 'candidate') + (elite.status = 'certified')"


class Point(NamedTuple):
    """One elite in a plane."""

    x: float
    y: float
    id: str
    status: Status
    on_front: bool
    key: Key


@dataclass(frozen=True, eq=False)
class Points:
    """Elites in a plane.

    Attributes:
        x_name: Name of the axis to the right.
        y_name: Name of the axis upwards.
        signs: For x and for y, +1 if more is better, -1 if less is.
        x: float64[n], finite.
        y: float64[n], finite.
        ids: Program ids.
        status: uint8[n], indices into :data:`elitemap.archive.records.STATUSES`.
        on_front: bool[n], whether no elite of the same problem dominates it; one of equals.
        keys: int64[n, 2], key of the run and slot.
        total: How many elites there are, shown or not.
    """

    x_name: str
    y_name: str
    signs: tuple[int, int]
    x: Floats
    y: Floats
    ids: tuple[str, ...]
    status: NDArray[np.uint8]
    on_front: NDArray[np.bool_]
    keys: NDArray[np.int64]
    total: int

    def __len__(self) -> int:
        """Number of points."""
        return len(self.x)

    def __iter__(self) -> Iterator[Point]:
        """The points one by one, in order of run and slot."""
        columns = (self.x, self.y, self.status, self.on_front, self.keys)
        rows = zip(self.ids, *(column.tolist() for column in columns), strict=True)
        for name, x, y, status, on_front, (run, slot) in rows:
            yield Point(x, y, name, STATUSES[status], on_front, (run, slot))


def points(
    connection: sqlite3.Connection,
    query: ElitesQuery,
    runs: Sequence[Run],
    names: tuple[str, str],
    most: int,
) -> Points:
    """The points of a query's elites; those that lack one of the two numbers take no part.

    Args:
        connection: To the archive.
        query: Which elites.
        runs: Those that the query is about.
        names: Of two objectives or measures, the one to the right first. Where the runs do not
            say which way one is better, less is, but for the quality.
        most: At most so many. If there are more, all of the front stay (of a front that is too
            long some), and of the others those that tell most about where elites are.

    Raises:
        UsageError: If the query is mistaken, or a name unknown or that of a text.
    """
    found = vectors(connection, query, runs, names, _STATUS)
    known = {"quality": 1, **directions(runs)}
    signs = (known.get(names[0]) or -1, known.get(names[1]) or -1)
    best = _fronts(found, runs, signs)
    chosen = np.arange(len(best)) if len(best) <= most else _sample(found, best, most)
    keys = found.keys[chosen]
    names_of = ids(connection, [(run, slot) for run, slot in keys.tolist()])
    return Points(
        *names,
        signs,
        found.x[chosen],
        found.y[chosen],
        names_of,
        found.other[chosen].astype(np.uint8),
        best[chosen],
        keys,
        len(best),
    )


def _fronts(found: Vectors, runs: Sequence[Run], signs: tuple[int, int]) -> NDArray[np.bool_]:
    """bool[n], who is on the front of its problem; of equals the first."""
    best = np.zeros(len(found.x), np.bool_)
    gains = np.stack((signs[0] * found.x, signs[1] * found.y), axis=1)
    problems = list(dict.fromkeys(run.problem for run in runs))
    if len(problems) == 1:
        best[undominated(gains)] = True
        return best
    for problem in problems:
        ours = [run.key for run in runs if run.problem == problem]
        rows = np.flatnonzero(np.isin(found.keys[:, 0], ours))
        best[rows[undominated(gains[rows])]] = True
    return best


def _sample(found: Vectors, best: NDArray[np.bool_], most: int) -> NDArray[np.intp]:
    """Who is shown of too many, ascending: the front, one of every occupied cell, then any."""
    front = _spread(np.flatnonzero(best), most)
    others = np.flatnonzero(~best)
    side = max(1, isqrt(most))
    across, up = edges(found.x, side), edges(found.y, side)
    cells = places(found.x, across) * len(up) + places(found.y, up)
    first = np.full(len(across) * len(up), -1)
    first[cells[others[::-1]]] = others[::-1]  # of several the last one stays
    leading = _spread(first[first >= 0], most - len(front))
    left = ~best
    left[leading] = False
    rest = _spread(np.flatnonzero(left), most - len(front) - len(leading))
    return np.sort(np.concatenate((front, leading, rest)))


def _spread(rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """At most so many rows at about equal distances, the ends among them."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, max(0, most)).astype(np.intp)]
