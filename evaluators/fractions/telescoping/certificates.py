"""Checks of a telescoped recurrence that use nothing of how it was found."""

from fractions import Fraction

from flint import fmpz_mpoly

from elitemap.evaluators.fractions.telescoping.summands import in_n, ring
from elitemap.evaluators.fractions.telescoping.zeilberger import Recurrence

#: Sums that are compared besides: where R has a pole, telescoping alone says nothing.
COMPARED = 12


def holds(found: Recurrence) -> bool:
    """Whether the certificate's identity holds, and the recurrence for the first sums.

    The identity is c0 + c1 t(n+1,k)/t(n,k) + ... = R(n,k+1) t(n,k+1)/t(n,k) - R(n,k), multiplied
    out over the integers.
    """
    return _telescopes(found) and _starts(found)


def _telescopes(found: Recurrence) -> bool:
    left = ring().constant(0), ring().constant(1)
    for j, c in enumerate(found.coefficients):
        numerator, denominator = found.summand.ratio(j, 0).expanded()
        left = _sum(left, (in_n(c) * numerator, denominator))
    n, k = ring().gens()
    above, below = (side.compose(n, k + 1, ctx=ring()) for side in (found.above, found.below))
    numerator, denominator = found.summand.ratio(0, 1).expanded()
    right = _sum((above * numerator, below * denominator), (-found.above, found.below))
    return bool(left[0] * right[1] == left[1] * right[0])


def _sum(
    one: tuple[fmpz_mpoly, fmpz_mpoly], other: tuple[fmpz_mpoly, fmpz_mpoly]
) -> tuple[fmpz_mpoly, fmpz_mpoly]:
    return one[0] * other[1] + other[0] * one[1], one[1] * other[1]


def _starts(found: Recurrence) -> bool:
    order = len(found.coefficients) - 1
    first = found.summand.start
    sums = [found.summand.total(n) for n in range(first + COMPARED + order)]
    return all(
        sum(Fraction(int(c(n))) * sums[n + j] for j, c in enumerate(found.coefficients)) == 0
        for n in range(first, first + COMPARED)
    )
