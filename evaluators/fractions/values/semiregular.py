"""Which signed simple continued fractions converge for certain, and how their tails are bounded.

If a_k >= 1 and a_k + s_(k+1) >= 1 for all k > n, the fraction is semi-regular from there: it
converges and its tail s_(n+1)/(a_(n+1) + ...) lies in [-1, 1] (H. Tietze; O. Perron, Die Lehre von
den Kettenbruechen, chapter V).
"""

import itertools
import math

from flint import arb, fmpz, fmpz_poly

from elitemap.evaluators.fractions.values.products import Matrix
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.signed import SignedFraction

#: Longest interlacing of quotients that is looked for.
LONGEST = 64


def semiregular_from(f: SignedFraction, n: int) -> bool:
    """Whether a_k >= 1 and a_k + s_(k+1) >= 1 for every k > n.

    Proved only where the quotients are interlaced arithmetic progressions, so that they need to be
    looked at over one period of quotients and signs.
    """
    m = interlacing(f)
    if m is None or n + 1 < f.transient:
        return False
    span = math.lcm(m, len(f.signs))
    a = list(itertools.islice(f.quotients(), n + 1, n + 1 + span + m))
    growing = all(a[k + m] >= a[k] for k in range(m))
    signs = [f.sign(k) for k in range(n + 2, n + 2 + span)]
    return growing and all(x >= 1 and x + s >= 1 for x, s in zip(a[:span], signs, strict=True))


def interlacing(f: SignedFraction) -> int | None:
    """The least m such that every m-th quotient forms arithmetic progressions; None if none.

    The recurrence's polynomial must divide (1 - x^m)^2.
    """
    taps = fmpz_poly([1, *(-t for t in f.taps)])
    for m in range(1, LONGEST + 1):
        if not fmpz_poly([1, *[0] * (m - 1), -1]) ** 2 % taps:
            return m
    return None


def enclose(state: Matrix, bits: int) -> arb:
    """A ball that contains the limit for certain, given that the tail w is in [-1, 1].

    Args:
        state: (p_n, p_(n-1), q_n, q_(n-1)).
        bits: Working precision.

    Returns:
        p_n/q_n - (p_n q_(n-1) - p_(n-1) q_n) w/(q_n (q_n + w q_(n-1))) as a ball; not finite where
        that does not exclude a pole.
    """
    p, before_p, q, before_q = (fmpz(int(x)) for x in state)
    with precision(bits):
        w = arb(0, 1)
        return arb(p) / q - (p * before_q - before_p * q) * w / (q * (q + w * before_q))
