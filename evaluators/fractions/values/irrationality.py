"""How well the convergents of a fraction approximate its limit: growth and irrationality measure.

With g = gcd(p_n, q_n) the reduced convergent obeys |V - p_n/q_n| = (q_n/g)^-(1 + delta); a delta
that stays positive proves V irrational. The fraction has *factorial reduction* if q_n/g grows only
exponentially: ln(q_n/g) = c n + d n ln n with d = 0.
"""

import math
from dataclasses import dataclass

from gmpy2 import gcd, mpz

from elitemap.evaluators.fractions.values.products import Fraction, product, states, steps, times

DEPTH = 2000
#: A factorial part |d| below this is none.
NO_FACTORIAL = 0.05
#: The limit is replaced by a convergent this many times as deep.
DEEPER = 2


@dataclass(frozen=True)
class Growth:
    """What the convergents up to one depth show.

    Attributes:
        delta: -ln|V - p/q| / ln(q/g) - 1 at depth n, V being the convergent at depth 2 n.
        factorial: Whether p and q have factorial reduction.
        order: The fitted d; 0 with factorial reduction.
        q_rate: The fitted c, in natural logarithms per term.
        gcd_rate: ln(g)/n.
        rate: Digits per term gained between the depths n/2 and n.
        n: The depth.
    """

    delta: float
    factorial: bool
    order: float
    q_rate: float
    gcd_rate: float
    rate: float
    n: int


def measure(f: Fraction, n: int = DEPTH) -> Growth | None:
    """Measure a fraction's convergents.

    Args:
        f: A fraction that converges.
        n: Depth, even and at least 16.

    Returns:
        None where there is nothing to measure: the fraction ends, a denominator vanishes at a depth
        that is looked at, or the reduced denominators do not grow.
    """
    middle, last = states(f, (n // 2, n))
    deeper = times(last, product(*steps(f, n + 1, DEEPER * n + 1)))
    gaps = [abs(deeper[0] * q - p * deeper[2]) for p, _, q, _ in (middle, last)]
    if not (middle[2] and last[2] and deeper[2] and all(gaps)):
        return None
    common = gcd(last[0], last[2])
    grown, early = _ln(last[2]) - _ln(common), _ln(middle[2]) - _ln(gcd(middle[0], middle[2]))
    if grown <= 1:
        return None
    first, second = (
        _ln(gap) - _ln(deeper[2]) - _ln(state[2])
        for gap, state in zip(gaps, (middle, last), strict=True)
    )
    order = (grown / n - early / (n // 2)) / math.log(2)
    factorial = abs(order) < NO_FACTORIAL
    order = 0.0 if factorial else order
    return Growth(
        delta=-second / grown - 1,
        factorial=factorial,
        order=order,
        q_rate=grown / n - order * math.log(n),
        gcd_rate=_ln(common) / n,
        rate=(first - second) / (n // 2) / math.log(10),
        n=n,
    )


def _ln(number: mpz) -> float:
    """ln|number| of any size; the number is not 0."""
    shift = max(0, number.bit_length() - 64)
    return math.log(abs(int(number >> shift))) + int(shift) * math.log(2)
