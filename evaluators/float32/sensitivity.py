"""How much a result of a whole function changes with its core's value."""

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.float32.arguments import arguments
from elitemap.evaluators.float32.cores import core_values
from elitemap.searchspaces.elementary.float32.functions import Single
from elitemap.searchspaces.elementary.float32.parts import reducing, rest, run

Floats = NDArray[np.float64]

#: Arguments that are looked at.
_MANY = 1 << 14

#: By which share of its largest value a core is changed to see it.
_STEP = 2.0**-8

#: What never counts less, as a share of what counts most: a fit needs some weight everywhere.
_FLOOR = 2.0**-12


def sensitivity(single: Single, points: Floats) -> Floats:
    """The largest slope of results at arguments that are reduced to near some points.

    Args:
        single: The function.
        points: float64[n], reduced arguments, rising.

    Returns:
        float64[n].
    """
    x = arguments(single, _MANY)
    reduced = run(reducing(single.reduction), x[None])
    rows = np.flatnonzero(np.isfinite(reduced))
    x, reduced = x[rows], reduced[rows]
    known, back = np.unique(reduced, return_inverse=True)
    core = core_values(single.reduction.core, known)[back]
    step = _STEP * float(np.abs(core).max())
    ends = [(core + way * step).astype(np.float32) for way in (-1, 1)]
    after = rest(single.reduction)
    low, high = (run(after, np.stack([x, end])).astype(np.float64) for end in ends)
    with np.errstate(invalid="ignore"):
        slope = np.abs(high - low) / (2 * step)
    slope[~np.isfinite(slope)] = 0.0
    nearest = np.searchsorted((points[1:] + points[:-1]) / 2, reduced)
    found = np.zeros(len(points))
    np.maximum.at(found, nearest, slope)
    weights: Floats = np.maximum(found, _FLOOR * found.max())
    return weights
