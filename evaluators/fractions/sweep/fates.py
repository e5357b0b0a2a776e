"""Convergence classes of whole boxes of plain fractions, from leading coefficients alone.

What :func:`elitemap.searchspaces.fractions.convergence.classify` says of one fraction, vectorised
and as exact: with leading terms alpha n^d and beta n^e, r(n) = b(n)/(a(n) a(n-1)) goes like
R n^(e - 2d), R = beta/alpha^2, and only 1 + 4R = 0 asks for the two coefficients that follow.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.fractions.sweep.batched import (
    ALTERNATING,
    DOUBLED,
    HALF_ALTERNATING,
    HALF_DOUBLED,
    MOST_DEPTH,
    SIMPLE,
)

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

#: What to do with a pair; those from QUICK on converge.
ZERO, DIVERGENT, LOGARITHMIC, CRITICAL, QUICK, DEEP, ROOT, SLOW = range(8)

#: Digits that float64 evaluation is carried to, and terms beyond those predicted.
DIGITS, MARGIN = 14.0, 48

#: Integers below this are squared and added without care for overflow.
SAFE = 2**29


@dataclass(frozen=True)
class Leads:
    """Leading terms of one side of a box.

    Attributes:
        degree: int64[k], of the different leading terms; -1 for zero.
        leading: int64[k], their coefficients.
        kind: int32[m], which of them each polynomial has.
    """

    degree: Integers
    leading: Integers
    kind: NDArray[np.int32]


@dataclass(frozen=True)
class Fates:
    """What becomes of every pair of leading terms; arrays are [ka, kb].

    Attributes:
        fate: int8, one of ZERO, DIVERGENT, CRITICAL, QUICK, DEEP, ROOT, SLOW.
        depth: int32, terms of float64 evaluation that QUICK pairs need; 0 for the others.
        start: float64, t_n/a_(n-1) in the limit, for QUICK pairs.
        growth: int64, the power of n that r goes like.
    """

    fate: NDArray[np.int8]
    depth: NDArray[np.int32]
    start: Floats
    growth: Integers


def leads(coefficients: Integers) -> Leads:
    """Leading terms of polynomials, int64[m, width], leading coefficient first."""
    width = coefficients.shape[1]
    nonzero = coefficients != 0
    first = np.where(nonzero.any(axis=1), nonzero.argmax(axis=1), width - 1)
    leading = coefficients[np.arange(len(coefficients)), first]
    degree = np.where(leading == 0, -1, width - 1 - first)
    different, rank = np.unique(leading, return_inverse=True)
    keys, kind = np.unique((degree + 1) * len(different) + rank, return_inverse=True)
    degrees, ranks = np.divmod(keys, len(different))
    return Leads(degrees - 1, different[ranks], kind.astype(np.int32))


def fates(a: Leads, b: Leads) -> Fates:
    """Classes of all pairs of leading terms."""
    d, e = a.degree[:, None], b.degree[None, :]
    growth = e - 2 * d
    alpha, beta = _exact(a.leading)[:, None], _exact(b.leading)[None, :]
    discriminant = alpha * alpha + 4 * beta
    sign = np.sign(discriminant).astype(np.int8)
    positive = np.broadcast_to(np.asarray(beta > 0, dtype=bool), sign.shape)
    fate = np.full(sign.shape, DIVERGENT, dtype=np.int8)
    fate[(growth == 2) & positive] = SLOW
    fate[(growth == 1) & positive] = ROOT
    fate[(growth == 0) & (sign == 0)] = CRITICAL
    quick = (growth < 0) | ((growth == 0) & (sign > 0))
    with np.errstate(all="ignore"):
        size = np.abs(np.asarray(alpha, dtype=np.float64))
        ratio = np.asarray(beta, dtype=np.float64) / size**2
        s = np.sqrt(np.asarray(discriminant, dtype=np.float64)) / size
        terms = np.where(growth < 0, _factorial_terms(ratio, -growth), _terms(s, ratio))
        start = np.where(growth == 0, 2 * ratio / (1 + s), 0.0)
    terms = np.where(np.isfinite(terms), terms, MOST_DEPTH) + MARGIN
    fate[quick] = np.where(terms[quick] < MOST_DEPTH // 2, QUICK, DEEP)
    fate[(d < 0) | (e < 0)] = ZERO
    depth = np.where(fate == QUICK, terms, 0).astype(np.int32)
    return Fates(fate, depth, np.where(fate == QUICK, start, 0.0), growth)


def critical(a: Integers, b: Integers) -> NDArray[np.int8]:
    """What becomes of pairs with 1 + 4R = 0: ROOT, SLOW, LOGARITHMIC or DIVERGENT.

    With 1 + 4r = (a(n) a(n-1) + 4 b(n))/(a(n) a(n-1)) ~ c/n, or k/n^2 if c = 0.

    Args:
        a: int64[m, d + 1], leading coefficients not zero.
        b: int64[m, 2d + 1].
    """
    d = a.shape[1] - 1
    alpha, a1, a2 = (_exact(_column(a, k)) for k in range(3))
    b1, b2 = (_exact(_column(b, k)) for k in (1, 2))
    # a(n-1) = alpha n^d + (a1 - d alpha) n^(d-1) + (a2 - (d-1) a1 + binomial(d, 2) alpha) n^(d-2)
    before1 = a1 - d * alpha
    before2 = a2 - (d - 1) * a1 + math.comb(d, 2) * alpha
    c = alpha * (before1 + a1) + 4 * b1
    if d == 0:
        c = c * 0
    k = alpha * (before2 + a2) + a1 * before1 + 4 * b2 if d else c
    square = alpha * alpha + 4 * k
    found = np.where(square > 0, SLOW, np.where(square == 0, LOGARITHMIC, DIVERGENT))
    return np.where(c > 0, ROOT, np.where(c < 0, DIVERGENT, found)).astype(np.int8)


def expansion_of(fate: int, growth: int) -> int:
    """Which expansion of the tail belongs to a pair."""
    if fate in (QUICK, DEEP):
        return SIMPLE
    if growth == 0:
        return DOUBLED if fate == SLOW else HALF_DOUBLED
    return ALTERNATING if fate == SLOW else HALF_ALTERNATING


def _exact(values: Integers) -> Any:
    """Integers that can be squared: as they are, or as Python's."""
    return values if np.abs(values).max(initial=0) < SAFE else values.astype(object)


def _column(coefficients: Integers, k: int) -> Integers:
    return (
        coefficients[:, k] if k < coefficients.shape[1] else np.zeros(len(coefficients), np.int64)
    )


def _terms(s: Floats, ratio: Floats) -> Floats:
    """Terms for DIGITS at log10((1 + s)^2/(4 |R|)) digits a term."""
    found: Floats = DIGITS / np.log10((1 + s) ** 2 / (4 * np.abs(ratio)))
    return found


def _factorial_terms(ratio: Floats, order: Integers) -> Floats:
    """The N with order log10 N! - N log10 |R| = DIGITS, beyond the minimum, by bisection."""
    size = np.log10(np.abs(ratio))
    order = np.maximum(order, 1)
    low = 10 ** np.minimum(size / order, 4.0)
    high = np.full(low.shape, 2e5)
    for _ in range(40):
        middle = np.sqrt(low * high)
        # Stirling's formula serves for the logarithm of the factorial.
        factorial = middle * np.log10(middle / math.e) + 0.5 * np.log10(2 * math.pi * middle)
        reached = order * factorial - middle * size < DIGITS
        low, high = np.where(reached, middle, low), np.where(reached, high, middle)
    return high
