"""Candidates competing for the cells of an island, and what remains of those who lose theirs."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.emitters import CURIOSITY_START
from elitemap.engine.islands.state import UID_SHIFT, IslandState
from elitemap.engine.map.elites import REFINE, Elites
from elitemap.engine.map.lineage import ancestors
from elitemap.engine.protocols import B, Scores


def cleaned(scores: Scores[B]) -> Scores[B]:
    """Mark rows without finite quality and measures as failed, so that nothing else can enter."""
    good = np.isfinite(scores.quality) & ~np.isnan(scores.measures).any(axis=1)
    return replace(scores, quality=np.where(good, scores.quality, np.nan))


def births(state: IslandState[B], n: int) -> NDArray[np.uint64]:
    """Uids for n candidates; the island counts them."""
    first = ((state.island + 1) << UID_SHIFT) + state.counters.births
    state.counters.births += n
    return np.arange(first, first + n, dtype=np.uint64)


def insert(
    state: IslandState[B],
    elites: Elites[B],
    displaced: list[Elites[B]],
    superseded: NDArray[np.intp] | None = None,
) -> NDArray[np.uint8]:
    """Let rows compete for the map of an island, which is changed in place.

    Args:
        state: The island.
        elites: The rows.
        displaced: Gets those that lose their slots: they may have become ancestors.
        superseded: Slots that are emptied first.

    Returns:
        uint8[n] of AddStatus.
    """
    grid = state.grid
    filled = grid.quality > -np.inf
    quality = elites.quality
    if state.caches[0].samples is not None:
        quality, outlived = _seniority(state, elites)
        superseded = outlived if superseded is None else np.union1d(superseded, outlived)
    if superseded is not None:
        grid.discard(superseded)
    status, slots = grid.add(elites.cell.astype(np.intp), quality, elites.fingerprint)
    rows = np.flatnonzero(status)
    slots = slots[rows]
    gone = filled & (grid.quality == -np.inf)
    gone[slots] |= filled[slots]
    if gone.any():
        displaced.append(state.elites.take(np.flatnonzero(gone)))
    newcomers = elites.take(rows)
    state.elites.put(slots, newcomers)
    state.curiosity[slots] = CURIOSITY_START
    state.refined[slots] = newcomers.operator == REFINE
    state.counters.accepted += len(rows)
    return status


def _seniority(
    state: IslandState[B], elites: Elites[B]
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Of the same function in the same cell the one sampled more often counts, not the luckier one.

    Returns:
        float64[n], the rows' qualities, NaN for those that a resident knows better; and the slots
        of residents that a row knows better.
    """
    grid = state.grid
    homes = elites.cell.astype(np.intp)[:, None] * grid.depth + np.arange(grid.depth)
    same = (grid.fingerprint[homes] == elites.fingerprint[:, None]) & (
        grid.quality[homes] > -np.inf
    )
    resident = homes[np.arange(len(homes)), same.argmax(axis=1)]
    known, theirs = same.any(axis=1), state.elites.count[resident]
    quality = np.where(known & (theirs > elites.count), np.nan, elites.quality)
    return quality, np.unique(resident[known & (theirs < elites.count)])


def ancestral(
    displaced: Sequence[Elites[B]], elites: Elites[B], island: int, born: int
) -> Elites[B]:
    """Displaced rows worth keeping.

    All that were born before this epoch, since migrants elsewhere may descend from them; of those
    born in it the ancestors of the living.

    Args:
        displaced: Who lost their slots in this epoch.
        elites: The living.
        island: The island.
        born: Births on the island before this epoch.
    """
    if not displaced:
        return elites.take(np.empty(0, np.intp))
    rows = Elites.concatenate(displaced)
    first = np.uint64(((island + 1) << UID_SHIFT) + born)
    last = np.uint64((island + 2) << UID_SHIFT)
    young = (rows.uid >= first) & (rows.uid < last)
    return rows.take(~young | ancestors(rows.uid, rows.parent, elites.parent))
