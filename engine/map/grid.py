"""The map in memory: fixed bins per axis, several distinct elites per cell.

A grid manages slots and scalars only. Slot ``cell * depth + k`` belongs to its cell for good;
whoever holds the candidates keeps row ``slot`` of a batch beside it.
"""

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Indices = NDArray[np.intp]


class AddStatus(IntEnum):
    """What became of a candidate, ordered by how good that is (as in pyribs)."""

    REJECTED = 0
    RENEWED = 1  # better than an elite of the same fingerprint, whose place it takes
    IMPROVED = 2
    NEW = 3


class Grid:
    """Cells with up to ``depth`` elites each, no two of a cell with the same fingerprint.

    Attributes:
        edges: Bin edges per axis; value v is in bin ``searchsorted(edges, v, side="right")``.
        depth: Elites per cell.
        quality: float64[slots], -inf where a slot is empty.
        fingerprint: uint64[slots], meaningful where a slot is filled.
    """

    def __init__(self, edges: Sequence[Sequence[float]], depth: int) -> None:
        """An empty grid.

        Raises:
            ValueError: If edges do not ascend or the depth is below one.
        """
        self.edges = tuple(np.asarray(e, np.float64) for e in edges)
        if depth < 1 or any(np.any(np.diff(e) <= 0) for e in self.edges):
            raise ValueError(f"expected ascending edges and depth >= 1, got {edges!r}, {depth}")
        self.depth = depth
        self.shape = tuple(len(e) + 1 for e in self.edges)
        self.quality = np.full(self.cells * depth, -np.inf)
        self.fingerprint = np.zeros(self.cells * depth, np.uint64)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return int(np.prod(self.shape, dtype=np.int64))

    def locate(self, measures: Floats) -> Indices:
        """Cell of each row of measures (float64[n, axes]); values beyond the edges are clipped."""
        bins = [
            np.searchsorted(edges, measures[:, axis], side="right")
            for axis, edges in enumerate(self.edges)
        ]
        return np.ravel_multi_index(bins, self.shape).astype(np.intp, copy=False)

    def filled(self) -> Indices:
        """Slots that hold an elite, ascending."""
        return np.flatnonzero(self.quality > -np.inf)

    def threshold(self, cells: Indices) -> Floats:
        """Quality that a candidate must exceed to enter: -inf for a cell with room."""
        return np.asarray(self.quality.reshape(-1, self.depth)[cells].min(axis=1))

    def best(self) -> Floats:
        """float64[cells], the best quality of each cell, -inf where it is empty."""
        return np.asarray(self.quality.reshape(-1, self.depth).max(axis=1))

    def champions(self) -> Indices:
        """The slot of the best elite of each filled cell, by ascending cell."""
        table = self.quality.reshape(-1, self.depth)
        first = np.argmax(table, axis=1)
        cells = np.flatnonzero(table.max(axis=1) > -np.inf)
        return np.asarray(cells * self.depth + first[cells])

    def qd_score(self, floor: float) -> float:
        """Sum over filled cells of the best quality above ``floor``."""
        return qd_score(self.best(), floor)

    def discard(self, slots: Indices) -> None:
        """Empty the given slots."""
        self.quality[slots] = -np.inf

    def add(
        self, cells: Indices, quality: Floats, fingerprints: Words
    ) -> tuple[NDArray[np.uint8], Indices]:
        """Let a batch of candidates compete for their cells.

        A candidate enters if its cell has room or it beats the worst elite there strictly. Of equal
        fingerprints in a cell the better stays, at equal quality the resident. Newcomers of equal
        quality rank by fingerprint, so the order of rows matters only between rows equal in both.

        Args:
            cells: intp[n].
            quality: float64[n]; rows that are not finite are rejected.
            fingerprints: uint64[n].

        Returns:
            status: uint8[n] of :class:`AddStatus`.
            slots: intp[n], where each accepted row is to be stored, -1 for the rejected.
        """
        status = np.zeros(len(cells), np.uint8)
        slots = np.full(len(cells), -1, np.intp)
        rows = np.flatnonzero(np.isfinite(quality) & (quality > self.threshold(cells)))
        if not len(rows):
            return status, slots
        touched, group = np.unique(cells[rows], return_inverse=True)
        was_empty = self.quality.reshape(-1, self.depth)[touched].max(axis=1) == -np.inf
        resident = self._resident(cells, fingerprints)
        kept, stays = self._compete(touched, group, quality[rows], fingerprints[rows])
        rows, group = rows[kept], group[kept]
        slots[rows] = self._vacate(touched, group, stays)
        self.quality[slots[rows]] = quality[rows]
        self.fingerprint[slots[rows]] = fingerprints[rows]
        known = np.where(resident[rows], AddStatus.RENEWED, AddStatus.IMPROVED)
        status[rows] = np.where(was_empty[group], AddStatus.NEW, known)
        return status, slots

    def _resident(self, cells: Indices, fingerprints: Words) -> NDArray[np.bool_]:
        """Which candidates have the fingerprint of an elite of their cell."""
        homes = cells[:, None] * self.depth + np.arange(self.depth)
        same = self.fingerprint[homes] == fingerprints[:, None]
        return np.asarray((same & (self.quality[homes] > -np.inf)).any(axis=1))

    def _compete(
        self, touched: Indices, group: Indices, quality: Floats, fingerprints: Words
    ) -> tuple[Indices, NDArray[np.bool_]]:
        """Rank newcomers and residents of the touched cells.

        Returns:
            The newcomers that get in, sorted by group then rank, and bool[touched, depth]: which
            residents stay.
        """
        homes = (touched[:, None] * self.depth + np.arange(self.depth)).ravel()
        resident = np.flatnonzero(self.quality[homes] > -np.inf)
        old = len(resident)
        groups = np.concatenate([resident // self.depth, group])
        merit = -np.concatenate([self.quality[homes[resident]], quality])
        marks = np.concatenate([self.fingerprint[homes[resident]], fingerprints])
        newcomer = np.arange(len(groups)) >= old
        order = np.lexsort((newcomer, merit, marks, groups))
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(groups[order]) != 0) | (np.diff(marks[order]) != 0)
        order = order[first]
        order = order[np.lexsort((marks[order], newcomer[order], merit[order], groups[order]))]
        winners = order[rank(groups[order]) < self.depth]
        stays = np.zeros(len(homes), bool)
        stays[resident[winners[winners < old]]] = True
        return winners[winners >= old] - old, stays.reshape(-1, self.depth)

    def _vacate(self, touched: Indices, group: Indices, stays: NDArray[np.bool_]) -> Indices:
        """Empty the slots of residents that lost; a free slot for each newcomer (grouped)."""
        homes = touched[:, None] * self.depth + np.arange(self.depth)
        self.discard(homes[~stays])
        free = np.argsort(stays, axis=1, kind="stable")
        return np.asarray(homes[group, free[group, rank(group)]])


def qd_score(best: Floats, floor: float) -> float:
    """Sum of the qualities above ``floor``; empty cells (-inf) count nothing."""
    return float(np.maximum(best - floor, 0.0).sum())


def rank(groups: Indices) -> Indices:
    """Position of each row within its run of equal values."""
    starts = np.flatnonzero(np.r_[True, np.diff(groups) != 0]) if len(groups) else groups
    lengths = np.diff(np.r_[starts, len(groups)])
    return np.asarray(np.arange(len(groups)) - np.repeat(starts, lengths))
