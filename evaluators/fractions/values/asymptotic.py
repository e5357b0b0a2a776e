"""The tail of an algebraically convergent fraction as an asymptotic series in 1/n.

With r(n) = b(n)/(a(n) a(n-1)) the scaled tail t(n) = w_n/a(n) obeys t(n) (1 + t(n+1)) = r(n+1). By
Pincherle's theorem the tail is that of the recurrence's minimal solution, whose formal series has
no logarithms (Wong, Li, "Asymptotic expansions for second-order linear difference equations", J.
Comput. Appl. Math. 41, 1992). So V = (p_n + t a_n p_(n-1))/(q_n + t a_n q_(n-1)) serves any
exponent of convergence, where extrapolation in whole powers of n does not.
"""

from itertools import accumulate
from operator import mul, sub

from flint import arb, arb_series, fmpz

from elitemap.evaluators.fractions.values.products import Matrix
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.canonical import ratio
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.ratio import shifted

#: Bits for what the recurrence of the coefficients loses, per coefficient.
LOSS = 4


def tail_series(f: ContinuedFraction, order: int, bits: int) -> list[arb]:
    """Coefficients of t(n): of n, 1, 1/n, 1/n^2, ... up to n^-order.

    Args:
        f: A plain fraction of algebraic convergence, alternating or not.
        order: At least 1.
        bits: Precision wanted at depths n well above the order.
    """
    with precision(bits + LOSS * order, order + 4):
        right = _right_side(f, order + 4)
        grown = right[0] != 0
        return _alternating(right, order) if grown else _double(right, order)


def with_tail(state: Matrix, a: int, series: list[arb], n: int, bits: int) -> arb | None:
    """The limit from the state (p_n, p_(n-1), q_n, q_(n-1)) and the series, without its own error.

    None where that is not finite.
    """
    with precision(bits + 64):
        total, inverse = arb(0), 1 / arb(n)
        for coefficient in reversed(series):
            total = total * inverse + coefficient
        w = total * n * a
        p, before_p, q, before_q = (arb(fmpz(int(x))) for x in state)
        value = (p + w * before_p) / (q + w * before_q)
        return value if value.is_finite() else None


def _right_side(f: ContinuedFraction, terms: int) -> list[arb]:
    """Coefficients of r(n+1): of n^2, n, 1, 1/n, ..."""
    above, below = (shifted(side, 1) for side in ratio(f))
    lead = below.degree() + 2 - above.degree()
    rows = (list(reversed(side.coeffs())) for side in (above, below))
    quotient = arb_series(next(rows), prec=terms) / arb_series(next(rows), prec=terms)
    found = [arb(0)] * lead + [quotient[k] for k in range(terms)]
    return found[:terms]


def _alternating(right: list[arb], order: int) -> list[arb]:
    """The series where r(n) ~ R n^2: t(n) = s n + c_0 + c_1/n + ... with s = sqrt(R) > 0."""
    s = right[0].sqrt()
    found = [s, (right[1] - s - s * s) / (2 * s)]
    moved = [s, found[1] + s]
    powers = _Shifted()
    for k in range(1, order + 1):
        rest = powers.rest()
        inner = sum(map(mul, found[1:], reversed(moved[1:])), arb(0))
        found.append((right[k + 1] - s * rest - inner - found[k]) / (2 * s))
        moved.append(found[-1] + rest)
        powers.append(found[-1])
    return found


def _double(right: list[arb], order: int) -> list[arb]:
    """The series where r(n) tends to -1/4: t(n) = -1/2 + c_1/n + ..., c_1 the larger root.

    u = t + 1/2 obeys (u(n) - u(n+1))/2 + u(n) u(n+1) = r(n+1) + 1/4.
    """
    first = ((arb(1) / 4 + 4 * right[4]).sqrt() - arb(1) / 2) / 2
    found, moved, powers = [first], [first], _Shifted()
    powers.append(first)
    for k in range(2, order + 1):
        # With u_k unknown: the coefficient of n^-(k+1) in u(n+1) is u_(k+1) - k u_k + later.
        rest, later = powers.two_rests()
        inner = sum(map(mul, found[1:], reversed(moved[1:])), arb(0))
        known = inner + first * rest - later / 2
        found.append((right[k + 3] - known) / (arb(k) / 2 + 2 * first))
        moved.append(found[-1] + rest)
        powers.append(found[-1])
    return [arb(0), arb(-1) / 2, *found]


class _Shifted:
    """Coefficients of sum c_j (n+1)^-j, j = 1, 2, ..., while the c_j come in one by one.

    That of n^-k is the (k-1)-th backward difference of c_1, ..., c_k: the end of a row of the
    difference table, of which the last row is kept.
    """

    def __init__(self) -> None:
        self._row: list[arb] = []

    def append(self, coefficient: arb) -> None:
        """The next c_k."""
        self._row = list(accumulate(self._row, sub, initial=coefficient))

    def rest(self) -> arb:
        """The coefficient of n^-k without the term c_k, which is still unknown."""
        return -sum(self._row, arb(0))

    def two_rests(self) -> tuple[arb, arb]:
        """:meth:`rest`, and the coefficient of n^-(k+1) without the terms of c_k and c_(k+1)."""
        following = list(accumulate(self._row, sub, initial=arb(0)))
        return following[-1], -sum(following, arb(0))
