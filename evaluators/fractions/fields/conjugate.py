"""Conservative matrix fields of two variables from pairs of polynomials f and f*.

    X(x, y) = [[0, b(x)], [1, a(x, y)]],   Y(x, y) = [[f*(x, y), b(x)], [1, f(x, y)]],
    a(x, y) = f(x, y) - f*(x+1, y),   b(x) = f(x, 0) f*(x, 0) - f(0, 0) f*(0, 0)

commute, X(x, y) Y(x+1, y) = Y(x, y) X(x, y+1), for the families of pairs here (Elimelech et al.,
Algorithm-assisted discovery of an intrinsic order among mathematical constants, PNAS 121, 2024,
arXiv 2308.11829): every path of the lattice leads to the same limits. With y fixed X is a fraction.
"""

from dataclasses import dataclass

from flint import fmpq, fmpq_poly

from elitemap.evaluators.fractions.contiguous.matrices import (
    IDENTITY,
    ONE,
    ZERO,
    Matrix,
    adjugate,
    times,
)

Polynomial = fmpq_poly
Pair = tuple[Polynomial, Polynomial]
#: p and q of steps from (x, y) to (x + p, y + q).
Direction = tuple[int, int]
#: x and y, whole or not: the matrices are polynomials.
Place = tuple[fmpq, fmpq]


@dataclass(frozen=True)
class Conjugate:
    """A field.

    Attributes:
        parameters: c0, c1 of the family of degree 3, c0 to c3 of the one of degree 2.
    """

    parameters: tuple[int, ...]

    def pair(self, x: Polynomial, y: Polynomial) -> Pair:
        """F and f* at a place, polynomials in n."""
        return (_cubic if len(self.parameters) == 2 else _quadratic)(self.parameters, x, y)

    def across(self, x: Polynomial, y: Polynomial) -> Matrix:
        """X at a place."""
        forward = self.pair(x, y)[0] - self.pair(x + 1, y)[1]
        return (ZERO, self._numerator(x)), (ONE, forward)

    def up(self, x: Polynomial, y: Polynomial) -> Matrix:
        """Y at a place."""
        f, conjugate = self.pair(x, y)
        return (conjugate, self._numerator(x)), (ONE, f)

    def step(self, start: Place, direction: Direction) -> Matrix:
        """v(n+1) from v(n) at the place start + n direction, but for a factor."""
        place = [fmpq_poly([at, fmpq(by)]) for at, by in zip(start, direction, strict=True)]
        total = IDENTITY
        for index, count in enumerate(direction):
            matrix = (self.across, self.up)[index]
            for _ in range(abs(count)):
                if count > 0:
                    total = times(total, matrix(*place))
                    place[index] = place[index] + 1
                else:
                    place[index] = place[index] - 1
                    total = times(total, adjugate(matrix(*place)))
        # The products go to the right: the transposed one acts on columns.
        (a, b), (c, d) = total
        return (a, c), (b, d)

    def _numerator(self, x: Polynomial) -> Polynomial:
        (f, g), (f0, g0) = self.pair(x, ZERO), self.pair(ZERO, ZERO)
        return f * g - f0 * g0

    def __str__(self) -> str:
        """As in ``conjugate cubics 0, 1``."""
        kind = "cubics" if len(self.parameters) == 2 else "quadratics"
        return f"conjugate {kind} {', '.join(map(str, self.parameters))}"


def _quadratic(c: tuple[int, ...], x: Polynomial, y: Polynomial) -> Pair:
    one, both = 2 * c[1] + c[2], c[1] + c[2]
    slopes = one * (x + y) + both * (2 * x + y)
    f = one * both - c[3] * c[0] - c[3] * slopes + c[3] ** 2 * (2 * x * x + 2 * x * y + y * y)
    rest = c[0] + c[2] * x + c[1] * y - c[3] * (2 * x * x - 2 * x * y + y * y)
    return f, c[3] * rest


def _cubic(c: tuple[int, ...], x: Polynomial, y: Polynomial) -> Pair:
    f = -(c[0] + c[1] * (x + y)) * (c[0] * (x + 2 * y) + c[1] * (x * x + x * y + y * y))
    rest = c[0] * (x - 2 * y) - c[1] * (x * x - x * y + y * y)
    return f, (c[0] + c[1] * (y - x)) * rest
