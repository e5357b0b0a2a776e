"""Constants of the best elites tuned together, where evaluations do not fit them.

A space whose evaluations take constants as they are has an operator that changes nothing else. Most
offspring go to cells that are empty, and hardly one of them is a good rule with other constants. So
part of the evaluations goes to those alone: an evolution strategy beside the search, whose
population are the best elites, wherever on the map.
"""

import math

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.proposals import Proposals
from elitemap.engine.islands.state import Counters, IslandState
from elitemap.engine.islands.weights import draw
from elitemap.engine.map.grid import Grid
from elitemap.engine.protocols import TUNE, B, Floats, Space

#: Part that tuning gets of the evaluations of an island's first offspring, so many of them, and of
#: those that follow: the best become few that are new, and cells are left that nobody has come to.
SHARE, FIRST, LATER = 0.7, 1000, 0.2

#: Elites that are tuned, one of a cell: the best tenth, and at most so many. Few of them may all
#: lead nowhere, and among many none gets far.
TENTH, MOST = 0.1, 16

#: Offspring of a generation.
OFFSPRING = 16


def due(space: Space[B], counters: Counters) -> bool:
    """Whether tuning has had less than its part."""
    both = counters.bred + counters.tuned
    part = SHARE * min(both, FIRST) + LATER * max(both - FIRST, 0)
    return TUNE in space.operators and counters.tuned < part


def best(grid: Grid) -> NDArray[np.intp]:
    """Slots of the elites that are tuned, the best first."""
    champions = grid.champions()
    n = min(MOST, math.ceil(TENTH * len(champions)))
    return champions[np.argsort(-grid.quality[champions], kind="stable")[:n]]


def tunings(space: Space[B], state: IslandState[B], rng: np.random.Generator) -> Proposals[B]:
    """The best elites with other constants; no emitter has chosen them."""
    slots = best(state.grid)
    parents = slots[draw(_weights(len(slots)), OFFSPRING, rng)]
    operators = np.full(OFFSPRING, space.operators.index(TUNE), np.intp)
    batch = state.elites.batch.take(parents)
    varied = space.vary(batch, batch, operators.astype(np.uint8), rng)
    nobody = np.full(OFFSPRING, -1, np.intp)
    return Proposals(varied, parents, state.elites.uid[parents], operators, nobody)


def _weights(n: int) -> Floats:
    """float64[n], shares of offspring by rank: logarithms, as evolution strategies recombine with.

    N. Hansen, "The CMA Evolution Strategy: A Tutorial" (arXiv 1604.00772).
    """
    weights = np.log(n + 0.5) - np.log(np.arange(1, n + 1))
    return np.asarray(weights / weights.sum())
