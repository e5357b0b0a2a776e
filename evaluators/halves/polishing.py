"""Constants of a core by linear programming, so that its values lie in all intervals if they can.

What a core does around its constants is taken to be linear, and the largest error, as a share of an
interval's half, is made least within some distance; again from there, farther where that has helped
and not as far where it has not. For polynomials in Horner's form one step is exact if it may go far
enough (Lim and Nagarakatte, PLDI 2021).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from elitemap.evaluators.float32.grid import Floats, Truth
from elitemap.searchspaces.programs.batch import Batch
from elitemap.searchspaces.programs.interpret import evaluate, gradient

#: Arguments that take part in a step, those of the largest errors and as many of all; those of the
#: steps before stay.
_PART = 60

#: Most steps; how much constants may change in the first, as a share of each, and in any.
_STEPS, _CHANGE, _MOST = 16, 0.05, 1.0

#: By how much that share grows after a step that has helped, and shrinks after one that has not;
#: below the least share, or where a step helps by less, the valley's end is found.
_GROWTH, _LEAST = 4.0, 1e-5

#: How much of the largest error a constant's change may be worth by itself, however small it is.
_TOGETHER = 64.0

#: A constant that changes errors by no more for each unit has no part in them.
_VAIN = 1e-20

#: Errors from which on a step is in vain.
_FAR = 64.0


def polish(batch: Batch, every: Truth, wanted: float | None = None) -> None:
    """Move the constants of cores to smaller largest errors at all arguments, in place.

    Args:
        batch: n programs in ``real``.
        every: Middles of intervals, with errors that are 1 at their ends.
        wanted: Error that cores have to come to; those that cannot at few of the arguments, which
            is certain where their constants are in sums alone, are left as they are. None for any.
    """
    literal = np.array([p.literal is not None for p in batch.dialect.primitives])
    used = np.arange(batch.length) < batch.size[:, None]
    for row in range(len(batch)):
        slots = np.flatnonzero(literal[batch.opcode[row]] & used[row])
        if len(slots):
            _polish(batch, row, slots, every, wanted)


def _polish(
    batch: Batch, row: int, slots: NDArray[np.intp], every: Truth, wanted: float | None
) -> None:
    one = batch.take(np.array([row]))
    one.constant[:, :, 1] = 0.0
    points = every.points.astype(np.float64)
    errors = _errors(one, points, every)
    least = float(np.abs(errors).max())
    if wanted is not None:
        look = _part(errors)
        found = _step(one, slots, points[look], errors[look], every.scale[look], _MOST)
        if found is None or found.level > wanted:
            return
    change, part = _CHANGE, _part(errors)
    for _ in range(_STEPS):
        if not least < _FAR or change < _LEAST:
            break
        step = _step(one, slots, points[part], errors[part], every.scale[part], change)
        if step is None:
            break
        before = one.constant.copy()
        one.constant[0, slots, 0] += step.added
        moved = _errors(one, points, every)
        error = float(np.abs(moved).max())
        part = np.union1d(part, _part(moved))
        if error < least * (1.0 - _LEAST):
            errors, least, change = moved, error, min(change * _GROWTH, _MOST)
            batch.constant[row] = one.constant[0]
        else:
            one.constant[:], change = before, change / _GROWTH


def _errors(one: Batch, points: Floats, every: Truth) -> Floats:
    """Signed errors at all arguments, infinite where there is no value."""
    with np.errstate(all="ignore"):
        errors = (evaluate(one, points)[0] - every.values) * every.scale
    found: Floats = np.where(np.isfinite(errors), errors, np.inf)
    return found


def _part(errors: Floats) -> NDArray[np.intp]:
    """Numbers of the largest errors, and of some everywhere."""
    many = min(_PART, len(errors))
    worst = np.argpartition(-np.abs(errors), many - 1)[:many]
    return np.union1d(worst, np.linspace(0, len(errors) - 1, _PART).astype(np.intp))


class _Step(NamedTuple):
    """A change of constants, and the largest error that would be left if nothing was curved."""

    added: Floats
    level: float


def _step(
    one: Batch,
    slots: NDArray[np.intp],
    points: Floats,
    errors: Floats,
    scale: Floats,
    change: float,
) -> _Step | None:
    """What to add to constants, at most that share of each; None if there is nothing."""
    slopes = gradient(one, points)[0, slots + 1].T * scale[:, None]
    if not np.isfinite(slopes).all():
        return None
    # Constants may change their sign: others make up for most of what one changes by itself.
    most = np.maximum(np.abs(slopes).max(axis=0), _VAIN)
    reach = np.where(most > _VAIN, _TOGETHER * np.abs(errors).max() / most, 0.0)
    size = np.maximum(np.abs(one.constant[0, slots, 0]), reach)
    slopes = slopes * size
    level = -np.ones((len(points), 1))
    found = linprog(
        np.append(np.zeros(len(slots)), 1.0),
        A_ub=np.vstack([np.hstack([slopes, level]), np.hstack([-slopes, level])]),
        b_ub=np.concatenate([-errors, errors]),
        bounds=[(-change, change)] * len(slots) + [(0.0, None)],
        method="highs",
    )
    return _Step(found.x[:-1] * size, float(found.x[-1])) if found.status == 0 else None
