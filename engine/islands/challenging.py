"""Newcomers of a noisy evaluator tried before they displace an elite that is known better.

One lucky sample beats the mean of many: of enough mediocre candidates one always looks best. So a
newcomer is sampled again, one sample at a time, until it looks no better or has as many samples as
whom it would displace, and a few in any case; then their means are compared. That is how
FocusedILS treats challengers (Hutter, Hoos, Leyton-Brown and Stuetzle, "ParamILS", 2009).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.sampling import sampled_once_more
from elitemap.engine.islands.state import IslandState
from elitemap.engine.map.elites import Elites
from elitemap.engine.map.grid import rank
from elitemap.engine.protocols import B, Counts, Floats, Noise, Samples, Words

#: Samples that a newcomer needs to displace anyone. Where most elites have but one, each of a chain
#: of newcomers would be luckier than the one before.
LEAST = 4


def challenged(
    noise: Noise[B], state: IslandState[B], newcomers: Elites[B], keys: Callable[[B], Words]
) -> Elites[B]:
    """Newcomers with the samples that they need to enter; those that fell back will not.

    A copy of a resident's function is left alone: there the one sampled more often counts anyway.

    Args:
        noise: How to sample.
        state: The island; its counters and its cache of structures are updated.
        newcomers: Rows that are about to compete.
        keys: Functional hash of candidates, by which the cache knows them.
    """
    tried = newcomers.take(np.arange(len(newcomers)))
    drawn = np.zeros(len(tried), bool)
    while len(rows := _contested(noise, state, tried)):
        after, work = sampled_once_more(noise, tried.take(rows))
        cells = state.grid.locate(after.measures)
        tried.put(rows, replace(after, cell=cells.astype(np.int64)))
        drawn[rows] = True
        state.counters.resampled += len(rows)
        state.counters.evaluations += work
    known = tried.take(drawn)
    if len(known):
        samples = Samples(known.count, known.spread)
        state.caches[0].remember(keys(known.batch), known.quality, samples)
    return tried


def known_best(elites: Elites[B], depth: int) -> NDArray[np.intp]:
    """Rows of several islands that get into one map, where nobody can be sampled any more.

    An island has tried its elites against each other, not against those of another island, and the
    highest of several means is often one of few samples. So here counts the lower end of an
    interval: the mean less two standard errors, of a deviation that is pooled over all elites.
    Where all have as many samples that is the order of the means.

    Args:
        elites: Those of all islands.
        depth: Elites per cell.

    Returns:
        intp[m], ascending; at most ``depth`` per cell, no two of a cell with the same fingerprint.
    """
    worth = -_assured(elites)
    order = np.lexsort((worth, elites.fingerprint, elites.cell))
    cells, marks = elites.cell[order], elites.fingerprint[order]
    first = np.ones(len(order), bool)
    first[1:] = (np.diff(cells) != 0) | (marks[1:] != marks[:-1])
    rows = order[first]
    rows = rows[np.lexsort((elites.fingerprint[rows], worth[rows], elites.cell[rows]))]
    return np.sort(rows[rank(elites.cell[rows].astype(np.intp)) < depth])


def _assured(elites: Elites[B]) -> Floats:
    """float64[n], the quality less two standard errors; the quality where none can be estimated."""
    freedom = int((elites.count - 1).sum())
    variance = float(elites.spread.sum()) / freedom if freedom else 0.0
    return elites.quality - 2.0 * np.sqrt(variance / elites.count)


def _contested(noise: Noise[B], state: IslandState[B], newcomers: Elites[B]) -> NDArray[np.intp]:
    """Rows that would displace an elite and have not the samples for it."""
    needed = np.minimum(_needed(state, newcomers), noise.enough)
    good = np.isfinite(newcomers.quality) & (newcomers.count < needed)
    return np.flatnonzero(good)


def _needed(state: IslandState[B], newcomers: Elites[B]) -> Counts:
    """int64[n], samples that a row needs for what it would displace; 0 where that is nobody."""
    grid = state.grid
    homes = newcomers.cell.astype(np.intp)[:, None] * grid.depth + np.arange(grid.depth)
    filled = grid.quality[homes] > -np.inf
    copy = (filled & (grid.fingerprint[homes] == newcomers.fingerprint[:, None])).any(axis=1)
    worse = filled & (grid.quality[homes] < newcomers.quality[:, None])
    most = np.where(worse, state.elites.count[homes], 0).max(axis=1)
    displaces = filled.all(axis=1) & ~copy & (most > 0)
    return np.where(displaces, np.maximum(most, LEAST), 0)
