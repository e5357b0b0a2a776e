"""Which elites of an island the Pareto emitter takes as parents."""

import numpy as np
from numpy.typing import NDArray

from elitemap.engine.islands.emitters import first_front, select_front
from elitemap.engine.islands.state import IslandState
from elitemap.engine.map.elites import columns_of
from elitemap.engine.protocols import B, Evaluator, Floats, steering

#: Generations for which a choice is kept: what is deepened a level at a time waits for no more than
#: that, however long epochs are.
FRONT_GENERATIONS = 4

#: How much more often what no other elite dominates is taken. The next step mostly starts there,
#: and one in thousands of offspring is one: with no more than the share of any other an elite waits
#: for that longer than short searches last.
UNDOMINATED = 4

#: The same of what is only dominated by elites with more of what is to be had frugally.
FRUGAL = 3


def chosen(state: IslandState[B], evaluator: Evaluator[B], most: int) -> NDArray[np.intp]:
    """Slots of the best fronts of all cells' champions, ``most`` of them."""
    champions = state.grid.champions()
    columns = _objectives(state, evaluator, champions)
    front = select_front(columns, steering(evaluator.objectives), most)
    # Where no elite has all objectives, any champion will do.
    return champions[front] if len(front) else champions[:most]


def renewed(
    state: IslandState[B], evaluator: Evaluator[B], most: int, front: NDArray[np.intp]
) -> NDArray[np.intp]:
    """An earlier choice without the slots emptied since, or a new one where it is time for that."""
    kept = front[state.grid.quality[front] > -np.inf]
    if len(kept) and state.counters.generation % FRONT_GENERATIONS:
        return kept
    return chosen(state, evaluator, most)


def favoured(
    state: IslandState[B], evaluator: Evaluator[B], front: NDArray[np.intp]
) -> NDArray[np.intp]:
    """A choice with those that nobody dominates now several times, unless they are many.

    Where the map has frugal axes, that goes for those as well that nobody dominates who has no more
    on these: few constants to many digits are a sign of structure, and the next step may start
    there though others with more of them have more digits.
    """
    champions = state.grid.champions()
    columns = _objectives(state, evaluator, champions)
    better = steering(evaluator.objectives)
    best = champions[first_front(columns, better)]
    chosen = [front, *_repeated(best, UNDOMINATED, front)]
    frugal = [k for k, axis in enumerate(evaluator.axes) if axis.frugal]
    if frugal:
        measures = state.elites.measures[champions]
        columns |= {f"axis {k}": measures[:, k] for k in frugal}
        better = (*better, *((f"axis {k}", -1) for k in frugal))
        sparing = np.setdiff1d(champions[first_front(columns, better)], best)
        chosen += _repeated(sparing, FRUGAL, front)
    return np.concatenate(chosen)


def _repeated(
    slots: NDArray[np.intp], times: int, front: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    """Slots so many times, fewer if that would be more than a choice has."""
    return [np.repeat(slots, min(times, len(front) // max(1, len(slots))))]


def _objectives(
    state: IslandState[B], evaluator: Evaluator[B], slots: NDArray[np.intp]
) -> dict[str, Floats]:
    names = columns_of(evaluator)
    return dict(zip(names, state.elites.objectives[slots].T, strict=True))
