"""Matrices of polynomials U with f1(n) M1(n) U(n+1) = f2(n) U(n) M2(n), f1 and f2 given.

The coefficients of U solve a linear system over the integers. Most pairs of fractions have no
gauge, which the rank modulo a prime tells at once.
"""

from collections.abc import Iterator

from flint import fmpz_mat, fmpz_poly, nmod_mat

from elitemap.evaluators.fractions.contiguous.twists import Twist
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.ratio import as_poly

#: The entries p, q, r, s of U = [[p, q], [r, s]].
Entries = tuple[fmpz_poly, fmpz_poly, fmpz_poly, fmpz_poly]

#: Degrees that U may have beyond those that its determinant needs. Where both errors fall like
#: powers of n, with exponents e1 and e2, the gauge has (e1 - e2)/2 or (e1 + e2)/2 of them.
MAX_SLACK = 5
#: Most unknown coefficients.
MAX_UNKNOWNS = 320

PRIME = 2**61 - 1

#: Equations (entries 00, 01, 10, 11 of the difference of both sides) that one coefficient is in.
Column = dict[int, fmpz_poly]


def solve(left: ContinuedFraction, right: ContinuedFraction, twist: Twist) -> Entries | None:
    """A matrix U of least degree that is invertible, or None if there is none within the bounds.

    Args:
        left: The plain fraction of M1.
        right: The plain fraction of M2.
        twist: f1, f2 and the degree of U's determinant.
    """
    grades = _grade(left), _grade(right)
    least = -((sum(grades) - twist.determinant) // 2)
    most = _degrees(least + MAX_SLACK, grades)
    if sum(d + 1 for d in most) > MAX_UNKNOWNS or not _nullity(_system(left, right, twist, most)):
        return None
    for slack in range(MAX_SLACK + 1):
        degrees = _degrees(least + slack, grades)
        rows = _system(left, right, twist, degrees)
        if rows and _nullity(rows):
            found = _invertible(rows, degrees)
            if found is not None:
                return found
    return None


def _grade(fraction: ContinuedFraction) -> int:
    """The degree of tails: that of a, or half that of b."""
    a, b = fraction.degrees
    return max(a, (b + 1) // 2)


def _degrees(base: int, grades: tuple[int, int]) -> tuple[int, int, int, int]:
    """Degrees of p, q, r, s, that of r being the base; -1 for zero."""
    first, second = grades
    p, q, r, s = (max(-1, base + d) for d in (first, first + second, 0, second))
    return p, q, r, s


def _system(
    left: ContinuedFraction,
    right: ContinuedFraction,
    twist: Twist,
    degrees: tuple[int, int, int, int],
) -> list[list[int]]:
    """The system's rows; the unknowns are coefficients of p, q, r, s, constant terms first."""
    columns = [c for index, d in enumerate(degrees) for c in _columns(left, right, twist, index, d)]
    rows = []
    for equation in range(4):
        parts = [column.get(equation, fmpz_poly([])).coeffs() for column in columns]
        for power in range(max(map(len, parts), default=0)):
            rows.append([int(part[power]) if power < len(part) else 0 for part in parts])
    return rows


def _columns(
    left: ContinuedFraction, right: ContinuedFraction, twist: Twist, index: int, degree: int
) -> Iterator[Column]:
    """What the monomials of one entry contribute: f1 M1 at n + 1, -f2 M2 at n."""
    f1, f2 = twist.left, -twist.right
    b1, a1 = f1 * as_poly(left.b[0]), f1 * as_poly(left.a[0])
    b2, a2 = f2 * as_poly(right.b[0]), f2 * as_poly(right.a[0])
    now, later = fmpz_poly([1]), fmpz_poly([1])
    for _ in range(degree + 1):
        yield (
            {2: f1 * later, 1: b2 * now},
            {3: f1 * later, 0: f2 * now, 1: a2 * now},
            {0: b1 * later, 2: a1 * later, 3: b2 * now},
            {1: b1 * later, 2: f2 * now, 3: a1 * later + a2 * now},
        )[index]
        now, later = now * fmpz_poly([0, 1]), later * fmpz_poly([1, 1])


def _nullity(rows: list[list[int]]) -> int:
    """Unknowns less rank modulo the prime: 0 proves that there is no solution but zero."""
    if not rows:
        return 0
    residues = [c % PRIME for row in rows for c in row]
    return len(rows[0]) - int(nmod_mat(len(rows), len(rows[0]), residues, PRIME).rank())


def _invertible(rows: list[list[int]], degrees: tuple[int, int, int, int]) -> Entries | None:
    """A solution whose determinant is not zero: one of a basis, or a combination."""
    matrix = fmpz_mat(rows)
    basis, nullity = matrix.nullspace()
    vectors = [[int(basis[i, j]) for i in range(matrix.ncols())] for j in range(nullity)]
    if nullity > 1:
        # If any combination is invertible, almost all are.
        vectors.append(
            [sum((k + 1) ** 2 * c for k, c in enumerate(cs)) for cs in zip(*vectors, strict=True)]
        )
    for vector in vectors:
        p, q, r, s = _cut(vector, degrees)
        if p * s != q * r:
            return p, q, r, s
    return None


def _cut(vector: list[int], degrees: tuple[int, int, int, int]) -> Entries:
    entries, first = [], 0
    for degree in degrees:
        entries.append(fmpz_poly(vector[first : first + degree + 1]))
        first += degree + 1
    p, q, r, s = entries
    return p, q, r, s
