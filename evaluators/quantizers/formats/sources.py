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
T_SCALE = math.sqrt(3.0 / 5.0)


@dataclass(frozen=True)
class Source:
    """A distribution.

    Attributes:
        name: What it is.
        quantile: Probability, float64[n], to weight.
        draw: ``(generator, n)`` to weights.
        power: 2^(2 h) / (2 pi e), h the differential entropy in bits: Shannon's lower bound on the
            mean squared error at R bits is this times 4^-R, exact for the normal distribution.
        descends: Whether Lloyd's descent is known to end at the best scalar quantizer, which is
            then another bound.
    """

    name: str
    quantile: Callable[[Floats], Floats]
    draw: Callable[[np.random.Generator, int], Floats]
    power: float
    descends: bool = True

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
    return float(inside + math.log(math.sqrt(nu) * special.beta(nu / 2, 0.5)) + math.log(T_SCALE))


#: Outliers: one weight of a hundred is from a normal distribution ten times as wide.
RARE, WIDE = 0.01, 10.0

#: The standard deviation of the narrow part, so that the whole has variance 1.
NARROW = 1.0 / math.sqrt(1.0 - RARE + RARE * WIDE**2)

#: Halvings of an interval in which a quantile lies.
_HALVINGS = 50


def _outlier_probability(x: Floats) -> Floats:
    narrow = special.ndtr(x / NARROW)
    return np.asarray((1.0 - RARE) * narrow + RARE * special.ndtr(x / (NARROW * WIDE)))


def _outlier_quantile(p: Floats) -> Floats:
    """By halving: of the smaller tail, whose probability float64 tells finely."""
    tail = np.minimum(p, 1.0 - p)
    low, high = np.full(tail.shape, -40.0 * NARROW * WIDE), np.zeros(tail.shape)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        below = _outlier_probability(middle) < tail
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(np.sign(p - 0.5) * -0.5 * (low + high))


def _outlier_draw(rng: np.random.Generator, n: int) -> Floats:
    wide = np.where(rng.random(n) < RARE, WIDE, 1.0)
    return np.asarray(NARROW * wide * rng.standard_normal(n))


def _outlier_entropy() -> float:
    """Nats, by the trapezoidal rule far into the tails, which is exact to the digits kept."""
    x = np.linspace(-40.0 * NARROW * WIDE, 40.0 * NARROW * WIDE, 1 << 18)
    parts = ((1.0 - RARE, NARROW), (RARE, NARROW * WIDE))
    density = sum(w * np.exp(-0.5 * (x / s) ** 2) / (s * math.sqrt(2 * math.pi)) for w, s in parts)
    return float(-(special.xlogy(density, density)).sum() * (x[1] - x[0]))


#: Those that every certificate tells the error on, beside its own.
BESIDE = ("normal", "student-t5", "laplace")

SOURCES = {
    source.name: source
    for source in (
        Source("normal", special.ndtri, lambda rng, n: rng.standard_normal(n), 1.0),
        Source(
            "student-t5",
            lambda p: T_SCALE * special.stdtrit(5.0, p),
            lambda rng, n: T_SCALE * rng.standard_t(5.0, n),
            _power(_t_entropy()),
        ),
        Source(
            "laplace",
            _laplace,
            lambda rng, n: rng.laplace(0.0, 1.0 / math.sqrt(2.0), n),
            _power(1.0 + math.log(2.0 / math.sqrt(2.0))),
        ),
        Source("outliers", _outlier_quantile, _outlier_draw, _power(_outlier_entropy()), False),
    )
}
