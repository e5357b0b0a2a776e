"""The maximum of |polynomial| on [-1, 1] or [0, 1], by Bernstein coefficients on small pieces."""

from functools import lru_cache
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Pieces of [-1, 1].
PIECES = 256


class Peak(NamedTuple):
    """What is known of a maximum.

    Attributes:
        upper: A rigorous bound of |q|.
        at: The piece end where |q| is largest.
        value: |q| there, approximately.
    """

    upper: float
    at: float
    value: float


def peak(coefficients: Floats, one_sided: bool) -> Peak:
    """Bound |q(t)| for t in [-1, 1], or [0, 1] if one-sided.

    On a piece a polynomial lies within the hull of its Bernstein coefficients (R. Farouki, "The
    Bernstein polynomial basis: a centennial retrospective", 2012, section 3). Rounding is covered
    by adding ``n^2 2^-48 sum |c|``: the conversion matrix has entries below 1.3 in size, and the
    sums of absolute terms that make them up are no larger.

    Args:
        coefficients: float64[n + 1], power basis, each correctly rounded.
        one_sided: Whether t is never negative.
    """
    matrix = _bernstein(len(coefficients) - 1)[PIECES // 2 if one_sided else 0 :]
    bernstein = matrix @ coefficients
    slop = (len(coefficients) ** 2 + 16) * 2.0**-48 * float(np.abs(coefficients).sum())
    ends = np.append(np.abs(bernstein[:, 0]), abs(bernstein[-1, -1]))
    best = int(ends.argmax())
    start = 0.0 if one_sided else -1.0
    upper = float(np.abs(bernstein).max()) + slop
    return Peak(upper, start + best * 2.0 / PIECES, float(ends[best]))


@lru_cache(maxsize=4)
def _bernstein(degree: int) -> Floats:
    """float64[PIECES, n + 1, n + 1]: power basis on [-1, 1] to Bernstein basis on each piece."""
    n, width = degree, 2.0 / PIECES
    starts = -1.0 + width * np.arange(PIECES)
    matrix = np.zeros((PIECES, n + 1, n + 1))
    for i in range(n + 1):
        for k in range(n + 1):
            for j in range(min(i, k) + 1):
                weight = comb(i, j) * comb(k, j) / comb(n, j) * width**j
                matrix[:, i, k] += weight * starts ** (k - j)
    return matrix
