"""The arguments at which the float64 evaluation of a program is measured."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.elementary.float64.ordinals import floats, ordinal, ordinals
from elitemap.evaluators.elementary.float64.removable import Run
from elitemap.searchspaces.elementary.targets import Target

Floats = NDArray[np.float64]

#: Arguments spread over the domain, evenly and towards both ends.
SPREAD = 512
#: Places that are approached; of more the first.
PLACES = 8
#: Neighbouring floats of a place on either side.
_NEIGHBOURS = 4
#: Halvings on the way to a place other than 0, and steps of halvings on the way to 0.
_HALVINGS, _STEP, _LEAST = 60, 24, 1074


def measured_at(target: Target, places: Sequence[Run]) -> Floats:
    """Arguments in the domain: spread over it, its ends, 0 with both signs, and towards places.

    Args:
        target: Whose domain it is.
        places: Where evaluation may be in trouble; their ends are approached from both sides, down
            to the neighbouring floats, and 0 down to the subnormal numbers.

    Returns:
        float64[n], rising, without repetition but for the sign of 0.
    """
    low, high = target.inner
    even = low + (high - low) * (np.arange(SPREAD // 2) + 0.5) / (SPREAD // 2)
    ends = [end for run in places[:PLACES] for end in (run.low, run.high)]
    around = [approach(point, high - low) for point in {0.0, low, high, *ends}]
    xs = np.unique(np.concatenate([even, target.chebyshev(SPREAD // 2), *around]))
    xs = xs[(xs >= low) & (xs <= high)]
    return np.concatenate([[-0.0], xs]) if low <= 0.0 <= high else xs


def approach(point: float, width: float) -> Floats:
    """A point, the floats next to it, and arguments that come geometrically nearer to it.

    Args:
        point: The point.
        width: Where the approach begins: its largest distance.
    """
    neighbours = floats(ordinal(point) + np.arange(-_NEIGHBOURS, _NEIGHBOURS + 1))
    if point == 0.0:
        halvings = np.arange(1.0, _LEAST + 1.0, _STEP)
    else:
        halvings = np.arange(1.0, _HALVINGS + 1.0)
    steps = np.ldexp(width, -halvings.astype(np.int64))
    xs = np.concatenate([point - steps, neighbours, point + steps])
    return floats(np.unique(ordinals(xs)))
