"""How well the first terms of a series agree with what it is said to be."""

import itertools
import math

from flint import arb, fmpq

from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.series.series import Series

#: Terms that are summed, digits that may be told, and bits for them.
TERMS, MOST, BITS = 300, 100, 512
#: What follows the last term may be as much as so many times all terms, if each were like it.
SLOWEST = 20


def agreement(series: Series, terms: int = TERMS) -> int | None:
    """Decimal places to which so many terms give the left side; None if they contradict it.

    The sum is exact. What is left out may be as large as slow series make it, so agreement to a few
    places contradicts nothing; that a series is the one it should be is proved elsewhere.

    Raises:
        UsageError: If a constant is not in the vocabulary.
    """
    kept = list(itertools.islice(series.terms(), terms + 1))
    total = series.constant + sum(kept[:-1])
    with precision(BITS):
        left = series.left.at([constant(name).ball(BITS) for name in series.left.constants])
        error = (left - _ball(total.numerator, total.denominator)).abs_upper()
        allowed = abs(_ball(kept[-1].numerator, kept[-1].denominator)) * (SLOWEST * terms)
        if not error < allowed + abs(left) * arb(10) ** -MOST:
            return None
        return max(0, min(MOST, math.floor(-float(error.log()) / math.log(10))))


def _ball(above: int, below: int) -> arb:
    return arb(fmpq(above, below))
