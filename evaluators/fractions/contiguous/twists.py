"""The scalars f1, f2 with which a gauge between two fractions can be a matrix of polynomials.

Determinants of f1 M1(n) U(n+1) = f2 U(n) M2(n) give (f1/f2)^2 b1/b2 = det U(n)/det U(n+1). So in
each class of irreducible factors modulo whole shifts f1/f2 has half the exponents of b2/b1, which
settles it but for sign and for a quotient h(n)/h(n+1). That one is U's denominator: coming from
the left U can have poles only behind zeros of b1, coming from the right only before zeros of b2
(as in Abramov, Barkatou: Rational solutions of first order linear difference systems, ISSAC 1998).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from flint import fmpq, fmpz_poly

from elitemap.searchspaces.fractions.canonical import ratio
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.ratio import as_poly, shifted

#: Farthest whole distance of roots of one class, and largest degree of det U.
FARTHEST, MAX_DETERMINANT = 48, 48

#: At this growth of r(n) the error is a power of n, and so its leading term is not an invariant.
ALGEBRAIC = 2


@dataclass(frozen=True)
class Twist:
    """Scalars for which to look for a gauge.

    Attributes:
        left: f1.
        right: f2.
        determinant: The degree that det U has.
    """

    left: fmpz_poly
    right: fmpz_poly
    determinant: int


@dataclass(frozen=True)
class Asymptote:
    """What gauges keep of the ratios r(n) ~ R n^growth.

    Attributes:
        growth: The exponent.
        limit: R; 0 where it is no invariant.
    """

    growth: int
    limit: fmpq

    def dilated(self, times: int) -> "Asymptote":
        """That of the fraction of every second or third convergent.

        If one step has trace 1 and determinant -R, after inflation, two have 1 + 2 R and R^2, and
        three 1 + 3 R and -R^3. Two steps of an alternating fraction are those of one at the edge of
        convergence, R = -1/4.

        Args:
            times: 1, 2 or 3.
        """
        if times == 1:
            return self
        power = -((-self.limit) ** times)
        if self.growth < 0:
            growth = times * self.growth
            return Asymptote(growth, power * fmpq(times) ** growth)
        if self.growth > 0:
            if times == 2:
                return Asymptote(0, fmpq(-1, 4))
            return Asymptote(self.growth, self.limit * fmpq(3) ** (self.growth - 2))
        trace = 1 + times * self.limit
        # Without a trace the fraction oscillates, and so do those that could be its gauge.
        return Asymptote(0, power / trace**2) if trace != 0 else self


def asymptote(fraction: ContinuedFraction) -> Asymptote:
    """The invariants of a fraction.

    Raises:
        FractionError: If the fraction is degenerate.
    """
    above, below = ratio(fraction)
    growth = above.degree() - below.degree()
    if growth >= ALGEBRAIC:
        return Asymptote(growth, fmpq(0))
    return Asymptote(growth, fmpq(above.leading_coefficient(), below.leading_coefficient()))


def twists(left: ContinuedFraction, right: ContinuedFraction) -> Iterator[Twist]:
    """Everything that f1/f2 can be, up to what the gauge absorbs: none, one, or two signs.

    Args:
        left: Plain, b not zero.
        right: As well.

    Raises:
        FractionError: If a fraction is degenerate.
    """
    b1, b2 = (as_poly(f.b[0]) for f in (left, right))
    limits = asymptote(left), asymptote(right)
    scale = _root(fmpq(b2.leading_coefficient(), b1.leading_coefficient()))
    if limits[0] != limits[1] or scale is None:
        return
    orders = _orders(b1, b2)
    if orders is None:
        return
    f1, f2 = (_product(orders, sign) for sign in (1, -1))
    degree = _second(b2) - _second(b1) + 2 * (_second(f2) - _second(f1))
    if degree.q != 1 or not 0 <= degree.p <= MAX_DETERMINANT:
        return
    unit = scale * fmpq(f2.leading_coefficient(), f1.leading_coefficient())
    for sign in _signs(left, right, limits[0]):
        yield Twist(f1 * unit.p * sign, f2 * unit.q, int(degree.p))


def _signs(left: ContinuedFraction, right: ContinuedFraction, limit: Asymptote) -> tuple[int, ...]:
    """Signs of f1/f2: the growth of the solutions decides, unless it is that of sqrt(b) alone."""
    if limit.growth >= ALGEBRAIC:
        return 1, -1
    return (1,) if left.a[0][0] * right.a[0][0] > 0 else (-1,)


def _orders(b1: fmpz_poly, b2: fmpz_poly) -> list[tuple[fmpz_poly, int]] | None:
    """The factors of f1/f2 with their exponents; None if there can be no gauge."""
    first, second = _classes(b1), _classes(b2)
    found = []
    for key in first.keys() | second.keys():
        exponents = _balanced(first.get(key, {}), second.get(key, {}))
        if exponents is None:
            return None
        base = fmpz_poly(list(key))
        found += [(shifted(base, -x), e) for x, e in exponents.items() if e]
    return found


def _balanced(first: dict[int, int], second: dict[int, int]) -> dict[int, int] | None:
    """Exponents of f1/f2 in one class, by place, from those of b1 and b2.

    Let g, at the leftmost place, have the exponent that the determinants ask for. From the left the
    order of U's pole grows by those of b1 and g, from the right by that of b2 less that of g; the
    lesser one is the order of h at x, and g(n) h(n)/h(n+1) is f1/f2.
    """
    low, high = min((*first, *second)), max((*first, *second))
    half, odd = divmod(sum(second.values()) - sum(first.values()), 2)
    if odd or high - low > FARTHEST:
        return None
    left, right = 0, sum(second.values()) - half
    pole, found = min(left, right), {}
    for x in range(low, high + 1):
        g = half if x == low else 0
        left, right = left + first.get(x, 0) + g, right - second.get(x, 0) + g
        found[x] = g + pole - min(left, right)
        pole = min(left, right)
    return found


def odd_classes(
    fraction: ContinuedFraction,
) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """The classes of b's factors modulo whole shifts, those with an odd sum of exponents first.

    Args:
        fraction: Plain, b not zero.

    Returns:
        The odd ones and the even ones, each by the coefficients of a member, constant term first.
    """
    classes = _classes(as_poly(fraction.b[0]))
    odd = [key for key, places in classes.items() if sum(places.values()) % 2]
    return odd, [key for key in classes if key not in odd]


def _classes(b: fmpz_poly) -> dict[tuple[int, ...], dict[int, int]]:
    """Irreducible factors by class modulo shift, each with the exponents at its places.

    A class is named by the coefficients of its member whose roots have a mean in [0, 1).
    """
    found: dict[tuple[int, ...], dict[int, int]] = {}
    for factor, exponent in b.factor()[1]:
        degree = factor.degree()
        place = int(-factor[degree - 1] // (degree * factor[degree]))
        key = tuple(int(c) for c in shifted(factor, place).coeffs())
        found.setdefault(key, {})[place] = exponent
    return found


def _product(orders: list[tuple[fmpz_poly, int]], sign: int) -> fmpz_poly:
    total = fmpz_poly([1])
    for factor, exponent in orders:
        total *= factor ** max(0, sign * exponent)
    return total


def _second(polynomial: fmpz_poly) -> fmpq:
    """The second coefficient over the first."""
    degree = polynomial.degree()
    return fmpq(polynomial[degree - 1] if degree else 0, polynomial[degree])


def _root(x: fmpq) -> fmpq | None:
    """The square root, if it is rational."""
    roots = [math.isqrt(max(int(part), 0)) for part in (x.p, x.q)]
    return fmpq(*roots) if fmpq(roots[0] ** 2, roots[1] ** 2) == x else None
