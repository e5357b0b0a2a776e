"""The one representative of all fractions that differ by inflation and by a shift of their index.

Both are read off the ratios r(n) = b(n)/(a(n) a(n-1)): inflation keeps r, and starting k steps
later replaces r(n) by r(n+k) and the value by a Möbius image of it, as long as no b_n = 0 is
crossed. For a fraction that does not terminate the canonical one never crosses such a place:
its own b_n are not zero for n >= 1, because the last whole root of b lies at 0.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from flint import fmpz, fmpz_poly

from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.contraction import Contraction, contractions, plain
from elitemap.searchspaces.fractions.ratio import (
    Ratio,
    as_coefficients,
    as_poly,
    integer_roots,
    ratios,
    shifted,
    terminates,
)

__all__ = ["canonical", "plain", "ratio", "reduced", "terminates"]

#: Contents up to this are factored; of larger ones only small primes are found, which is as
#: deterministic but leaves the representative's content larger than need be.
EASY = 10**24

ONE = fmpz_poly([1])


def ratio(f: ContinuedFraction) -> tuple[fmpz_poly, fmpz_poly]:
    """The numerator and the denominator of r(n) in lowest terms, of the plain fraction.

    Raises:
        FractionError: If the fraction is degenerate (a partial denominator is always zero).
    """
    return ratios(plain(f))[0]


def reduced(f: ContinuedFraction) -> ContinuedFraction:
    """The representative under inflation alone: the least a that the ratios allow.

    Raises:
        FractionError: As :func:`ratio`.
    """
    return _representative(Ratio(*ratio(f)))


def canonical(f: ContinuedFraction) -> ContinuedFraction:
    """The representative under inflation and index shift; of period 1.

    An interlaced fraction has as many contractions as its period; the simplest one represents it.
    The value of a fraction that does not terminate is a Möbius image, with rational entries, of its
    representative's (:mod:`elitemap.searchspaces.fractions.links` has the image). A terminating one
    shares its representative with its tails, whose values have nothing to do with its own.

    Raises:
        FractionError: As :func:`ratio`.
    """
    return derivation(f).canonical


@dataclass(frozen=True)
class Derivation:
    """How a canonical fraction came about.

    Attributes:
        contraction: The plain fraction and where it comes from.
        reduced: Its representative under inflation.
        shift: The canonical fraction at n is the reduced one at n + shift.
        canonical: The canonical fraction.
    """

    contraction: Contraction
    reduced: ContinuedFraction
    shift: int
    canonical: ContinuedFraction


def derivation(f: ContinuedFraction) -> Derivation:
    """The canonical fraction with the steps that lead to it.

    Raises:
        FractionError: As :func:`ratio`.
    """
    found = [_derived(one) for one in contractions(f) if one.fraction.a[0]]
    if not found:
        raise FractionError("expected a fraction with partial denominators, got a degenerate one")
    return min(found, key=lambda one: _simplicity(one.canonical))


def _derived(contraction: Contraction) -> Derivation:
    least = reduced(contraction.fraction)
    a, b = as_poly(least.a[0]), as_poly(least.b[0])
    shift = _anchor(a, b)
    at_home = ContinuedFraction.of(*(as_coefficients(shifted(q, shift)) for q in (a, b)))
    return Derivation(contraction, least, shift, at_home)


def _simplicity(f: ContinuedFraction) -> tuple[object, ...]:
    sizes = [abs(c) for side in (f.a[0], f.b[0]) for c in side]
    return sum(f.degrees), sum(sizes), f.a, f.b


def _anchor(a: fmpz_poly, b: fmpz_poly) -> int:
    """The last whole root of b; without one, the mean root of r(n), rounded down.

    b of a reduced fraction has a whole root wherever r has one, and where every representative of
    r must terminate. If it is zero altogether, any place is as good.
    """
    if not b:
        return _mean_root(a)
    roots = integer_roots(b)
    return roots[-1] if roots else _mean_root(b * a * shifted(a, -1))


def _mean_root(polynomial: fmpz_poly) -> int:
    """The mean of all roots, rounded down; 0 for a constant."""
    degree = polynomial.degree()
    if degree < 1:
        return 0
    return int(-polynomial[degree - 1] // (degree * polynomial[degree]))


def _representative(r: Ratio) -> ContinuedFraction:
    """The a of least degree and content, and its b, with b(n)/(a(n) a(n-1)) = r(n)."""
    content, factors = r.denominator.factor()
    monic = ONE
    for chain in _chains(factors):
        # a(n) with f(n-j)**left gives a(n-1) with f(n-j-1)**left: part of what is due at j + 1.
        left = 0
        for j in range(min(chain), max(chain) + 1):
            factor, exponent = chain.get(j, (ONE, 0))
            left = max(0, exponent - left)
            monic *= factor**left
    scale = _root_scale(content)
    product = monic * shifted(monic, -1) * scale**2
    return ContinuedFraction.of(
        as_coefficients(scale * monic),
        as_coefficients(r.numerator * (product // r.denominator)),
    )


Chain = dict[int, tuple[fmpz_poly, int]]


def _chains(factors: Iterable[tuple[fmpz_poly, int]]) -> list[Chain]:
    """Irreducible factors grouped by whole shifts: {j: (f(n-j), exponent)}.

    Where a chain has its j = 0 is arbitrary; what is made of it does not depend on that.
    """
    found: list[Chain] = []
    for factor, exponent in factors:
        for chain in found:
            j = _offset(next(iter(chain.values()))[0], factor)
            if j is not None:
                chain[j + next(iter(chain))] = (factor, exponent)
                break
        else:
            found.append({0: (factor, exponent)})
    return found


def _offset(base: fmpz_poly, other: fmpz_poly) -> int | None:
    """The whole j with other(n) = base(n - j), if there is one."""
    degree = base.degree()
    if other.degree() != degree or other[degree] != base[degree]:
        return None
    j, rest = divmod(base[degree - 1] - other[degree - 1], degree * base[degree])
    return int(j) if rest == 0 and shifted(base, -int(j)) == other else None


def _root_scale(content: fmpz) -> int:
    """The least s > 0 whose square the content divides, as far as its primes are found."""
    size = abs(content)
    scale = 1
    for prime, exponent in size.factor() if size < EASY else size.factor_smooth():
        root = math.isqrt(int(prime))
        whole, odd = divmod(exponent, 2)
        scale *= int(prime) ** whole * (root if odd and root**2 == prime else int(prime) ** odd)
    return scale
