"""Limits of algebraically convergent fractions, each computed twice in different ways.

Salzer's extrapolation is fastest where the error has whole powers of n only, as it mostly has; the
asymptotic series of the tail serves any exponent, and where logarithms turn up among the powers.
The difference of two computations is the stated error. Both methods go on to 1,000 digits.
"""

import math
import time

from flint import arb
from gmpy2 import mpz

from elitemap.evaluators.fractions.values.asymptotic import tail_series, with_tail
from elitemap.evaluators.fractions.values.enclosure import (
    GUARD,
    Limit,
    ball,
    bits_for,
    fixed,
    limit_of,
)
from elitemap.evaluators.fractions.values.extrapolation import STRIDE, is_whole, salzer
from elitemap.evaluators.fractions.values.products import states, walk
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import Convergence

#: (n0, N) of Salzer's extrapolation for up to so many digits; beyond, digits per order and n0 / N.
SMALL = ((30.0, 60, 26), (60.0, 200, 36), (80.0, 400, 42))
PER_ORDER, FIRST = 1.4, 2.9
#: Differences of two extrapolations fell short of the error by up to 0.6 digits where logarithms
#: turned up, and by 1.1 where the exponent was not whole; they are multiplied by these.
CAUTION, MUCH_CAUTION = 10, 100
#: Depth and order of asymptotic series per digit, and at least.
DEPTH, ORDER, SHALLOWEST, LEAST_ORDER = 12, 0.45, 200, 8
#: How much more is asked for if a computation falls short, and how often.
MORE, ROUNDS = 1.3, 3


def accelerated(
    f: ContinuedFraction, convergence: Convergence, digits: int, deadline: float
) -> Limit | None:
    """The limit of a fraction of algebraic convergence, alternating or not.

    Args:
        f: The fraction; only extrapolation handles interlaced ones.
        convergence: Its class.
        digits: Decimal digits wanted.
        deadline: On the monotonic clock: nothing is begun after it.

    Returns:
        The best limit reached; None if there was none.
    """
    whole = is_whole(convergence.exponent)
    plan = ["series"] * ROUNDS if f.period == 1 else ["salzer"] * ROUNDS
    if whole or f.period > 1:
        plan = ["salzer", *plan]
    best, wanted = None, float(digits)
    for k, method in enumerate(plan):
        if method == "series":
            found = series_limit(f, wanted, digits)
        else:
            found = salzer_limit(f, convergence.exponent, *orders(wanted), digits)
        best = found if best is None or (found and found.digits > best.digits) else best
        if (best and best.digits >= digits) or time.monotonic() > deadline:
            break
        wanted = digits * MORE ** (k if f.period == 1 else k + 1)
    return best


def orders(digits: float) -> tuple[int, int]:
    """(n0, N) that reach so many digits on all but unusual tails, from measurements."""
    for most, first, order in SMALL:
        if digits <= most:
            return first, order
    order = math.ceil(digits / PER_ORDER)
    return math.ceil(FIRST * order), order


def salzer_limit(
    f: ContinuedFraction, exponent: float, first: int, order: int, digits: int
) -> Limit | None:
    """The limit by extrapolation with two (n0, N); their difference, enlarged, is the radius.

    An interlaced fraction is extrapolated along the convergents at multiples of its period.

    Args:
        f: A fraction of algebraic convergence.
        exponent: Its error falls like n^-exponent.
        first: n0 of the weights of higher order.
        order: Their order N.
        digits: Decimal digits that are worth having.
    """
    shift = max(1, order // 8)
    upper = salzer(first, order, exponent)
    lower = salzer(first + STRIDE * shift, order - shift, exponent)
    loss = max(upper.loss, lower.loss)
    bits, last = bits_for(digits) + GUARD + loss, f.period * upper.last
    values: list[mpz] = []
    for p, q in walk(f, f.period * first, last + 1, f.period * STRIDE):
        if not q:
            return None
        values.append(fixed(p, q, bits))
    value, other = upper.extrapolate(values), lower.extrapolate(values[shift:])
    size = 1 + (abs(value) >> bits)
    caution = CAUTION if is_whole(exponent) else MUCH_CAUTION
    radius = caution * abs(value - other) + ((4 * size) << loss)
    method = f"Salzer extrapolation, (n0, N) = {upper} and {lower}"
    return limit_of(ball(int(value), int(radius), bits), last, method)


def series_limit(f: ContinuedFraction, wanted: float, digits: int) -> Limit | None:
    """The limit from the tail's asymptotic series at two depths; their difference is the radius.

    Args:
        f: A plain fraction of algebraic convergence.
        wanted: Digits from which depth and order are chosen.
        digits: Decimal digits that are worth having.
    """
    depth, order = SHALLOWEST + int(DEPTH * wanted), LEAST_ORDER + int(ORDER * wanted)
    bits, depths = bits_for(digits) + GUARD, (depth * 3 // 4, depth)
    series = tail_series(f, order, bits)
    other, value = (
        with_tail(state, f.a_at(n), series, n, bits)
        for n, state in zip(depths, states(f, depths), strict=True)
    )
    if value is None or other is None:
        return None
    with precision(bits):
        radius = (value - other).abs_upper()
        enclosed = arb(value.mid(), radius)
    method = f"asymptotic series of the tail, order {order} at n = {depths[0]} and {depths[1]}"
    return limit_of(enclosed, depth, method)
