"""What the fit of a search sees of a target of two variables."""

import math

import numpy as np

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
    weight = 1.0 / np.abs(high) if target.relative else np.ones(count)
    return Samples(points, high, low, weight)
