"""Constants on the float32 grid against the arguments at which they turn out to be worst.

Constants that are tuned at some thousand arguments are better there than elsewhere. Here the
arguments of the largest errors among many, and around those, join those that count, and
constants are moved again: the exchange of Remez's algorithm, over floats.
"""

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.arguments import Known
from elitemap.evaluators.float32.grid import BLOCK, Effort, Floats, Truth, examine, settle
from elitemap.searchspaces.programs.batch import Batch

#: Most exchanges.
_ROUNDS = 3

#: What a further exchange must promise: errors elsewhere that are larger by so much.
_WORTH = 1.01

#: Of how many places the neighbourhood is looked at, and how many floats to either side.
_PLACES, _REACH = 32, 16 * BLOCK


def exchange(
    batch: Batch,
    free: NDArray[np.bool_],
    start: Truth,
    pool: Truth,
    known: Known,
    effort: Effort,
) -> Floats:
    """Move the constants of programs to a smaller largest error over a pool, in place.

    Args:
        batch: n programs in ``float32`` of one single to one single.
        free: bool[n, L], instructions that are constants which may change.
        start: Arguments that always count.
        pool: All arguments, of at least :data:`.grid.BLOCK` blocks.
        known: What is approximated.
        effort: How much to try after each exchange.

    Returns:
        float64[n], the largest errors that were seen; infinite where there is a NaN.
    """
    found = np.empty(len(batch))
    for row in range(len(batch)):
        one = batch.take(np.array([row]))
        found[row] = _exchanged(one, free[row : row + 1], start, pool, known, effort)
        batch.constant[row] = one.constant[0]
    return found


def _exchanged(
    one: Batch,
    free: NDArray[np.bool_],
    start: Truth,
    pool: Truth,
    known: Known,
    effort: Effort,
) -> float:
    """The same for a single program."""
    least, witnesses = _worst(one, pool, known)
    kept = one.constant.copy()
    counted = start
    for _ in range(_ROUNDS):
        # What is worst stands in front: steps that do not help are seen to fail at once.
        counted = witnesses + counted
        near = settle(one, free, counted, np.array([np.inf]), effort)[0]
        error, witnesses = _worst(one, pool, known)
        if error < least:
            least = error
            kept[:] = one.constant
        if error < _WORTH * near:
            break
    one.constant[:] = kept
    return least


def _worst(one: Batch, pool: Truth, known: Known) -> tuple[float, Truth]:
    """The largest error, and :data:`.grid.BLOCK` arguments where errors are large."""
    error, far = _largest(one, pool)
    around = known.around(far.points[:_PLACES], _REACH)
    more, near = _largest(one, around)
    half = BLOCK // 2
    return max(error, more), near.take(slice(half)) + far.take(slice(half))


def _largest(one: Batch, at: Truth) -> tuple[float, Truth]:
    """The largest error, and the worst argument of each of the worst blocks, that first."""
    error, places = examine(one, at)
    blocks = np.argsort(-error[0], kind="stable")[:BLOCK]
    return float(error[0, blocks[0]]), at.take(places[0, blocks].astype(np.intp))
