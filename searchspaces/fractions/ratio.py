"""The ratios r(n) = b(n)/(a(n) a(n-1)).

Inflation (a_n, b_n) -> (c_n a_n, c_n c_(n-1) b_n) keeps them, and two fractions without a vanishing
a_n or b_n are inflations of one another exactly if their ratios agree (Lorentzen, Waadeland:
Continued Fractions with Applications, 1992, chapter II).
"""

from typing import NamedTuple

from flint import fmpz_poly

from elitemap.searchspaces.fractions.continued import (
    ContinuedFraction,
    FractionError,
    Polynomial,
    trimmed,
)


class Ratio(NamedTuple):
    """A quotient of polynomials over the integers in lowest terms.

    Attributes:
        numerator: N.
        denominator: D, without common factor with N, its leading coefficient positive.
    """

    numerator: fmpz_poly
    denominator: fmpz_poly


def as_poly(polynomial: Polynomial) -> fmpz_poly:
    """A coefficient list, leading term first, as a polynomial."""
    return fmpz_poly(list(reversed(polynomial)))


def as_coefficients(polynomial: fmpz_poly) -> Polynomial:
    """The inverse of :func:`as_poly`."""
    return trimmed([int(c) for c in reversed(polynomial.coeffs())])


def shifted(polynomial: fmpz_poly, by: int) -> fmpz_poly:
    """The polynomial at n + by."""
    return polynomial(fmpz_poly([by, 1])) if by else polynomial


def lowest(numerator: fmpz_poly, denominator: fmpz_poly) -> Ratio:
    """A quotient in lowest terms; the denominator must not be zero."""
    common = numerator.gcd(denominator)
    if denominator.leading_coefficient() < 0:
        common = -common
    return Ratio(numerator // common, denominator // common)


def integer_roots(polynomial: fmpz_poly) -> list[int]:
    """The whole roots of a polynomial that is not zero, ascending, each once."""
    return sorted({int(root) for root, _ in polynomial.roots()})


def ratios(f: ContinuedFraction) -> tuple[Ratio, ...]:
    """The ratios of an interlaced fraction by residue of n modulo the period.

    Returns:
        At index i the ratio r(n) for n = p k + i as a function of k; p is the period.

    Raises:
        FractionError: If one of the a's is the zero polynomial.
    """
    if not all(f.a):
        raise FractionError("expected partial denominators that are not all zero")
    above, below = ([as_poly(q) for q in side] for side in (f.b, f.a))
    # The index before p k is p (k - 1) + p - 1.
    before = [shifted(below[-1], -1), *below[:-1]]
    return tuple(lowest(b, a * last) for a, b, last in zip(below, above, before, strict=True))


def terminates(f: ContinuedFraction) -> bool:
    """Whether b_n vanishes for some n >= 1, so that the value is a quotient of whole numbers."""
    for residue, polynomial in enumerate(f.b):
        first = 0 if residue else 1
        if not polynomial or any(k >= first for k in integer_roots(as_poly(polynomial))):
            return True
    return False
