"""Lloyd and Max's quantizer of a distribution: no scalar quantizer of so many levels errs less."""

from functools import cache

import numpy as np

from elitemap.evaluators.quantizers.formats.sources import Source

#: Weights, evenly from the distribution, that stand for it, and rounds of the descent.
_POINTS, _ROUNDS = 1 << 18, 3000


@cache
def lloyd_max(source: Source, count: int) -> tuple[tuple[float, ...], float]:
    """Levels, and the mean squared error.

    Args:
        source: The distribution, for which the descent has one end.
        count: How many levels.
    """
    x = source.quantile((np.arange(_POINTS) + 0.5) / _POINTS)
    sums = np.concatenate([[0.0], np.cumsum(x)])
    levels = source.quantile((np.arange(count) + 0.5) / count) * 1.5
    for _ in range(_ROUNDS):
        cuts = np.searchsorted(x, (levels[1:] + levels[:-1]) / 2)
        ends = np.concatenate([[0], cuts, [_POINTS]])
        filled = np.maximum(np.diff(ends), 1)
        moved = np.where(np.diff(ends) > 0, np.diff(sums[ends]) / filled, levels)
        settled = float(np.abs(moved - levels).max()) < 1e-7
        levels = moved
        if settled:
            break
    at = np.searchsorted((levels[1:] + levels[:-1]) / 2, x)
    return tuple(levels.tolist()), float(((x - levels[at]) ** 2).mean())


def least_scalar(source: Source, count: int) -> float:
    """The least mean squared error of a scalar quantizer with so many levels."""
    return lloyd_max(source, count)[1]
