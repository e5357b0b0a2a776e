"""Lloyd and Max's quantizer of a distribution: no scalar quantizer of so many levels errs less."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from elitemap.archive.errors import SearchError
from elitemap.evaluators.quantizers.formats.distributions import DISTRIBUTIONS, Distribution
from elitemap.evaluators.quantizers.formats.sources import Source

Floats = NDArray[np.float64]

#: Descents before Newton's steps, most of both, and the largest relative step of the last.
_DESCENTS, _STEPS, _SETTLED = 30, 200, 1e-6

#: Where the density of levels is looked at, in standard deviations.
_NODES = np.concatenate([[0.0], np.geomspace(1e-4, 1e4, 20_000)])


@cache
def lloyd_max(source: Source, count: int) -> tuple[tuple[float, ...], float]:
    """Levels to six digits, and the mean squared error to about ten.

    Lloyd's condition, that a level is the mean of what is nearest to it, is solved by Newton's
    steps: descents alone come to an end within thousands of rounds where levels are many.

    Args:
        source: A symmetric distribution for which the condition has one solution.
        count: How many levels; even.

    Raises:
        SearchError: If the steps do not come to an end.
    """
    of = DISTRIBUTIONS[source.name]
    levels = _start(of, count // 2)
    for step in range(_STEPS):
        share, mean, slopes = _cells(of, levels)
        moved = mean / share
        if step >= _DESCENTS:
            moved = _newton(levels, moved, slopes / share[:, None])
        far = float((np.abs(moved - levels) / levels).max())
        levels = moved
        if far < _SETTLED:
            share, mean, _ = _cells(of, levels)
            return (*(-levels[::-1]).tolist(), *levels.tolist()), 1.0 - 2.0 * float(
                (mean**2 / share).sum()
            )
    raise SearchError(f"Lloyd's condition of {count} levels for {source.name} is not solved")


def _start(of: Distribution, count: int) -> Floats:
    """Levels above zero as dense as the cube root of the density, which is best for many."""
    root = np.cbrt(of.density(_NODES))
    below = np.concatenate([[0.0], np.cumsum(np.diff(_NODES) * (root[1:] + root[:-1]) / 2)])
    wanted = (np.arange(count) + 0.5) / count * below[-1]
    return np.asarray(np.interp(wanted, below, _NODES))


def _cells(of: Distribution, levels: Floats) -> tuple[Floats, Floats, Floats]:
    """Of what is nearest to each level above zero.

    Returns:
        float64[n], its probability and partial mean, and float64[n, 2], by how much more the latter
        grows than the level times the former when its lower and its upper end move.
    """
    ends = 0.5 * (levels[1:] + levels[:-1])
    below = np.concatenate([[0.5], of.below(ends), [1.0]])
    partial = np.concatenate([of.mean(np.zeros(1)), of.mean(ends), [0.0]])
    share, mean = np.diff(below), np.diff(partial)
    slope, centre = of.density(ends), mean / share
    slopes = np.zeros((len(levels), 2))
    slopes[1:, 0] = -slope * (ends - centre[1:])
    slopes[:-1, 1] = slope * (ends - centre[:-1])
    return share, mean, slopes


def _newton(levels: Floats, means: Floats, slopes: Floats) -> Floats:
    """Levels after a step: each end lies halfway between two of them."""
    bands = np.zeros((3, len(levels)))
    bands[0, 1:] = 0.5 * slopes[:-1, 1]
    bands[1] = 0.5 * slopes.sum(axis=1) - 1.0
    bands[2, :-1] = 0.5 * slopes[1:, 0]
    moved = levels - linalg.solve_banded((1, 1), bands, means - levels)
    rising = (np.diff(moved, prepend=0.0) > 0).all()
    return np.asarray(moved if rising else means)


def least_scalar(source: Source, count: int) -> float:
    """The least mean squared error of a scalar quantizer with so many levels."""
    return lloyd_max(source, count)[1]
