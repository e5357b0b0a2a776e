"""Creative telescoping: recurrences in n for sums over k, each with a certificate.

For a term t(n, k) whose quotients are rational the algorithm finds polynomials c0, c1, ... in n and
a rational R(n, k) with

    c0(n) t(n, k) + c1(n) t(n+1, k) + ... = G(n, k+1) - G(n, k),   G = R t,

by Gosper's algorithm with undetermined c's (Zeilberger, The method of creative telescoping, Journal
of Symbolic Computation 11, 1991; Petkovšek, Wilf, Zeilberger, A = B, chapter 6). Summed over all k
the right side vanishes. R is a certificate: with it, checking is multiplying out
(:mod:`elitemap.evaluators.fractions.telescoping.certificates`).
"""

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpz_mpoly, fmpz_poly

from elitemap.evaluators.fractions.telescoping.elimination import kernel
from elitemap.evaluators.fractions.telescoping.summands import (
    Factors,
    Linear,
    Summand,
    in_n,
    product,
    ring,
)
from elitemap.searchspaces.fractions.continued import polynomial_text
from elitemap.searchspaces.fractions.ratio import as_coefficients

#: Degrees in k beyond the usual ones that are tried for the certificate.
SPARE = 1


@dataclass(frozen=True)
class Recurrence:
    """A recurrence that a sum satisfies, and its certificate R = above/below.

    Attributes:
        summand: What is summed over k.
        coefficients: c0, c1, ... without a common factor.
        above: Numerator of R, in n and k.
        below: Denominator of R.
    """

    summand: Summand
    coefficients: tuple[fmpz_poly, ...]
    above: fmpz_mpoly
    below: fmpz_mpoly

    def to_json(self) -> dict[str, str]:
        """Recurrence and certificate in the syntax of Python and SymPy."""
        terms = [
            f"({polynomial_text(as_coefficients(c))})*s(n{f' + {j}' if j else ''})"
            for j, c in enumerate(self.coefficients)
        ]
        above, below = (str(side).replace("^", "**") for side in (self.above, self.below))
        return {
            "recurrence": " + ".join(terms) + " = 0",
            "R": f"({above})/({below})",
            "identity": "c0(n) t(n, k) + c1(n) t(n+1, k) + c2(n) t(n+2, k) = G(n, k+1) - G(n, k), "
            "G(n, k) = R(n, k) t(n, k), t the summand",
        }


@dataclass(frozen=True)
class _Gosper:
    """h(k)/h(k-1) = p(k)/p(k-1) q(k)/r(k), no q(k) sharing a factor with an r(k+j), j >= 0."""

    p: fmpz_mpoly
    q: fmpz_mpoly
    r: fmpz_mpoly


def telescoped(summand: Summand, order: int) -> Recurrence | None:
    """The recurrence of an order that creative telescoping finds for a sum.

    Args:
        summand: What is summed over k.
        order: How far c's go; those of lower orders are found as well, with zeros.

    Returns:
        The recurrence with its certificate, or None if there is none of this order.
    """
    shifts = [summand.ratio(j, 0) for j in range(order + 1)]
    below: Counter[Linear] = Counter()
    for one in shifts:
        below |= one.below
    whole = Factors(Counter(), below, Fraction(1, math.lcm(*(s.scale.denominator for s in shifts))))
    above = [(one * whole.inverse()).expanded()[0] for one in shifts]
    gosper = _gosper(summand.ratio(0, 1) * whole.shifted(0, 1) * whole.inverse())
    degree = _degree(gosper, above)
    for spare in range(SPARE + 1):
        found = _solved(gosper, above, degree + spare)
        if found is not None:
            cs, f = found
            k = ring().gens()[1]
            numerator = gosper.r * f.compose(ring().gens()[0], k - 1, ctx=ring())
            return _lowest(summand, cs, numerator, gosper.p * whole.expanded()[1])
    return None


def _gosper(ratio: Factors) -> _Gosper:
    """The normal form of h(k+1)/h(k), by the forms themselves."""
    back = ratio.shifted(0, -1)
    q, r, p = Counter(back.above), Counter(back.below), Counter[Linear]()
    for form in list(q):
        for other in list(r):
            distance = _distance(form, other)
            times = min(q[form], r[other])
            if distance is None or not times:
                continue
            q[form] -= times
            r[other] -= times
            for i in range(distance):
                p[(form[0], form[1], form[2] - form[1] * i)] += times
    scale = back.scale
    return _Gosper(product(p), product(+q) * scale.numerator, product(+r) * scale.denominator)


def _distance(form: Linear, other: Linear) -> int | None:
    """The j >= 0 with other(k) = form(k - j)."""
    if form[:2] != other[:2]:
        return None
    if not form[1]:
        return 0 if form == other else None
    steps, rest = divmod(form[2] - other[2], form[1])
    return steps if not rest and steps >= 0 else None


def _degree(gosper: _Gosper, above: list[fmpz_mpoly]) -> int:
    """The degree in k that the certificate's polynomial usually has."""
    known = max(_degree_in_k(gosper.p * one) for one in above)
    k = ring().gens()[1]
    q = gosper.q.compose(ring().gens()[0], k + 1, ctx=ring())
    both = max(_degree_in_k(q), _degree_in_k(gosper.r))
    return max(0, known - both + (_degree_in_k(q - gosper.r) < both))


def _degree_in_k(polynomial: fmpz_mpoly) -> int:
    return max((int(powers[1]) for powers in polynomial.monoms()), default=-1)


def _solved(
    gosper: _Gosper, above: list[fmpz_mpoly], degree: int
) -> tuple[list[fmpz_poly], fmpz_mpoly] | None:
    """C's and f with p sum(c_j N_j) = q(k+1) f(k) - r(k) f(k-1)."""
    n, k = ring().gens()
    q = gosper.q.compose(n, k + 1, ctx=ring())
    columns = [gosper.p * one for one in above]
    columns += [gosper.r * (k - 1) ** i - q * k**i for i in range(degree + 1)]
    for vector in kernel([_by_power(column) for column in columns]):
        cs = vector[: len(above)]
        if any(cs):
            f = ring().constant(0)
            for i, coefficient in enumerate(vector[len(above) :]):
                f += in_n(coefficient) * k**i
            return cs, f
    return None


def _by_power(polynomial: fmpz_mpoly) -> dict[int, fmpz_poly]:
    """Coefficients by power of k, as polynomials in n."""
    found: dict[int, dict[int, int]] = {}
    for (i, j), coefficient in polynomial.to_dict().items():
        found.setdefault(int(j), {})[int(i)] = int(coefficient)
    return {
        j: fmpz_poly([powers.get(i, 0) for i in range(max(powers) + 1)])
        for j, powers in found.items()
    }


def _lowest(
    summand: Summand, cs: list[fmpz_poly], above: fmpz_mpoly, below: fmpz_mpoly
) -> Recurrence:
    """Without what the c's share, and the certificate in lowest terms."""
    common = fmpz_poly([])
    for c in cs:
        common = common.gcd(c)
    if next(c for c in reversed(cs) if c).leading_coefficient() < 0:
        common = -common
    below *= in_n(common)
    shared = above.gcd(below)
    return Recurrence(summand, tuple(c // common for c in cs), above // shared, below // shared)
