"""The order of a query's elites, kept: any page of it is then a matter of milliseconds."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.querying.elites import ElitesQuery, keys
from elitemap.archive.querying.fronts import Run
from elitemap.archive.views import Key


@dataclass(frozen=True, eq=False)
class Listing:
    """The elites of a query in its order, as they were when it was made.

    It holds no connection, so one thread may make it and another ask for its pages.

    Attributes:
        query: What was asked.
        keys: int64[n, 2], key of the run and slot of every elite.
    """

    query: ElitesQuery
    keys: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of elites."""
        return len(self.keys)

    def window(self, offset: int, limit: int) -> list[Key]:
        """Keys of at most ``limit`` elites from place ``offset`` on."""
        return [(run, slot) for run, slot in self.keys[offset : offset + limit].tolist()]

    def position(self, wanted: Sequence[Key]) -> int | None:
        """Place of the first elite that has one of a few keys; None if none is in the list."""
        found = np.zeros(len(self.keys), np.bool_)
        for run, slot in wanted:
            found |= (self.keys[:, 1] == slot) & (self.keys[:, 0] == run)
        place = int(np.argmax(found)) if len(found) else 0
        return place if len(found) and found[place] else None


def listing(connection: sqlite3.Connection, query: ElitesQuery, runs: Sequence[Run]) -> Listing:
    """Ask a query for its order alone; takes about a second for a million elites.

    SQLite lets other threads run while it looks for each of the rows.

    Raises:
        UsageError: If the query is mistaken.
    """
    # As one sequence: a conversion per row would take as long as the search.
    flat = np.fromiter(chain.from_iterable(keys(connection, query, runs)), np.int64)
    return Listing(query, flat.reshape(-1, 2))
