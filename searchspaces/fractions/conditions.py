"""From which n on a fraction meets the conditions of the classical convergence theorems.

Each condition is an inequality between polynomials in n, decided exactly. A fraction that
terminates or has a zero polynomial among its a's must not be asked about.
"""

from collections.abc import Callable, Sequence

from flint import fmpz_poly

from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.ratio import Ratio, as_poly, ratios
from elitemap.searchspaces.fractions.signs import never_negative_from

#: Polynomials whose product is meant.
Factors = tuple[fmpz_poly, fmpz_poly]


def worpitzky_start(f: ContinuedFraction) -> int | None:
    """The least n >= 1 from which on abs(r(n)) <= 1/4; None if there is none."""
    return _ratio_start(f, 1, lambda r, n: _difference(r.denominator, 4 * r.numerator))


def parabolic_start(f: ContinuedFraction) -> int | None:
    """The least n >= 2 from which on abs(r(n)) <= g_(n-1) (1 - g_n) with g_n = 1/2 + 1/(4 n).

    The right side is (2 n - 1)**2/(16 n (n - 1)), a little more than 1/4. Inflation by 1/g_n makes
    this the condition of Śleszyński and Pringsheim.
    """

    def room(r: Ratio, n: fmpz_poly) -> Factors:
        return _difference((2 * n - 1) ** 2 * r.denominator, 16 * n * (n - 1) * r.numerator)

    return _ratio_start(f, 2, room)


def positive_start(f: ContinuedFraction) -> int | None:
    """The least n >= 1 from which on r(n) > 0, if r(n) grows no faster than n**2; else None.

    With d_n d_(n-1) = 1/r(n) the fraction is an inflation of K(1/d_n), and the growth makes
    d_n + d_(n-1) >= c/n, so that the d's have no finite sum.
    """
    if any(r.numerator.degree() - r.denominator.degree() > 2 for r in ratios(f)):
        return None
    return _ratio_start(f, 1, lambda r, n: (r.numerator, r.denominator), strict=True)


def pringsheim_start(f: ContinuedFraction) -> int | None:
    """The least n >= 1 from which on abs(a_n) >= abs(b_n) + 1; None if there is none."""
    rooms = []
    for i, pair in enumerate(zip(f.a, f.b, strict=True)):
        a, b = map(as_poly, pair)
        rooms += [(i, _difference(a, b + 1)), (i, _difference(a, b - 1))]
    return _start(f.period, 1, rooms)


def distinct_moduli(f: ContinuedFraction) -> bool:
    """Whether a plain fraction's r(n) tends to some R > -1/4.

    Then the roots of x**2 = x + R, to which the recurrence tends, have different sizes.
    """
    above, below = ratios(f)[0]
    if f.period > 1 or above.degree() > below.degree():
        return False
    same = above.degree() == below.degree()
    limit = above.leading_coefficient() if same else 0
    return bool(below.leading_coefficient() + 4 * limit > 0)


def _difference(allowed: fmpz_poly, present: fmpz_poly) -> Factors:
    """Factors of allowed**2 - present**2."""
    return allowed - present, allowed + present


def _ratio_start(
    f: ContinuedFraction,
    least: int,
    room: Callable[[Ratio, fmpz_poly], Factors],
    strict: bool = False,
) -> int | None:
    """The start of a condition ``room(r, n) >= 0``, given r and n as polynomials in k = n div p."""
    rooms = [(i, room(r, fmpz_poly([i, f.period]))) for i, r in enumerate(ratios(f))]
    return _start(f.period, least, rooms, strict)


def _start(
    period: int, least: int, rooms: Sequence[tuple[int, Factors]], strict: bool = False
) -> int | None:
    """The least n >= ``least`` from which on the product of no residue's factors is negative."""
    start = least
    for residue, factors in rooms:
        first = never_negative_from(factors, strict)
        if first is None:
            return None
        start = max(start, period * (first - 1) + residue + 1)
    return start
