"""Elites of a noisy evaluator asked again at the end of an epoch: luck does not last."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.challenging import challenged
from elitemap.engine.islands.competition import insert
from elitemap.engine.islands.sampling import sampled_once_more
from elitemap.engine.islands.state import IslandState
from elitemap.engine.map.elites import Elites
from elitemap.engine.protocols import B, Noise, Samples, Words

Slots = NDArray[np.intp]


def resample(
    noise: Noise[B],
    state: IslandState[B],
    front: Slots,
    fitted: int,
    displaced: list[Elites[B]],
    keys: Callable[[B], Words],
) -> None:
    """Sample elites once more; the island is changed in place.

    Those of the front come first, then those with the fewest samples. An elite keeps its name and
    its descent; its quality becomes the mean of all its samples, up or down. One that fails, or
    whose measures now belong to another cell, leaves its own.

    Args:
        noise: How to sample.
        state: The island.
        front: Slots of the elites that matter most.
        fitted: Evaluations of the last rung in this epoch, of which the share is taken.
        displaced: Gets those that lose their slots.
        keys: Functional hash of candidates, by which the cache knows them.
    """
    slots = _chosen(state, noise, front, math.ceil(noise.share * fitted))
    if not len(slots):
        return
    before = state.elites.take(slots)
    after, work = sampled_once_more(noise, before)
    state.counters.resampled += len(slots)
    state.counters.evaluations += work
    cells = state.grid.locate(after.measures)
    stays = np.isfinite(after.quality) & (cells == before.cell)
    state.grid.quality[slots[stays]] = after.quality[stays]
    state.elites.put(slots[stays], after.take(stays))
    leavers = replace(after.take(~stays), cell=cells[~stays].astype(np.int64))
    insert(state, challenged(noise, state, leavers, keys), displaced, slots[~stays])
    samples = Samples(after.count, after.spread)
    state.caches[0].remember(keys(before.batch), after.quality, samples)


def _chosen(state: IslandState[B], noise: Noise[B], front: Slots, most: int) -> Slots:
    """At most so many slots whose elites have not been sampled enough."""
    slots = state.grid.filled()
    count = state.elites.count[slots]
    slots, count = slots[count < noise.enough], count[count < noise.enough]
    order = np.lexsort((slots, count, ~np.isin(slots, front)))
    return np.sort(slots[order[:most]])
