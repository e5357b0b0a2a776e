"""Distributions that weights are drawn from: samples of even coverage, and fresh draws.

All have mean 0 and variance 1, so a mean squared error is one relative to that of nothing.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

#: Student's t with 5 degrees has variance 5/3.
_T_SCALE = math.sqrt(3.0 / 5.0)


@dataclass(frozen=True)
class Source:
    """A distribution.

    Attributes:
        name: What it is.
        quantile: Probability, float64[n], to weight.
        draw: ``(generator, n)`` to weights.
        power: 2^(2 h) / (2 pi e), h the differential entropy in bits: Shannon's lower bound on the
            mean squared error at R bits is this times 4^-R, exact for the normal distribution.
    """

    name: str
    quantile: Callable[[Floats], Floats]
    draw: Callable[[np.random.Generator, int], Floats]
    power: float

    def even(self, n: int, seed: int) -> NDArray[np.float32]:
        """float32[n], a weight from each of n parts of equal probability, in random order.

        Every statistic of single weights has next to no noise; what blocks have in common is
        random.
        """
        rng = np.random.default_rng([seed, n])
        at = self.quantile((np.arange(n) + rng.random(n)) / n)
        return rng.permutation(at).astype(np.float32)

    def fresh(self, n: int, seed: int) -> NDArray[np.float32]:
        """float32[n], independent draws."""
        return self.draw(np.random.default_rng([seed, n, 1]), n).astype(np.float32)

    def least(self, rate: float) -> float:
        """The least mean squared error of any code of so many bits per weight."""
        return float(self.power * 4.0**-rate)


def _laplace(p: Floats) -> Floats:
    tail = np.minimum(p, 1.0 - p)
    return np.asarray(np.sign(0.5 - p) * np.log(2.0 * tail) / math.sqrt(2.0))


def _power(entropy: float) -> float:
    """Of a differential entropy in nats."""
    return math.exp(2.0 * entropy) / (2.0 * math.pi * math.e)


def _t_entropy() -> float:
    """Nats of Student's t with 5 degrees, at variance 1."""
    nu = 5.0
    inside = (nu + 1) / 2 * (special.digamma((nu + 1) / 2) - special.digamma(nu / 2))
    return float(inside + math.log(math.sqrt(nu) * special.beta(nu / 2, 0.5)) + math.log(_T_SCALE))


SOURCES = {
    source.name: source
    for source in (
        Source("normal", special.ndtri, lambda rng, n: rng.standard_normal(n), 1.0),
        Source(
            "student-t5",
            lambda p: _T_SCALE * special.stdtrit(5.0, p),
            lambda rng, n: _T_SCALE * rng.standard_t(5.0, n),
            _power(_t_entropy()),
        ),
        Source(
            "laplace",
            _laplace,
            lambda rng, n: rng.laplace(0.0, 1.0 / math.sqrt(2.0), n),
            _power(1.0 + math.log(2.0 / math.sqrt(2.0))),
        ),
    )
}
