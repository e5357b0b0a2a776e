"""The best kinds of elites, followed further: other constants, and small changes of what they do.

A space whose evaluations take constants as they are has an operator that changes nothing else. Most
offspring go to cells that are empty, and hardly one of them is a good rule with other constants or
a better one that looks nearly the same. So part of the evaluations goes to those: an evolution
strategy beside the search, wherever on the map its population is. What differs in constants alone
is one kind, and only the best kinds have offspring: else a kind that was tuned first, a little
better in each of many cells, would be all of the population, and nothing that has just been found
would ever be tuned.
"""

import math
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.proposals import Proposals
from elitemap.engine.islands.state import Counters, IslandState
from elitemap.engine.islands.weights import draw
from elitemap.engine.map.grid import Grid
from elitemap.engine.protocols import TUNE, B, Floats, Space, Tunable

#: Part that the best kinds get of the evaluations of an island's first offspring, so many of them,
#: and of those that follow: the best become few that are new, and cells are left that nobody has
#: come to.
SHARE, FIRST, LATER = 0.7, 1000, 0.4

#: Kinds that have offspring: as many as a tenth of the filled cells, and at most so many. Few of
#: them may all lead nowhere, and among many none gets far.
TENTH, MOST = 0.1, 16

#: Elites, one of a cell, among which kinds are looked for, and of those of a kind that are parents.
AMONG, OF_A_KIND = 160, 16

#: Offspring of a generation, and the chance of each to be changed by another operator.
OFFSPRING, EDITED = 16, 0.5


@dataclass(frozen=True)
class Kinds:
    """The best kinds of an island.

    Attributes:
        slots: intp[m], elites that may be parents, the best first.
        kind: intp[m], which kind each is of, 0 for that of the best elite.
        leaders: intp[kinds], the best of each kind.
    """

    slots: NDArray[np.intp]
    kind: NDArray[np.intp]
    leaders: NDArray[np.intp]

    def least(self, grid: Grid) -> float:
        """The quality of the last leader."""
        return float(grid.quality[self.leaders[-1]])

    def members(self, kinds: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
        """Slots of one elite of each of some kinds, all of a kind equally likely."""
        order = np.argsort(self.kind, kind="stable")
        size = np.bincount(self.kind)
        start = np.cumsum(size) - size
        place = (rng.random(len(kinds)) * np.minimum(size[kinds], OF_A_KIND)).astype(np.intp)
        return np.asarray(self.slots[order[start[kinds] + place]])


def tunable(space: Space[B]) -> TypeGuard[Tunable[B]]:
    """Whether the space has an operator for constants."""
    return TUNE in space.operators


def due(counters: Counters) -> bool:
    """Whether the best kinds have had less than their part."""
    both = counters.bred + counters.tuned
    return counters.tuned < SHARE * min(both, FIRST) + LATER * max(both - FIRST, 0)


def best_kinds(space: Tunable[B], state: IslandState[B]) -> Kinds:
    """The kinds of the best elites, one of a cell."""
    grid = state.grid
    champions = grid.champions()
    slots = champions[np.argsort(-grid.quality[champions], kind="stable")[:AMONG]]
    names = space.kinds(state.elites.batch.take(slots))
    _, first, known = np.unique(names, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    kind = rank[known]
    some = kind < min(MOST, math.ceil(TENTH * len(champions)))
    leaders = slots[np.sort(first)[: kind[some].max() + 1]]
    return Kinds(slots[some], kind[some], leaders)


def pursued(
    space: Tunable[B],
    state: IslandState[B],
    kinds: Kinds,
    least_weight: float,
    rng: np.random.Generator,
) -> Proposals[B]:
    """Offspring of the best kinds; no emitter has chosen their parents.

    Args:
        space: What has an operator for constants.
        state: The island.
        kinds: Its best kinds.
        least_weight: Share of other operators that is split evenly.
        rng: Source of randomness.
    """
    elites, tune = state.elites, space.operators.index(TUNE)
    parents = kinds.members(draw(_weights(len(kinds.leaders)), OFFSPRING, rng), rng)
    partners = kinds.leaders[rng.integers(0, len(kinds.leaders), OFFSPRING)]
    others = state.operators.probabilities(least_weight)
    # A state of before there was such an operator has no record of it.
    others = np.where(np.arange(len(others)) == tune, 0.0, others)
    edited = rng.random(OFFSPRING) < EDITED
    operators = np.where(edited, draw(others / others.sum(), OFFSPRING, rng), tune)
    batch = elites.batch.take(parents)
    varied = space.vary(batch, elites.batch.take(partners), operators.astype(np.uint8), rng)
    nobody = np.full(OFFSPRING, -1, np.intp)
    return Proposals(varied, parents, elites.uid[parents], operators, nobody)


def _weights(n: int) -> Floats:
    """float64[n], shares of offspring by rank: logarithms, as evolution strategies recombine with.

    N. Hansen, "The CMA Evolution Strategy: A Tutorial" (arXiv 1604.00772).
    """
    weights = np.log(n + 0.5) - np.log(np.arange(1, n + 1))
    return np.asarray(weights / weights.sum())
