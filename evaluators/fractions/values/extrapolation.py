"""Salzer's extrapolation of algebraically convergent sequences.

If V_n = V + n^-theta (c_0 + c_1/n + c_2/n^2 + ...), the N-th difference in n of n^(N-1+theta) V_n
kills N terms of the tail (H. E. Salzer, "A simple method for summing certain slowly convergent
series", J. Math. Phys. 33, 1955). Steps of two keep the sign of alternating tails fixed. Rounding
grows by about 10^(1.4 N), so convergents are exact and the sums are of whole numbers.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb
from gmpy2 import mpz

from elitemap.evaluators.fractions.values.enclosure import units
from elitemap.formulas.precision import precision

#: Exponents this close to a whole number are whole.
WHOLE = 1e-9
STRIDE = 2


@dataclass(frozen=True)
class Weights:
    """Weights of a linear combination of convergents.

    Attributes:
        first: Index n0 of the first convergent; they go on in steps of two.
        factors: The whole weights.
        total: Their sum.
        loss: Bits that rounding errors of the convergents may grow by.
    """

    first: int
    factors: tuple[mpz, ...]
    total: mpz
    loss: int

    @property
    def last(self) -> int:
        """Index of the last convergent."""
        return self.first + STRIDE * (len(self.factors) - 1)

    def __str__(self) -> str:
        """The pair (n0, N)."""
        return f"({self.first}, {len(self.factors) - 1})"

    def extrapolate(self, values: Sequence[mpz]) -> mpz:
        """The limit in the units of the values: convergents n0, n0 + 2, ... in fixed point."""
        total = mpz(0)
        for factor, value in zip(self.factors, values, strict=True):
            total += factor * value
        return total // self.total


def is_whole(exponent: float) -> bool:
    """Whether an exponent of convergence is a whole number."""
    return abs(exponent - round(exponent)) < WHOLE


@functools.lru_cache(maxsize=64)
def salzer(first: int, order: int, exponent: float) -> Weights:
    """Weights (-1)^k C(N, k) n^(N-1+theta) at n = n0 + 2k for k = 0..N.

    Args:
        first: n0, at least 1.
        order: N: so many terms of the tail are killed.
        exponent: theta, positive.
    """
    power, factors = order - 1, []
    if is_whole(exponent):
        power, exponent = power + round(exponent), 0.0
    bits = 6 * order + 64
    for k in range(order + 1):
        n = first + STRIDE * k
        weight = mpz(math.comb(order, k)) * mpz(n) ** power
        if exponent:
            weight *= _power(n, exponent, bits)
        factors.append(-weight if k % 2 else weight)
    total = sum(factors, mpz(0))
    loss = sum(map(abs, factors), mpz(0)).bit_length() - abs(total).bit_length() + 1
    return Weights(first, tuple(factors), total, loss)


def _power(n: int, exponent: float, bits: int) -> mpz:
    """n**exponent in fixed point; errors are the same for all convergents' weights and harmless."""
    with precision(bits + 64):
        return mpz(units(arb(n) ** arb(exponent), bits))
