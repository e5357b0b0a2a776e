"""How many runs it takes to tell two rules apart."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

#: A difference of log losses that shall be seen, the chance to see it, and that of an error.
CHANGE, POWER, LEVEL = 0.01, 0.8, 0.05

#: Fewest and most runs that are made, whatever it takes.
LEAST, MOST = 16, 64


def needed(logs: NDArray[np.float64]) -> int:
    """Paired runs by which a difference of :data:`CHANGE` is seen with a chance of :data:`POWER`.

    The usual formula for a two-sided test of a normal mean. How much differences vary is taken from
    tunings of one rule, paired run by run: they differ as little as any two rules of interest.

    Args:
        logs: float64[tunings, runs], log losses on the same runs; NaN for failures.

    Returns:
        The number, at least 1; :data:`MOST` where fewer than two tunings have four runs.
    """
    apart = [one - other for one, other in combinations(logs, 2)]
    apart = [each[np.isfinite(each)] for each in apart]
    spread = [float(each.var(ddof=1)) for each in apart if len(each) >= 4]
    if not spread:
        return MOST
    width = float(norm.ppf(1.0 - LEVEL / 2.0) + norm.ppf(POWER)) / CHANGE
    return max(1, int(np.ceil(width**2 * float(np.mean(spread)))))


def bounded(wanted: int) -> int:
    """Runs that are made where so many are needed."""
    return min(max(wanted, LEAST), MOST)
