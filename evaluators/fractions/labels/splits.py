"""Ways to split b(n) = -h1(n) h2(n) for Euler's form, and the polynomial f that goes with one.

The leading terms of f(n) a(n) = f(n-1) h1(n) + f(n+1) h2(n+1) fix the constant factors of h1 and
h2, the next ones the degree of f; what is left is linear algebra.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat, fmpq_poly, fmpz_poly

from elitemap.evaluators.fractions.labels.surds import Surd, root

#: Bounds of the search: ways to split b, those of fitting degrees, and the largest degree of f.
MAX_WAYS, MAX_SPLITS, MAX_DEGREE = 2**16, 2**12, 40

#: Coefficients, leading term first.
SurdPolynomial = tuple[Surd, ...]


@dataclass(frozen=True)
class Split:
    """One way to write b as -(u1 + v1 sqrt d) H1(n) (u2 + v2 sqrt d) H2(n)."""

    polynomials: tuple[fmpz_poly, fmpz_poly]
    rational: tuple[fmpq, fmpq]
    radical: tuple[fmpq, fmpq]
    radicand: int

    def scaled(self, k: int) -> SurdPolynomial:
        """The factor h1 or h2."""
        factor = _surd(self.rational[k], self.radical[k], self.radicand)
        coefficients = reversed(self.polynomials[k].coeffs())
        return tuple(factor.times(int(c)) for c in coefficients)

    def degrees(self, a: fmpz_poly) -> list[int]:
        """The degrees that f can have, by the terms of highest order (the indicial equation)."""
        h1, h2 = self.polynomials
        following = h2(fmpz_poly([1, 1]))
        m = max(h1.degree(), h2.degree())
        one, two, both = (
            [_at(p, m - k) * s for k in range(3)]
            for p, s in ((h1, self.rational[0]), (following, self.rational[1]), (a, fmpq(1)))
        )
        if self.radicand != 1:
            # Both roots of the quadratic for the leading terms: the parts separate.
            if both[1] != one[1] + two[1]:
                return []
            slopes = [_at(p, m - 1) / _at(p, m) for p in (h1, following)]
            return _degrees([(slopes[0] - slopes[1]) / 2])
        if one[0] != two[0]:
            return _degrees([(both[1] - one[1] - two[1]) / (two[0] - one[0])])
        if both[1] != one[1] + two[1]:
            return []
        return _degrees(_quadratic(one[0], two[1] - one[1] - one[0], one[2] + two[2] - both[2]))

    def solve(self, a: fmpz_poly, degree: int) -> SurdPolynomial | None:
        """The polynomial f of this degree at most, by linear algebra over the rationals."""
        plain, rooted = [], []
        for power in range(degree + 1):
            base = fmpz_poly([0] * power + [1])
            one = fmpq_poly(self.polynomials[0] * base(fmpz_poly([-1, 1])))
            following = self.polynomials[1](fmpz_poly([1, 1])) * base(fmpz_poly([1, 1]))
            two = fmpq_poly(following)
            plain.append(fmpq_poly(a * base) - one * self.rational[0] - two * self.rational[1])
            rooted.append(one * -self.radical[0] - two * self.radical[1])
        if self.radicand == 1:
            vector = _kernel([plain])
            return None if vector is None else _normal(vector, [fmpq(0)] * len(vector), 1)
        lifted = [p * self.radicand for p in rooted]
        vector = _kernel([plain + lifted, rooted + plain])
        half = degree + 1
        if vector is None:
            return None
        return _normal(vector[:half], vector[half:], self.radicand)


def splits(a: fmpz_poly, b: fmpz_poly) -> Iterator[Split]:
    """The ways to split b whose leading terms fit a."""
    content, factors = b.factor()
    degrees = [factor.degree() for factor, _ in factors]
    top = a.degree()
    ways = itertools.product(*(range(exponent + 1) for _, exponent in factors))
    kept = 0
    for exponents in itertools.islice(ways, MAX_WAYS):
        d1 = sum(k * degree for k, degree in zip(exponents, degrees, strict=True))
        d2 = b.degree() - d1
        # The leading terms must cancel: those of h1 and h2 against a's, or against each other.
        if max(d1, d2) != top and not d1 == d2 > top:
            continue
        h1, h2 = fmpz_poly([1]), fmpz_poly([1])
        for (factor, exponent), k in zip(factors, exponents, strict=True):
            h1, h2 = h1 * factor**k, h2 * factor ** (exponent - k)
        yield from _scales(a, h1, h2, int(content))
        kept += 1
        if kept == MAX_SPLITS:
            return


def _scales(a: fmpz_poly, h1: fmpz_poly, h2: fmpz_poly, content: int) -> Iterator[Split]:
    """The factors c1, c2 with c1 c2 = -content and fitting leading terms, for one split."""
    d1, d2 = h1.degree(), h2.degree()
    m = max(d1, d2)
    top = int(_at(a, m).p)
    l1, l2 = int(h1[d1]), int(h2[d2])
    if d1 != d2:
        if top:
            first = fmpq(top, l1) if d1 > d2 else -fmpq(content * l2, top)
            yield Split((h1, h2), (first, -content / first), (fmpq(0), fmpq(0)), 1)
        return
    square = root(Fraction(top * top + 4 * content * l1 * l2))
    if square.parts and square.parts[0][0] < 0:
        return
    if square.rational:
        for sign in (1, -1):
            first = fmpq(top + sign * int(square.fraction), 2 * l1)
            yield Split((h1, h2), (first, -content / first), (fmpq(0), fmpq(0)), 1)
        return
    ((radicand, outside),) = square.parts
    rational = fmpq(top, 2 * l1), fmpq(top, 2 * l2)
    radical = fmpq(int(outside), 2 * l1), fmpq(-int(outside), 2 * l2)
    yield Split((h1, h2), rational, radical, radicand)
    yield Split((h1, h2), rational, (-radical[0], -radical[1]), radicand)


def _kernel(blocks: Sequence[Sequence[fmpq_poly]]) -> list[fmpq] | None:
    """Coefficients of one nontrivial combination of columns of polynomials that vanishes."""
    rows = []
    for block in blocks:
        height = max(p.degree() for p in block) + 1
        rows += [[p[k] for p in block] for k in range(height)]
    width = len(blocks[0])
    reduced, rank = fmpq_mat(rows).rref() if rows else (None, 0)
    if rank == width:
        return None
    table = [] if reduced is None else reduced.tolist()[:rank]
    pivots = [next(k for k in range(width) if row[k] != 0) for row in table]
    free = next(k for k in range(width) if k not in pivots)
    vector = [fmpq(int(k == free)) for k in range(width)]
    for pivot, row in zip(pivots, table, strict=True):
        vector[pivot] = -row[free]
    return vector


def _normal(rational: Sequence[fmpq], radical: Sequence[fmpq], radicand: int) -> SurdPolynomial:
    """The polynomial leading term first, without common factor where it is rational."""
    if radicand == 1:
        whole = fmpq_poly(list(rational)).numer()
        scale = whole.content() * (1 if whole[whole.degree()] > 0 else -1)
        rational = [fmpq(c) / scale for c in whole.coeffs()]
        radical = [fmpq(0)] * len(rational)
    pairs = zip(reversed(rational), reversed(radical), strict=True)
    found = [_surd(p, q, radicand) for p, q in pairs]
    while not found[0].parts:
        found.pop(0)
    return tuple(found)


def _surd(rational: fmpq, radical: fmpq, radicand: int) -> Surd:
    found = Surd.of(Fraction(int(rational.p), int(rational.q)))
    if radicand == 1 or radical == 0:
        return found
    return found + Surd(((radicand, Fraction(int(radical.p), int(radical.q))),))


def _at(polynomial: fmpz_poly, power: int) -> fmpq:
    return fmpq(polynomial[power]) if power >= 0 else fmpq(0)


def _quadratic(a: fmpq, b: fmpq, c: fmpq) -> list[fmpq]:
    """The rational roots of a x^2 + b x + c, a != 0."""
    square = root(Fraction(int((b * b - 4 * a * c).p), int((b * b - 4 * a * c).q)))
    if not square.rational:
        return []
    half = fmpq(square.fraction.numerator, square.fraction.denominator)
    return [(-b + half) / (2 * a), (-b - half) / (2 * a)]


def _degrees(values: Sequence[fmpq]) -> list[int]:
    """Those that are degrees within the bounds."""
    return sorted({int(v.p) for v in values if v.q == 1 and 0 <= v <= MAX_DEGREE})
