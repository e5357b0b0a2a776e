"""Gauss's fractions that a given one may be contiguous to: same characteristic roots.

A fraction a(n) = A n + G, b(n) = B (n - r1)(n - r2) is a ratio of 2F1 (module
:mod:`elitemap.evaluators.fractions.labels.hypergeometric`). A gauge keeps R = B/A^2, the roots'
classes modulo whole numbers as far as their exponents are odd, and the difference of the solutions'
exponents modulo whole numbers; so B, r1, r2 and G are known up to steps that are gauges themselves,
except where 2F1 is reducible.
"""

import itertools
from collections.abc import Iterator

from flint import fmpq, fmpq_poly

from elitemap.evaluators.fractions.contiguous.exponents import root, second
from elitemap.evaluators.fractions.contiguous.twists import asymptote, odd_classes
from elitemap.searchspaces.fractions.canonical import canonical
from elitemap.searchspaces.fractions.continued import ContinuedFraction

#: Steps of a root, and of the exponents' difference: what contiguous functions may not connect.
STEPS = (0, -1)
LEAPS = (0, 1, -1)


def near_gauss(fraction: ContinuedFraction) -> Iterator[ContinuedFraction]:
    """Candidates of degrees 1 and 2, canonical, different ones.

    Args:
        fraction: Of period 1, canonical.

    Raises:
        FractionError: If the fraction is degenerate.
    """
    of = asymptote(fraction)
    pairs = _roots(fraction)
    if of.growth or 1 + 4 * of.limit <= 0 or pairs is None:
        return
    rho, side = second(fraction), root(of.limit)
    leaps = [rho] if side is None else [rho + leap * side for leap in LEAPS]
    seen = set()
    for (x, y), leap, one, other in itertools.product(pairs, leaps, STEPS, STEPS):
        found = _fraction(of.limit, leap, x + one, y + other)
        if found not in seen and found != fraction and max(found.degrees) > 0:
            seen.add(found)
            yield found


def _roots(fraction: ContinuedFraction) -> list[tuple[fmpq, fmpq]] | None:
    """What classes b's roots may have; None if they cannot fit two of them."""
    odd, even = odd_classes(fraction)
    if any(len(key) != 2 for key in odd):
        return None
    if len(odd) == 2:
        x, y = (fmpq(-key[0], key[1]) for key in odd)
        return [(x, y)]
    if odd:
        return None
    linear = [fmpq(-key[0], key[1]) for key in even if len(key) == 2]
    return [(x, x) for x in dict.fromkeys([*linear, fmpq(0), fmpq(1, 2)])]


def _fraction(limit: fmpq, rho: fmpq, x: fmpq, y: fmpq) -> ContinuedFraction:
    """A = n + G, b = R (n - x)(n - y), inflated to whole coefficients."""
    a = fmpq_poly([(1 - rho - x - y) / 2, 1])
    b = fmpq_poly([x * y, -x - y, 1]) * limit
    return whole(a, b)


def whole(a: fmpq_poly, b: fmpq_poly) -> ContinuedFraction:
    """The canonical fraction with these polynomials, inflated to whole coefficients."""
    scale = int(a.denom()) * int(b.denom())
    sides = (a * scale).numer(), (b * scale**2).numer()
    first, second = ([int(c) for c in reversed(side.coeffs())] for side in sides)
    return canonical(ContinuedFraction.of(first, second))
