"""Growth and factorial reduction of many plain fractions at once."""

import ctypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.native.pointers import pointer
from elitemap.native.toolchain import load
from elitemap.searchspaces.fractions.batch import FractionBatch

KERNEL = Path(__file__).resolve().parent / "kernel"

Floats = NDArray[np.float64]

#: Primes at which reduction is looked for: a few that tell most, and more to be sure. Smaller ones
#: often divide leading coefficients, where fractions with full reduction may show none.
FEW = np.array([5, 7, 11, 13, 17, 19], np.int32)
MANY = np.array([5, 7, 11, 13, 17, 19, 23, 29, 31, 37], np.int32)

#: The depth at which rates of factorial convergence are stated.
AT = 100.0


@dataclass(frozen=True)
class Growth:
    """What leading coefficients say of n convergent fractions.

    Attributes:
        degree_a: int64[n].
        degree_b: int64[n].
        factorial: bool[n], whether convergence is factorial (else exponential).
        irrational: bool[n], whether the limit of y(n)/(n!**degree y(n-1)) over solutions y is an
            irrational number: never so where a solution is a product of rational functions, as
            those of fractions that stand for sums are.
        rate: float64[n], digits per term; of the term at n = 100 if factorial.
        size: float64[n], ln of |y(n)/y(n-1)| for the larger solution y, less degree_a ln n.
        gap: float64[n], ln of the ratio of the solutions' |y(n)/y(n-1)|, less
            (2 degree_a - degree_b) ln n.
    """

    degree_a: NDArray[np.int64]
    degree_b: NDArray[np.int64]
    factorial: NDArray[np.bool_]
    irrational: NDArray[np.bool_]
    rate: Floats
    size: Floats
    gap: Floats

    def taken(self, rows: NDArray[Any]) -> "Growth":
        """Of some rows only."""
        return Growth(*(array[rows] for array in vars(self).values()))


def growth(batch: FractionBatch) -> Growth:
    """Read convergence off the leading coefficients; rows must be candidates of the space."""
    (da, alpha), (db, beta) = _leading(batch.a), _leading(batch.b)
    factorial = db < 2 * da
    ratio = beta / (alpha.astype(np.float64) ** 2)
    discriminant = alpha * alpha + 4 * beta
    root = np.floor(np.sqrt(np.maximum(discriminant, 0).astype(np.float64)) + 0.5)
    s = np.sqrt(np.maximum(1.0 + 4.0 * ratio, 0.0))
    larger = alpha * np.where(factorial, 1.0, (1.0 + s) / 2.0)
    gap = np.log(larger**2 / np.abs(beta))
    return Growth(
        degree_a=da,
        degree_b=db,
        factorial=factorial,
        irrational=~factorial & (root.astype(np.int64) ** 2 != discriminant),
        rate=(gap + (2 * da - db) * np.log(AT)) / np.log(10),
        size=np.log(larger),
        gap=gap,
    )


def reduction(batch: FractionBatch, primes: NDArray[np.int32], bar: Floats) -> Floats:
    """How much of the largest possible factorial reduction fractions show.

    Convergents p/q have factorial reduction if gcd(p, q) grows so fast that what is left grows only
    exponentially. For each prime l the power of l in the greatest common divisor after 3 l
    terms is compared with that in (n!/lcm(1..n))**(degree(b)/2): determinants allow no more than
    n!**(degree(b)/2), and Apéry's fractions lack lcm(1..n)**degree(a). Primes that divide all
    coefficients of a or the leading one of b tell nothing; they count as the least of the others.

    Args:
        batch: n fractions.
        primes: int32[k], at most 16 odd primes.
        bar: float64[n]; a row that cannot reach it is given up.

    Returns:
        float64[n], the mean over the primes, from 0 to 1; less for rows given up.
    """
    share = np.empty(len(batch))
    load(KERNEL / "factorial.c").reduction(
        ctypes.c_size_t(len(batch)),
        ctypes.c_size_t(batch.a.shape[1]),
        ctypes.c_size_t(batch.b.shape[1]),
        pointer(batch.a),
        pointer(batch.b),
        ctypes.c_size_t(len(primes)),
        pointer(primes),
        pointer(np.ascontiguousarray(bar, dtype=np.float64)),
        pointer(share),
    )
    return share


def irrationality(grown: Growth, share: Floats) -> Floats:
    """The irrationality measure at n = 100 for a share of full reduction.

    It is ln(q**2/|b(1) ... b(n)|) / ln(q/gcd) - 1 for the denominator q of the convergent, with
    n! = (n/e)**n and lcm(1..n) = e**n (Apéry 1979; van der Poorten 1979): with full reduction a
    positive one proves the value irrational.

    Args:
        grown: Growth of n fractions.
        share: float64[n], as from :func:`reduction`.
    """
    factorials = np.log(AT) - 1.0
    above = grown.gap + (2 * grown.degree_a - grown.degree_b) * factorials
    common = share * grown.degree_b / 2 * (factorials - 1.0)
    measure: Floats = above / (grown.size + grown.degree_a * factorials - common) - 1.0
    return measure


def _leading(side: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Degrees and leading coefficients; 0 and 0 for rows of zeros."""
    width = side.shape[1]
    degree = np.maximum(width - 1 - np.argmax(side[:, ::-1] != 0, axis=1), 0)
    degree[~side.any(axis=1)] = 0
    return degree, side[np.arange(len(side)), degree]
