"""The map of elites as data: what lies in every cell of two axes."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from elitemap.archive.querying.elites import ElitesQuery
from elitemap.archive.querying.fronts import Run
from elitemap.archive.reading.bins import edges, places
from elitemap.archive.reading.scans import scan
from elitemap.archive.reading.vectors import Vectors, vectors
from elitemap.archive.views import Key


@dataclass(frozen=True, eq=False)
class Heatmap:
    """The best quality per cell of two axes.

    Attributes:
        x_name: Name of the axis to the right.
        y_name: Name of the axis upwards.
        x_edges: float64[nx + 1], rising bounds of the cells; what is at a bound lies above it.
        y_edges: float64[ny + 1].
        best: float64[ny, nx], the best quality, NaN where nothing is known.
        count: int64[ny, nx], elites in the cell.
        value_name: What ``best`` is.
        keys: int64[ny, nx, 2], key of the run and slot of the best elite, -1 where there is
            none; None if they are not known.
    """

    x_name: str
    y_name: str
    x_edges: NDArray[np.float64]
    y_edges: NDArray[np.float64]
    best: NDArray[np.float64]
    count: NDArray[np.int64]
    value_name: str = "quality"
    keys: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        """Check that the shapes fit.

        Raises:
            ValueError: If they do not.
        """
        shape = (max(0, len(self.y_edges) - 1), max(0, len(self.x_edges) - 1))
        if not self.best.shape == self.count.shape == shape:
            raise ValueError(
                f"expected best and count of shape {shape}, as the edges tell, got"
                f" {self.best.shape} and {self.count.shape}"
            )

    @property
    def columns(self) -> int:
        """Number of cells along x."""
        return int(self.best.shape[1])

    @property
    def rows(self) -> int:
        """Number of cells along y."""
        return int(self.best.shape[0])

    @property
    def filled(self) -> NDArray[np.bool_]:
        """bool[ny, nx], where there is an elite."""
        return np.asarray((self.count > 0) | ~np.isnan(self.best))

    @property
    def span(self) -> tuple[float, float] | None:
        """The lowest and highest finite quality, None if there is none."""
        finite = self.best[np.isfinite(self.best)]
        return (float(finite.min()), float(finite.max())) if finite.size else None

    def champion(self, x: int, y: int) -> Key | None:
        """Key of the best elite of a cell, of equals that of the earliest run and lowest slot."""
        if self.keys is None or self.keys[y, x, 0] < 0:
            return None
        run, slot = self.keys[y, x].tolist()
        return run, slot


def heatmap(
    connection: sqlite3.Connection,
    query: ElitesQuery,
    runs: Sequence[Run],
    names: tuple[str, str],
    bins: int,
) -> Heatmap:
    """The map of a query's elites; those that lack one of the two numbers take no part.

    Args:
        connection: To the archive.
        query: Which elites.
        runs: Those that the query is about.
        names: Of two objectives or measures, the one to the right first.
        bins: At most about so many cells along each axis.

    Raises:
        UsageError: If the query is mistaken, or a name unknown or that of a text.
    """
    return _binned(vectors(connection, query, runs, names, "elite.quality"), names, bins)


def heatmaps(
    connection: sqlite3.Connection,
    query: ElitesQuery,
    runs: Sequence[Run],
    pairs: Sequence[tuple[str, str]],
    bins: int,
) -> list[Heatmap]:
    """The maps along several pairs of axes, each as :func:`heatmap` gives it, in one pass.

    Raises:
        UsageError: If the query is mistaken, or a name unknown or that of a text.
    """
    found = scan(connection, query, runs, sorted({name for pair in pairs for name in pair}))
    return [_binned(found.pair(*pair), pair, bins) for pair in pairs]


def _binned(found: Vectors, names: tuple[str, str], bins: int) -> Heatmap:
    x_edges, y_edges = edges(found.x, bins), edges(found.y, bins)
    shape = (max(0, len(y_edges) - 1), max(0, len(x_edges) - 1))
    cells = places(found.y, y_edges) * shape[1] + places(found.x, x_edges)
    number = shape[0] * shape[1]
    best = np.full(number, -np.inf)
    np.fmax.at(best, cells, found.other)
    count = np.bincount(cells, minlength=number)
    best[count == 0] = np.nan
    keys = _champions(found, cells, best)
    return Heatmap(
        *names,
        x_edges,
        y_edges,
        best.reshape(shape),
        count.astype(np.int64, copy=False).reshape(shape),
        keys=keys.reshape(*shape, 2),
    )


def _champions(
    found: Vectors, cells: NDArray[np.intp], best: NDArray[np.float64]
) -> NDArray[np.int64]:
    """int64[cells, 2], the first elite of each cell that has its best quality."""
    keys = np.full((len(best), 2), -1, np.int64)
    leading = np.flatnonzero(found.other == best[cells])[::-1]  # of several the last one stays
    keys[cells[leading]] = found.keys[leading]
    return keys
