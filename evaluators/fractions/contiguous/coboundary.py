"""Gauge equivalence of plain fractions: matrices that turn one recurrence into another.

With M(n) = [[0, b(n)], [1, a(n)]] the product M(N) M(N+1) ... holds the convergents of the tail
K_N = b(N)/(a(N) + b(N+1)/(a(N+1) + ...)). If for polynomials f1, f2 and a matrix U of polynomials

    f1(n) M1(n) U(n+1) = f2(n) U(n) M2(n),   det U not zero,

the two products differ by U at their ends only, and the tails by a Möbius map with rational
entries: what contiguous relations do to hypergeometric functions (Elimelech et al., arXiv
2308.11829, call it coboundary equivalence). Which f1/f2 can occur, and what U's denominators
were, follows from the determinants; U itself solves a linear system
(:mod:`elitemap.evaluators.fractions.contiguous.gauges`).
"""

from dataclasses import dataclass
from typing import Any

from flint import arb, fmpz_poly

from elitemap.evaluators.fractions.contiguous.gauges import Entries, solve
from elitemap.evaluators.fractions.contiguous.twists import Twist, twists
from elitemap.searchspaces.fractions.continued import (
    ContinuedFraction,
    FractionError,
    Polynomial,
    polynomial_text,
)
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly, integer_roots, shifted


@dataclass(frozen=True)
class Equivalence:
    """A gauge between two plain fractions.

    Attributes:
        left: The fraction of M1.
        right: The fraction of M2.
        matrix: U = [[p, q], [r, s]] by rows, without a common factor; the first leading
            coefficient is positive.
        scalars: f1 and f2, without a common factor; f2's leading coefficient is positive.
    """

    left: ContinuedFraction
    right: ContinuedFraction
    matrix: tuple[Polynomial, Polynomial, Polynomial, Polynomial]
    scalars: tuple[Polynomial, Polynomial]

    @property
    def start(self) -> int:
        """The least N >= 1 from which on neither f1 nor f2 nor det U nor a b is zero."""
        p, q, r, s = map(as_poly, self.matrix)
        factors = [p * s - q * r, *map(as_poly, (*self.scalars, self.left.b[0], self.right.b[0]))]
        return max([1, *(root + 1 for factor in factors for root in integer_roots(factor))])

    def holds(self) -> bool:
        """Whether the polynomial identity holds and det U is not zero."""
        p, q, r, s = map(as_poly, self.matrix)
        f1, f2 = map(as_poly, self.scalars)
        (a1, b1), (a2, b2) = (map(as_poly, (f.a[0], f.b[0])) for f in (self.left, self.right))
        p_next, q_next, r_next, s_next = (shifted(entry, 1) for entry in (p, q, r, s))
        return bool(
            f1 * b1 * r_next == f2 * q
            and f1 * b1 * s_next == f2 * (p * b2 + q * a2)
            and f1 * (p_next + a1 * r_next) == f2 * s
            and f1 * (q_next + a1 * s_next) == f2 * (r * b2 + s * a2)
            and p * s != q * r
        )

    def image(self, tail: arb) -> arb:
        """The left fraction's tail K_N from the right one's, N = :attr:`start`."""
        p, q, r, s = (int(as_poly(entry)(self.start)) for entry in self.matrix)
        return (p * tail + q) / (r * tail + s)

    def to_json(self) -> dict[str, Any]:
        """Everything as text in the syntax of Python and SymPy."""
        p, q, r, s = map(polynomial_text, self.matrix)
        f1, f2 = map(polynomial_text, self.scalars)
        return {
            "left": str(self.left),
            "right": str(self.right),
            "U": [[p, q], [r, s]],
            "f1": f1,
            "f2": f2,
            "start": self.start,
            "identity": "f1(n) M1(n) U(n+1) = f2(n) U(n) M2(n), M(n) = [[0, b(n)], [1, a(n)]]",
        }


def equivalent(left: ContinuedFraction, right: ContinuedFraction) -> Equivalence | None:
    """A gauge between two fractions, verified.

    Index shifts are gauges, too, but small ones are found sooner between canonical forms.

    Args:
        left: Of period 1, b not zero.
        right: As well.

    Returns:
        The gauge, or None if there is none within the bounds of degree (or none over the
        rationals).

    Raises:
        FractionError: If a fraction is interlaced or degenerate.
    """
    for fraction in (left, right):
        if fraction.period != 1 or not fraction.b[0]:
            raise FractionError("expected plain fractions with partial numerators")
    found = (realised(left, right, twist) for twist in twists(left, right))
    return next((gauge for gauge in found if gauge is not None), None)


def realised(left: ContinuedFraction, right: ContinuedFraction, twist: Twist) -> Equivalence | None:
    """The gauge with a given twist, verified; None if there is none."""
    entries = solve(left, right, twist)
    if entries is None:
        return None
    found = _lowest(left, right, twist, entries)
    return found if found.holds() else None


def _lowest(
    left: ContinuedFraction, right: ContinuedFraction, twist: Twist, entries: Entries
) -> Equivalence:
    """The gauge without common factors: f1 U(n+1) and f2 U(n) as short as they can be."""
    common = fmpz_poly([])
    for entry in entries:
        common = common.gcd(entry)
    if next(entry for entry in entries if entry).leading_coefficient() < 0:
        common = -common
    f1, f2 = twist.left * shifted(common, 1), twist.right * common
    shared = f1.gcd(f2)
    if f2.leading_coefficient() < 0:
        shared = -shared
    p, q, r, s = (as_coefficients(entry // common) for entry in entries)
    scalars = as_coefficients(f1 // shared), as_coefficients(f2 // shared)
    return Equivalence(left, right, (p, q, r, s), scalars)
