"""Matrices of polynomials in n, and the fraction that a product of them is.

A vector with v(n+1) = M(n) v(n) has a first component with a three-term recurrence: a fraction.
"""

from flint import fmpq_poly

from elitemap.evaluators.fractions.contiguous.gauss import whole
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError

#: Two rows; what is equal up to a factor is the same step.
Matrix = tuple[tuple[fmpq_poly, fmpq_poly], tuple[fmpq_poly, fmpq_poly]]

ZERO, ONE = fmpq_poly([0]), fmpq_poly([1])
IDENTITY: Matrix = ((ONE, ZERO), (ZERO, ONE))


def times(left: Matrix, right: Matrix) -> Matrix:
    """The product."""
    (a, b), (c, d) = left
    (p, q), (r, s) = right
    return (a * p + b * r, a * q + b * s), (c * p + d * r, c * q + d * s)


def adjugate(matrix: Matrix) -> Matrix:
    """The inverse, but for the determinant."""
    (a, b), (c, d) = matrix
    return (d, -b), (-c, a)


def det(matrix: Matrix) -> fmpq_poly:
    """The determinant."""
    (a, b), (c, d) = matrix
    return a * d - b * c


def fraction_of(step: Matrix) -> ContinuedFraction | None:
    """The canonical fraction of v(n+1) = M(n) v(n); None if the recurrence degenerates."""
    (p, q), (r, s) = (tuple(entry(fmpq_poly([1, 1])) for entry in row) for row in step)
    a, corner = times(((p, q), (r, s)), step)[0][1], step[0][1]
    determinant = det(step)
    if not a or not corner or not determinant:
        return None
    b = -corner(fmpq_poly([-1, 1])) * corner(fmpq_poly([1, 1])) * determinant
    back = fmpq_poly([-2, 1])
    try:
        return whole(a(back), b(back))
    except FractionError:
        return None
