"""Values of a part of a box at neighbouring indices, from those that it has.

With c(k) the fraction that begins at k, c(k) = a(k) + b(k+1)/c(k+1). Where a fraction is a shift of
its class's representative by a few steps, one of c(-2), c(-1), c(1) is the representative's value.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from elitemap.evaluators.fractions.sweep.singles import ROUNDING
from elitemap.evaluators.fractions.sweep.survey import EnumerationSession
from elitemap.searchspaces.fractions.box import Box

Floats = NDArray[np.float64]

#: How many steps back.
BACK = 2


def shifted(box: Box, surveyed: EnumerationSession) -> Iterator[tuple[Floats, Floats]]:
    """Values and relative tolerances, float64[na, nb] each; NaN and infinity where there is none.

    Args:
        box: Of plain fractions.
        surveyed: Values of a part of it.
    """
    a = box.a.coefficients(surveyed.rows)[:, 0]
    b = box.b.coefficients(surveyed.columns)[:, 0]
    values, tolerance = surveyed.values, surveyed.tolerance
    with np.errstate(all="ignore"):
        rest = values - _at(a, 0)[:, None]
        # The error of the value is one of the difference.
        worse = tolerance * np.abs(values / rest) + ROUNDING
        yield _known(_at(b, 1) / rest, worse)
        for k in range(-1, -1 - BACK, -1):
            tail = _at(b, k + 1) / values
            values = _at(a, k)[:, None] + tail
            tolerance = tolerance * np.abs(tail / values) + ROUNDING
            # Where b(k+1) = 0 the value ahead is a(k), a whole number.
            values = np.where(tail == 0, np.nan, values)
            yield _known(values, tolerance)


def _known(values: Floats, tolerance: Floats) -> tuple[Floats, Floats]:
    known = np.isfinite(values) & np.isfinite(tolerance)
    return np.where(known, values, np.nan), np.where(known, tolerance, np.inf)


def _at(coefficients: NDArray[np.int64], n: int) -> Floats:
    """float64[m], the polynomials at n; exact below 2^53."""
    total = np.zeros(len(coefficients))
    for column in coefficients.T:
        total = total * n + column
    return total
