"""From which n on polynomial inequalities hold: exact, by enclosures of real roots."""

from collections.abc import Sequence
from typing import Any

from flint import fmpz_poly

from elitemap.formulas.precision import precision

#: Degree times bits of the coefficients beyond which roots would take minutes.
LARGEST = 10_000


def never_negative_from(factors: Sequence[fmpz_poly], strict: bool = False) -> int | None:
    """The least k >= 0 such that a product P of polynomials has P(j) >= 0 for all whole j >= k.

    Args:
        factors: The factors; fewer bits and lower degrees than their product's cost less.
        strict: Ask for P(j) > 0.

    Returns:
        The start; None if there is none, or if the polynomials are too large to find it.
    """

    def fails(j: int) -> bool:
        signs = [_sign(factor(j)) for factor in factors]
        return (0 in signs and strict) or (0 not in signs and signs.count(-1) % 2 == 1)

    if not all(factors):
        return None if strict else 0
    if sum(factor.leading_coefficient() < 0 for factor in factors) % 2:
        return None
    if any(factor.degree() * factor.height_bits() > LARGEST for factor in factors):
        return None
    # Between two neighbouring roots the sign is one, so the last whole number that fails is a root
    # or the largest below one. Each enclosure of a root leaves a few of them for exact checks.
    bounds = [pair for factor in factors for pair in _real_roots(factor)]
    for low, high in sorted(bounds, key=lambda pair: -pair[1]):
        for j in range(high, max(low - 2, -1), -1):
            if fails(j):
                return j + 1
    return 0


def _sign(number: Any) -> int:
    return int(number > 0) - int(number < 0)


def _real_roots(polynomial: fmpz_poly) -> list[tuple[int, int]]:
    """Whole bounds (at most, at least) of each real root that may not be negative."""
    signs = {_sign(c) for c in polynomial.coeffs()} - {0}
    if polynomial.degree() < 1 or (len(signs) == 1 and polynomial[0] != 0):
        return []
    # Roots are below twice the height, so that these bits leave an absolute error far below 1.
    with precision(polynomial.height_bits() + 64):
        # Roots to which flint gives an imaginary part of exactly 0 are the real ones.
        found: Any = polynomial.complex_roots()
        real = [root.real for root, _ in found if root.imag == 0]
        ends = [(r.lower().floor(), r.upper().ceil()) for r in real]
        bounds = [(int(low.unique_fmpz()), int(high.unique_fmpz())) for low, high in ends]
    return [pair for pair in bounds if pair[1] >= 0]
