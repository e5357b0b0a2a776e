"""Exact convergents of continued fractions, by product trees of 2x2 matrices.

With M_0 = [[a_0, 1], [1, 0]] and M_n = [[a_n, 1], [b_n, 0]] the product M_0 ... M_n is
[[p_n, p_(n-1)], [q_n, q_(n-1)]]; splitting it in halves multiplies numbers of equal size, which is
what makes thousands of terms cheap.
"""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from gmpy2 import mpz

from elitemap.searchspaces.fractions.continued import ContinuedFraction, Polynomial, value
from elitemap.searchspaces.fractions.signed import SignedFraction

Fraction = ContinuedFraction | SignedFraction

#: A matrix [[A, B], [C, D]] by rows.
Matrix = tuple[mpz, mpz, mpz, mpz]

#: Steps multiplied one by one at the leaves of a tree.
LEAF = 8
#: Below this, values of a polynomial are computed in 64-bit words.
_WORD = 2**62
IDENTITY: Matrix = (mpz(1), mpz(0), mpz(0), mpz(1))


def convergent(f: Fraction, n: int) -> tuple[mpz, mpz]:
    """Numerator and denominator of the n-th convergent, n >= 0, without common factors removed."""
    p, _, q, _ = state(f, n)
    return p, q


def state(f: Fraction, n: int) -> Matrix:
    """(p_n, p_(n-1), q_n, q_(n-1)) for n >= 0, exactly."""
    return product(*steps(f, 0, n + 1))


def states(f: Fraction, depths: Sequence[int]) -> list[Matrix]:
    """:func:`state` at several ascending depths, each from the one before."""
    found, at, current = [], 0, IDENTITY
    for depth in depths:
        current = times(current, product(*steps(f, at, depth + 1))) if at <= depth else current
        at = depth + 1
        found.append(current)
    return found


def walk(f: Fraction, start: int, stop: int, stride: int = 1) -> Iterator[tuple[mpz, mpz]]:
    """(p_n, q_n) for n = start, start + stride, ... below ``stop``, exactly."""
    p, before_p, q, before_q = state(f, start)
    yield p, q
    for k, (a, b) in enumerate(zip(*steps(f, start + 1, stop), strict=True), 1):
        p, before_p = a * p + b * before_p, p
        q, before_q = a * q + b * before_q, q
        if k % stride == 0:
            yield p, q


def steps(f: Fraction, start: int, stop: int) -> tuple[list[int], list[int]]:
    """The partial denominators and numerators a_n, b_n for start <= n < stop; b_0 reads as 1."""
    if isinstance(f, SignedFraction):
        denominators = list(itertools.islice(f.quotients(), start, stop))
        return denominators, [f.sign(k) if k else 1 for k in range(start, stop)]
    numerators = terms(f.b, start, stop)
    if start == 0 and numerators:
        numerators[0] = 1
    return terms(f.a, start, stop), numerators


def terms(polynomials: Sequence[Polynomial], start: int, stop: int) -> list[int]:
    """The values for start <= n < stop of polynomials that are interlaced: a_n or b_n."""
    period = len(polynomials)
    if period == 1:
        return _values(polynomials[0], start, stop)
    found = [0] * max(stop - start, 0)
    for residue, polynomial in enumerate(polynomials):
        first = start + (residue - start) % period
        last = first + (stop - first + period - 1) // period * period
        if first < stop:
            row = _values(polynomial, first // period, last // period)
            found[first - start :: period] = row
    return found


def product(a: Sequence[int], b: Sequence[int]) -> Matrix:
    """The product of the matrices [[a_i, 1], [b_i, 0]], by a tree."""
    if len(a) <= LEAF:
        return _leaf(a, b)
    middle = len(a) // 2
    return times(product(a[:middle], b[:middle]), product(a[middle:], b[middle:]))


def times(left: Matrix, right: Matrix) -> Matrix:
    """The product of two matrices."""
    a, b, c, d = left
    e, f, g, h = right
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def _leaf(a: Sequence[int], b: Sequence[int]) -> Matrix:
    p, before_p, q, before_q = 1, 0, 0, 1
    for x, y in zip(a, b, strict=True):
        p, before_p = x * p + y * before_p, p
        q, before_q = x * q + y * before_q, q
    return mpz(p), mpz(before_p), mpz(q), mpz(before_q)


def _values(polynomial: Polynomial, start: int, stop: int) -> list[int]:
    """The values of one polynomial for start <= n < stop, all n >= 0."""
    if len(polynomial) == 1:
        return [polynomial[0]] * (stop - start)
    if value(tuple(map(abs, polynomial)), stop) >= _WORD or stop - start < 2 * LEAF:
        return [value(polynomial, n) for n in range(start, stop)]
    points = np.arange(start, stop, dtype=np.int64)
    total = np.zeros_like(points)
    for coefficient in polynomial:
        total = total * points + coefficient
    found: list[int] = total.tolist()
    return found
