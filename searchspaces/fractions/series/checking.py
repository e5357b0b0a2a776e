"""How well the first terms of a series agree with what it is said to be."""

import math
from fractions import Fraction

from flint import arb, fmpq

from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.constants import constant
from elitemap.searchspaces.fractions.continued import value
from elitemap.searchspaces.fractions.series.series import Series

#: Terms that are summed, digits that may be told, and bits for them.
TERMS, MOST, BITS = 300, 100, 512
#: What follows the last term may be as much as so many times all terms, if each were like it.
SLOWEST = 20


def agreement(series: Series, terms: int = TERMS) -> int | None:
    """Decimal places to which so many terms give the left side; None if they contradict it.

    What is left out may be as large as slow series make it, so agreement to a few places
    contradicts nothing; that a series is the one it should be is proved elsewhere.

    Raises:
        UsageError: If a constant is not in the vocabulary.
    """
    with precision(BITS):
        total, term = _ball(series.constant), _ball(series.first)
        for k in range(terms):
            total += term
            term *= arb(value(series.above, k)) / arb(value(series.below, k))
        left = series.left.at([constant(name).ball(BITS) for name in series.left.constants])
        error = (left - total).abs_upper()
        least = arb(10) ** -MOST
        if not error < abs(term) * (SLOWEST * terms) + (1 + abs(left)) * least:
            return None
        return MOST if error < least else max(0, math.floor(-float(error.log()) / math.log(10)))


def _ball(number: Fraction) -> arb:
    return arb(fmpq(number.numerator, number.denominator))
