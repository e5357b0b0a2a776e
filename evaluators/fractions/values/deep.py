"""Limits of continued fractions to many digits.

Exponential, factorial and root-type convergence: exact convergents at a depth chosen from the
convergence class. Algebraic convergence: ``accelerated``. Nothing
is returned where the class says that there is no limit, or none within reach.
"""

import math
import time
from collections.abc import Sequence

from flint import arb, fmpq

from elitemap.evaluators.fractions.values import semiregular
from elitemap.evaluators.fractions.values.accelerated import accelerated
from elitemap.evaluators.fractions.values.enclosure import (
    GUARD,
    Limit,
    ball,
    bits_for,
    fixed,
    limit_of,
)
from elitemap.evaluators.fractions.values.products import (
    Fraction,
    Matrix,
    product,
    state,
    states,
    steps,
    times,
)
from elitemap.evaluators.fractions.values.products import convergent as convergent
from elitemap.formulas.precision import precision
from elitemap.searchspaces.fractions import tails
from elitemap.searchspaces.fractions.continued import ContinuedFraction
from elitemap.searchspaces.fractions.convergence import (
    MAX_DEPTH,
    Convergence,
    classify,
    depth_for,
)
from elitemap.searchspaces.fractions.signed import SignedFraction

DIRECT = ("exponential", "factorial", "root", "alternating root")
ACCELERATED = ("algebraic", "alternating algebraic")

#: Terms beyond which a fraction that ends is not followed.
FARTHEST = 100_000
#: An estimated error of the deeper of two convergents is multiplied by this.
CAUTION = 4
#: How much more is asked for if a depth was too small.
MORE = (1.0, 1.3, 1.7)
#: Depths beyond this are approached in steps; n terms cost about :data:`GROWTH` times as much as n
#: times one.
SHALLOW, GROWTH = 20_000, 2.0


def limit(f: Fraction, digits: int, seconds: float = math.inf, prove: bool = False) -> Limit | None:
    """The limit of a fraction.

    Args:
        f: The fraction.
        digits: Decimal digits wanted; what is returned may have fewer, or a few more.
        seconds: Time after which no further step is begun.
        prove: Whether to spend a few milliseconds on a radius that is proved, where a theorem gives
            one; it is estimated otherwise.

    Returns:
        The limit to the digits reached, or None if the fraction has no limit or converges too
        slowly for any digit of it to be had (logarithmically).
    """
    deadline = time.monotonic() + seconds
    if isinstance(f, SignedFraction):
        return _signed(f, digits, deadline, prove)
    convergence = classify(f)
    if convergence.kind == "finite":
        return _finite(f, digits)
    if convergence.kind in ACCELERATED:
        return accelerated(f, convergence, digits, deadline)
    if convergence.kind in DIRECT:
        return _direct(f, convergence, digits, deadline, prove)
    return None


def _direct(
    f: ContinuedFraction, convergence: Convergence, digits: int, deadline: float, prove: bool
) -> Limit | None:
    best, begun, spent = None, time.monotonic(), 0
    for depth in _depths(convergence, digits):
        if spent and _late(begun, deadline, depth / spent):
            break
        found = measured(f, states(f, (depth * 3 // 4, depth)), depth, digits, prove)
        spent += depth
        best = found if best is None or (found and found.digits > best.digits) else best
        if (best and best.digits >= digits) or time.monotonic() > deadline:
            break
    return best


def _depths(convergence: Convergence, digits: int) -> list[int]:
    """Depths to try one after another: the one that should do, more, and fewer before many."""
    wanted = [depth_for(convergence, share * digits + 2) for share in MORE]
    depths = [depth for depth in wanted if depth is not None] or [MAX_DEPTH]
    while depths[0] > SHALLOW:
        depths.insert(0, max(SHALLOW, depths[0] // 4))
    return depths


def _late(begun: float, deadline: float, ratio: float) -> bool:
    """Whether a step that is larger by a ratio than all until now would go past the deadline."""
    now = time.monotonic()
    return now + GROWTH * ratio * (now - begun) > deadline


def measured(
    f: Fraction, pair: Sequence[Matrix], depth: int, digits: int, prove: bool
) -> Limit | None:
    """The limit from the states at two depths, the deeper one given: proved, or estimated."""
    bits = bits_for(digits) + GUARD
    proved = enclosed(f, pair[1], depth, bits) if prove else None
    if proved is None or not proved[0].is_finite():
        return estimate(pair, depth, digits)
    value, theorem = proved
    method = f"product tree, tail bounded ({theorem})"
    return limit_of(value, depth, method, rigorous=True)


def enclosed(f: Fraction, state: Matrix, depth: int, bits: int) -> tuple[arb, str] | None:
    """A ball that contains the limit for certain, and the theorem by which; None without one."""
    if isinstance(f, SignedFraction):
        regular = semiregular.semiregular_from(f, depth)
        return (semiregular.enclose(state, bits), "Tietze") if regular else None
    bound = tails.tail_bound(f)
    if bound is None or depth < max(bound.start - 1, 1):
        return None
    return tails.enclose(f, bound, depth, state, bits), bound.kind


def estimate(pair: Sequence[Matrix], depth: int, digits: int) -> Limit | None:
    """The limit from the states at two depths, with an estimated error.

    The error of the shallower convergent shows how many last steps make up an error; the deeper
    one's error is taken to be as many of its last steps, times :data:`CAUTION`.
    """
    bits = bits_for(digits) + GUARD
    rows = []
    for p, before_p, q, before_q in pair:
        if not q or not before_q:
            return None
        value = fixed(p, q, bits)
        rows.append((value, abs(value - fixed(before_p, before_q, bits))))
    (shallow, early), (deep, late) = rows
    error = abs(deep - shallow)
    spread = error // early + 1 if early else 1
    scale = 4 + (max(0, abs(deep).bit_length() - bits) and abs(deep) >> (bits - 2))
    radius = CAUTION * spread * late + scale
    if error and late >= early:
        return None
    return limit_of(ball(int(deep), int(radius), bits), depth, "product tree at two depths")


def _finite(f: ContinuedFraction, digits: int) -> Limit | None:
    """The value of a fraction with some b_n = 0, n >= 1: the convergent before it; None if far."""
    last = next((n for n in range(1, FARTHEST + 1) if f.b_at(n) == 0), 0) - 1
    if last < 0:
        return None
    p, q = convergent(f, last)
    if not q:
        return None
    with precision(bits_for(digits) + GUARD):
        value = arb(fmpq(int(p), int(q)))
    return Limit(value, float(digits), last, "finite fraction, exactly", rigorous=True)


def _signed(f: SignedFraction, digits: int, deadline: float, prove: bool) -> Limit | None:
    """Depth is doubled until the denominators, and then the estimate, suffice."""
    best, depth, most = None, 64, bits_for(digits) // 2 + GUARD
    current = state(f, depth // 2 - 1)
    while depth < 64 * (digits + 16) and time.monotonic() <= deadline:
        before, current = current, times(current, product(*steps(f, depth // 2, depth)))
        if abs(current[2]).bit_length() >= most:
            best = measured(f, (before, current), depth - 1, digits, prove) or best
            if best is not None and best.digits >= digits:
                break
        depth *= 2
    return best
