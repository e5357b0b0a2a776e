"""What closed forms need of the distributions of :mod:`.sources`: all symmetric, of variance 1."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from elitemap.evaluators.quantizers.formats.sources import NARROW, RARE, T_SCALE, WIDE

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Distribution:
    """A distribution at weights x >= 0, float64[n] to float64[n].

    Attributes:
        below: The probability of a smaller weight.
        mean: The mean of the smaller ones, times that probability.
        density: The density.
    """

    below: Callable[[Floats], Floats]
    mean: Callable[[Floats], Floats]
    density: Callable[[Floats], Floats]


def _bell(x: Floats, deviation: float = 1.0) -> Floats:
    exponent = -0.5 * (x / deviation) ** 2
    return np.asarray(np.exp(exponent) / (deviation * math.sqrt(2.0 * math.pi)))


def _t_density(x: Floats) -> Floats:
    at, whole = x / T_SCALE, math.sqrt(5.0) * special.beta(2.5, 0.5)
    return np.asarray((1.0 + at**2 / 5.0) ** -3.0 / (whole * T_SCALE))


def _t_mean(x: Floats) -> Floats:
    """-(5 + t^2) / 4 times the density of t, in units of the scale."""
    at = x / T_SCALE
    return np.asarray(-(5.0 + at**2) / 4.0 * _t_density(x) * T_SCALE**2)


def _laplace_density(x: Floats) -> Floats:
    return np.asarray(np.exp(-math.sqrt(2.0) * x) / math.sqrt(2.0))


def _laplace_mean(x: Floats) -> Floats:
    return np.asarray(-0.5 * np.exp(-math.sqrt(2.0) * x) * (x + 1.0 / math.sqrt(2.0)))


#: Weights and standard deviations of the parts of a distribution with outliers.
_PARTS = ((1.0 - RARE, NARROW), (RARE, NARROW * WIDE))


def _mixed(part: Callable[[Floats, float], Floats]) -> Callable[[Floats], Floats]:
    return lambda x: np.asarray(sum(share * part(x, sd) for share, sd in _PARTS))


#: By the name of the source.
DISTRIBUTIONS = {
    "normal": Distribution(special.ndtr, lambda x: -_bell(x), _bell),
    "student-t5": Distribution(lambda x: special.stdtr(5.0, x / T_SCALE), _t_mean, _t_density),
    "laplace": Distribution(
        lambda x: 1.0 - _laplace_density(x) / math.sqrt(2.0), _laplace_mean, _laplace_density
    ),
    "outliers": Distribution(
        _mixed(lambda x, sd: special.ndtr(x / sd)),
        _mixed(lambda x, sd: -(sd**2) * _bell(x, sd)),
        _mixed(_bell),
    ),
}
