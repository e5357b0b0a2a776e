"""Constants of cores against the intervals of all arguments, a few at a time.

Those in which a core is worst join the ones that count, and constants are moved again.
"""

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.grid import BLOCK, Effort, Floats, Truth, examine, settle
from elitemap.searchspaces.programs.batch import Batch

#: Most exchanges.
_ROUNDS = 6

#: From this error on nothing is gained: results are far from the right ones.
_FAR = 64.0


def exchange(
    batch: Batch, free: NDArray[np.bool_], start: Truth, every: Truth, effort: Effort
) -> Floats:
    """Move the constants of programs to a smaller largest error, in place.

    Args:
        batch: n programs in ``float32`` of one single to one single.
        free: bool[n, L], instructions that are constants which may change.
        start: Arguments that always count.
        every: All arguments.
        effort: How much to try after each exchange.

    Returns:
        float64[n], the largest errors at all arguments; infinite where there is a NaN.
    """
    found = np.empty(len(batch))
    for row in range(len(batch)):
        one = batch.take(np.array([row]))
        found[row] = _exchanged(one, free[row : row + 1], start, every, effort)
        batch.constant[row] = one.constant[0]
    return found


def _exchanged(
    one: Batch, free: NDArray[np.bool_], start: Truth, every: Truth, effort: Effort
) -> float:
    """The same for a single program."""
    least, worst = _worst(one, every)
    if least >= _FAR:
        return least
    kept, counted = one.constant.copy(), start
    for _ in range(_ROUNDS):
        # What is worst stands in front: steps that do not help are seen to fail at once.
        counted = worst + counted
        near = settle(one, free, counted, np.array([np.inf]), effort)[0]
        error, worst = _worst(one, every)
        if error < least:
            least = error
            kept[:] = one.constant
        if error <= near or least <= 1.0:
            break
    one.constant[:] = kept
    return least


def _worst(one: Batch, every: Truth) -> tuple[float, Truth]:
    """The largest error, and the worst argument of each block, that of the worst first."""
    error, places = examine(one, every)
    blocks = np.resize(np.argsort(-error[0], kind="stable"), BLOCK)
    return float(error[0, blocks[0]]), every.take(places[0, blocks].astype(np.intp))
