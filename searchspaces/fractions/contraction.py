"""Interlaced fractions as plain ones: folding and contraction.

An interlaced fraction of period p whose polynomials are one polynomial at p k, p k + 1, ... is
folded back. Any other is contracted: every p-th convergent of it is a convergent of a plain
fraction (Lorentzen, Waadeland: Continued Fractions with Applications, 1992, chapter II).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from flint import fmpq, fmpq_poly, fmpz_poly

from elitemap.searchspaces.fractions.continued import (
    ContinuedFraction,
    FractionError,
    Polynomial,
)
from elitemap.searchspaces.fractions.ratio import as_coefficients, as_poly, integer_roots, shifted

#: The entries A, B, C, D of a matrix [[A, B], [C, D]] of polynomials.
Matrix = tuple[fmpz_poly, fmpz_poly, fmpz_poly, fmpz_poly]

#: Bound on the terms that :meth:`Contraction.matrix` walks through.
FARTHEST = 100_000


@dataclass(frozen=True)
class Contraction:
    """A plain fraction that stands for another one.

    Attributes:
        fraction: The plain fraction.
        source: The fraction that was contracted, folded.
        scale: The factor that folding has put on the source's value.
        start: Index n of the source at which the plain fraction starts; 0 for the source itself.
        inflation: The inflation's factor c there.
    """

    fraction: ContinuedFraction
    source: ContinuedFraction
    scale: int
    start: int = 0
    inflation: int = 1

    def matrix(self) -> tuple[int, int, int, int]:
        """Whole (s, t, u, v) by which the plain fraction's value V gives the original's.

        It is (s V + t)/(u V + v); s v - t u is not zero if the original does not terminate.

        Raises:
            FractionError: If the plain fraction starts too far out.
        """
        if not self.start:
            return 1, 0, 0, self.scale
        if self.start > FARTHEST:
            raise FractionError(f"expected a contraction that starts below {FARTHEST}")
        s, t = self._row(1, self.source.a_at(0))
        u, v = self._row(0, 1)
        return s, t, self.scale * u, self.scale * v

    def _row(self, last: int, now: int) -> tuple[int, int]:
        """The source's numerators (or denominators) as a combination of the plain fraction's.

        Those at start - 1 and start - 1 + p are the combination s (1, a_0) + t (0, 1) of the plain
        ones at -1 and 0, but for the inflation.
        """
        f, before = self.source, 0
        for n in range(1, self.start + f.period):
            if n == self.start:
                before = now
            last, now = now, f.a_at(n) * now + f.b_at(n) * last
        return before, self.inflation * now - self.fraction.a_at(0) * before


def plain(f: ContinuedFraction) -> ContinuedFraction:
    """A plain fraction whose value is a Möbius image, with rational entries, of this one's.

    A plain fraction is returned unchanged; :func:`contract` tells the image.

    Raises:
        FractionError: If no subsequence of the convergents belongs to a plain fraction: the
            fraction is degenerate.
    """
    return contract(f).fraction


def contract(f: ContinuedFraction) -> Contraction:
    """A plain fraction, and how its value gives this one's.

    Raises:
        FractionError: As :func:`plain`.
    """
    found = next(_each(f), None)
    if found is None:
        raise FractionError("expected a fraction that can be contracted, got a degenerate one")
    return found


def contractions(f: ContinuedFraction) -> list[Contraction]:
    """The contractions to each residue of n: as many as the period, fewer if some degenerate.

    As a set, and but for shifts of their index, they do not depend on where the fraction starts.
    """
    return list(_each(f))


def _each(f: ContinuedFraction) -> Iterator[Contraction]:
    folded, scale = (f, 1) if f.period == 1 else fold(f)
    if folded.period == 1:
        yield Contraction(folded, folded, scale)
        return
    for residue in range(folded.period):
        found = _contraction(folded, residue, scale)
        if found is not None:
            yield found


def fold(f: ContinuedFraction) -> tuple[ContinuedFraction, int]:
    """The same fraction with the shortest period, and the factor by which its value is larger."""
    for period in range(1, f.period):
        if f.period % period == 0:
            sides = [_folded(side, period) for side in (f.a, f.b)]
            if None not in sides:
                return _cleared(*[side for side in sides if side is not None])
    return f, 1


def _contraction(f: ContinuedFraction, residue: int, scale: int) -> Contraction | None:
    """The fraction of every p-th convergent, or None if it degenerates.

    With numerators P_n of the convergents let x_k be P_n at n = p k + residue + p - 1, y_k the one
    before, and (x_k, y_k) = (x_(k-1), y_(k-1)) [[A_k, B_k], [C_k, D_k]]. Elimination of y gives

        C_(k-1) x_k = (C_(k-1) A_k + C_k D_(k-1)) x_(k-1) - C_k det_(k-1) x_(k-2),

    and inflation by C_(k-1) makes its coefficients whole:
    a'_k = C_(k-1) A_k + C_k D_(k-1), b'_k = -C_k C_(k-2) det_(k-1).

    Args:
        f: A fraction of period p > 1.
        residue: Residue of n, 0 to p - 1, at which a step of the contraction begins.
        scale: What folding has put on the value.
    """
    before = _transfer(f, residue)
    now = tuple(shifted(entry, 1) for entry in before)
    c_last, c_now = before[2], now[2]
    if not c_now:
        return None
    # As functions of k - 1. The fraction starts at k = 1, where b_0 has no part any more, or
    # behind the last zero of C, where inflation would lose the connection to what comes before.
    a = c_last * now[0] + c_now * before[3]
    b = -c_now * shifted(c_last, -1) * _determinant(before)
    first = max([0, *(root + 1 for root in integer_roots(c_last))])
    found = ContinuedFraction.of(*(as_coefficients(shifted(q, first)) for q in (a, b)))
    index = f.period * (first + 1) + residue
    return Contraction(found, f, scale, index, int(c_last(first)))


def _transfer(f: ContinuedFraction, start: int) -> Matrix:
    """The product of [[a_n, 1], [b_n, 0]] over n = p k + start, ..., p k + start + p - 1."""
    p = f.period
    steps = [
        [shifted(as_poly(side[n % p]), n // p) for side in (f.a, f.b)]
        for n in range(start, start + p)
    ]
    one, zero = fmpz_poly([1]), fmpz_poly([])
    product: Matrix = (one, zero, zero, one)
    for a, b in steps:
        upper, left, lower, right = product
        product = (upper * a + left * b, upper, lower * a + right * b, lower)
    return product


def _determinant(matrix: Matrix) -> fmpz_poly:
    return matrix[0] * matrix[3] - matrix[1] * matrix[2]


def _folded(side: tuple[Polynomial, ...], period: int) -> list[fmpq_poly] | None:
    """The polynomials of a shorter period that give the same numbers, or None."""
    times = len(side) // period
    found = []
    for residue in range(period):
        # Index n = p k + i is residue n mod period at (times k + i // period).
        candidate = fmpq_poly(as_poly(side[residue]))(fmpq_poly([0, fmpq(1, times)]))
        for j in range(times):
            if candidate(fmpq_poly([j, times])) != fmpq_poly(as_poly(side[residue + j * period])):
                return None
        found.append(candidate)
    return found


def _cleared(a: list[fmpq_poly], b: list[fmpq_poly]) -> tuple[ContinuedFraction, int]:
    """The fraction inflated by the least constant that makes its coefficients whole, and that."""
    scale = reduce(math.lcm, (int(q.denom()) for q in (*a, *b)), 1)
    sides = (
        tuple(as_coefficients((q * factor).numer()) for q in side)
        for side, factor in ((a, scale), (b, scale**2))
    )
    return ContinuedFraction(*sides), scale
