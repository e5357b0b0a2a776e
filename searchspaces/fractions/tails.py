"""Rigorous enclosures of a fraction's value from one convergent and a bound on the tail.

With convergents p_n/q_n and the tail t_n = b_(n+1)/(a_(n+1) + b_(n+2)/(a_(n+2) + ...)) the value is

    (p_n + p_(n-1) t_n)/(q_n + q_(n-1) t_n).

In terms of the ratios r(k) = b_k/(a_k a_(k-1)) the tail is t_n = a_n w_n with
w_n = r(n+1)/(1 + r(n+2)/(1 + ...)), and classical theorems bound w_n:

==========  ====================================  ==========================================
positive    r(k) > 0 for k > n                    0 < w_n < r(n+1)
worpitzky   abs(r(k)) <= 1/4 for k > n            abs(w_n) <= 1/2
parabolic   abs(r(k)) <= g_(k-1) (1 - g_k),       abs(w_n) <= g_n
            g_k = 1/2 + 1/(4 k), for k > n
==========  ====================================  ==========================================

Sources as in :mod:`elitemap.searchspaces.fractions.theorems`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flint import arb, fmpq, fmpz

from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.conditions import (
    parabolic_start,
    positive_start,
    worpitzky_start,
)
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.ratio import terminates


@dataclass(frozen=True)
class Tail:
    """A bound on the tails of a fraction.

    Attributes:
        kind: ``positive``, ``worpitzky`` or ``parabolic``.
        start: The ratios r(k) are as the kind says for all k >= start: tails t_n with
            n >= start - 1 are bounded.
    """

    kind: str
    start: int


def tail_bound(f: ContinuedFraction) -> Tail | None:
    """The bound that holds from the least n on; interlaced fractions need no contraction.

    None for fractions that terminate, diverge or meet none of the conditions: of those that
    converge only some logarithmic ones and some interlaced ones.
    """
    if terminates(f) or not all(f.a):
        return None
    kinds = {
        "positive": positive_start,
        "worpitzky": worpitzky_start,
        "parabolic": parabolic_start,
    }
    starts = [(start, kind) for kind, find in kinds.items() if (start := find(f)) is not None]
    if not starts:
        return None
    start, kind = min(starts, key=lambda pair: pair[0])
    return Tail(kind, start)


def tail_range(f: ContinuedFraction, tail: Tail, n: int) -> tuple[fmpq, fmpq]:
    """The two ends, in no order, of an interval that contains the tail t_n.

    Args:
        f: The fraction.
        tail: What :func:`tail_bound` says of it.
        n: At least ``max(tail.start - 1, 1)``.
    """
    if tail.kind == "positive":
        return fmpq(0), fmpq(f.b_at(n + 1), f.a_at(n + 1))
    radius = fmpq(1, 2) if tail.kind == "worpitzky" else fmpq(2 * n + 1, 4 * n)
    return -radius * f.a_at(n), radius * f.a_at(n)


def enclose(f: ContinuedFraction, tail: Tail, n: int, state: Sequence[int], bits: int) -> arb:
    """A ball that certainly contains the value of a fraction.

    Args:
        f: The fraction.
        tail: What :func:`tail_bound` says of it.
        n: Depth of the convergent, at least ``max(tail.start - 1, 1)``.
        state: The exact p_n, p_(n-1), q_n, q_(n-1).
        bits: Working precision.

    Returns:
        The ball; not finite where the bound on the tail does not exclude that the value is.
    """
    p, p_before, q, q_before = (fmpz(int(entry)) for entry in state)
    # The value is monotone in the tail between poles, so that the ends of the tail give its ends.
    ends = [(p * t.q + p_before * t.p, q * t.q + q_before * t.p) for t in tail_range(f, tail, n)]
    if ends[0][1] * ends[1][1] <= 0:
        return arb("nan")
    with precision(bits):
        low, high = (arb(above) / below for above, below in ends)
        return low.union(high)
