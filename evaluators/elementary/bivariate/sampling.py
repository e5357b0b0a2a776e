"""What the fit of a search sees of a target of two variables."""

import math

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.elementary.evaluator import Evidence
from elitemap.evaluators.elementary.fitting.fit import MANY_CHECKS, MANY_NODES, Samples
from elitemap.searchspaces.elementary.bivariate.targets import BivariateTarget

#: Points of each side at which programs are told apart.
PROBES = 4


def evidence_of(target: BivariateTarget) -> Evidence:
    """A function on products of Chebyshev points, as many as the kernel for tables takes."""
    return Evidence(_samples(target, MANY_NODES), _samples(target, MANY_CHECKS), None)


def _samples(target: BivariateTarget, count: int) -> Samples:
    points = target.grid(math.isqrt(count))
    high, low = target.sample(points)
    weight = target.units(points, high)
    if target.mean:
        shares = _shares(math.isqrt(count))
        weight *= np.sqrt(count * np.outer(shares, shares).ravel())
    return Samples(points, high, low, weight, target.mean)


def _shares(n: int) -> NDArray[np.float64]:
    """float64[n], the part of a side that each Chebyshev point stands for."""
    points = -np.cos(np.pi * np.arange(n) / (n - 1))
    wide = np.append(np.diff(points), 0.0) + np.append(0.0, np.diff(points))
    shares: NDArray[np.float64] = wide / wide.sum()
    return shares
