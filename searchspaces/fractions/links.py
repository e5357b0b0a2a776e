"""How a fraction's value follows from the value of its canonical form, exactly."""

import math
from collections.abc import Iterable

from flint import fmpq

from elitemap.searchspaces.fractions.canonical import derivation
from elitemap.searchspaces.fractions.continued import ContinuedFraction, FractionError
from elitemap.searchspaces.fractions.ratio import as_poly, terminates

#: Entries s, t, u, v of the map V -> (s V + t)/(u V + v).
Moebius = tuple[int, int, int, int]

#: Bound on the steps between a fraction and its canonical form.
FARTHEST = 100_000


def link(f: ContinuedFraction) -> tuple[ContinuedFraction, Moebius]:
    """The canonical form, and the map that sends its value to the fraction's.

    The map has determinant other than 0 and no common divisor. It also sends every convergent of
    the canonical form, but for finitely many at the beginning, to a convergent of the fraction.

    Raises:
        FractionError: If the fraction terminates, is degenerate or is very far from its form.
    """
    if terminates(f):
        raise FractionError("expected a fraction that does not terminate")
    found = derivation(f)
    if abs(found.shift) > FARTHEST:
        raise FractionError(f"expected a canonical form at most {FARTHEST} steps away")
    plain, shift = found.contraction.fraction, found.shift
    where = max(shift, 0)
    scale = _inflation(found.reduced, plain, where)
    if shift >= 0:
        # A tail of the plain fraction, which begins at n = shift, is the canonical one deflated.
        way = times(steps(plain, shift), (int(scale.q), 0, 0, int(scale.p)))
    else:
        # The reduced fraction, the plain one inflated, is a tail of the canonical one.
        s, t, u, v = steps(found.canonical, -shift)
        way = times((int(scale.q), 0, 0, int(scale.p)), (v, -t, -u, s))
    return found.canonical, _lowest(times(found.contraction.matrix(), way))


def times(left: Moebius, right: Moebius) -> Moebius:
    """The map that does ``right`` first and then ``left``."""
    a, b, c, d = left
    e, f, g, h = right
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def steps(f: ContinuedFraction, count: int) -> Moebius:
    """The map that sends the tail a_count + b_(count+1)/... to the value."""
    total: Moebius = (1, 0, 0, 1)
    for n in range(count):
        total = times(total, (f.a_at(n), f.b_at(n + 1), 1, 0))
    return total


def _inflation(reduced: ContinuedFraction, plain: ContinuedFraction, n: int) -> fmpq:
    """The inflation's factor c_n: the quotient of the a's as rational functions, at n."""
    above, below = as_poly(reduced.a[0]), as_poly(plain.a[0])
    common = above.gcd(below)
    return fmpq((above // common)(n), (below // common)(n))


def _lowest(entries: Iterable[int]) -> Moebius:
    s, t, u, v = entries
    divisor = math.gcd(s, t, u, v)
    return s // divisor, t // divisor, u // divisor, v // divisor
