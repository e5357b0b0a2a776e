"""The candidates of a signed search: Moebius images of a constant, and words of signs."""

import itertools
from collections import Counter

import numpy as np
from numpy.typing import NDArray

Sides = NDArray[np.int64]


def words(lowest: int, highest: int) -> tuple[tuple[int, ...], ...]:
    """Every primitive word of the signs 1 and -1 with a length in the range, shortest first.

    A word that is a power of a shorter one is not primitive; rotations count as different words.
    """
    found = []
    for length in range(lowest, highest + 1):
        for word in itertools.product((1, -1), repeat=length):
            if not any(word == word[k:] + word[:k] for k in range(1, length)):
                found.append(word)
    return tuple(found)


def places(limit: int) -> int:
    """How many rows :func:`sides` is asked about: c0 >= 0 and all others from -limit to limit."""
    return (limit + 1) * (2 * limit + 1) ** 3


def sides(limit: int, start: int, stop: int) -> Sides:
    """The images (c0 + c1 c)/(c2 + c3 c) with |coefficients| <= limit at some places of their box.

    Args:
        limit: Largest coefficient in absolute value.
        start: First place.
        stop: One past the last place, at most :func:`places`.

    Returns:
        int64[n, 4]: rows c0..c3 in lowest terms, their first number that is not zero positive,
        without rational numbers (c0 c3 = c1 c2). Of an irrational constant no two are equal.
    """
    width = 2 * limit + 1
    place = np.arange(start, stop, dtype=np.int64)
    c0 = place // width**3
    c1, c2, c3 = (place // width**power % width - limit for power in (2, 1, 0))
    kept = ((c0 > 0) | (c1 > 0)) & (c0 * c3 != c1 * c2)
    rows = np.stack([c[kept] for c in (c0, c1, c2, c3)], axis=1)
    lowest: Sides = rows[np.gcd.reduce(rows, axis=1) == 1]
    return lowest


def positive_sides(limit: int) -> int:
    """How many of the images with |coefficients| <= limit are positive, of any irrational constant.

    The sign of the numerator pairs the positive ones with the negative ones. Rows in lowest terms
    are counted by Moebius inversion over their common divisor.
    """
    total = sum(_moebius(d) * _independent(limit // d) for d in range(1, limit + 1))
    return total // 4


def _independent(limit: int) -> int:
    """Rows with |coefficients| <= limit and c0 c3 != c1 c2."""
    span = range(-limit, limit + 1)
    products = Counter(x * y for x, y in itertools.product(span, span))
    return int((2 * limit + 1) ** 4 - sum(count**2 for count in products.values()))


def _moebius(n: int) -> int:
    """The Moebius function, by trial division."""
    sign, divisor = 1, 2
    while n > 1:
        if n % divisor == 0:
            n, sign = n // divisor, -sign
            if n % divisor == 0:
                return 0
        divisor += 1
    return sign
