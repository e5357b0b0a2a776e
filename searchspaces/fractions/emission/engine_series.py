"""More of the numerics of exported Python files: fractions whose tails have an asymptotic series.

Where a fraction converges like a power of n, with logarithms or with an exponent that is not whole,
extrapolation in powers of 1/n stalls. The scaled tail t(n), a solution of t(n) (1 + t(n+1)) =
r(n+1) with r(n) = b(n)/(a(n) a(n-1)), has a series without logarithms in any case (Wong, Li, 1992):
cut at n it replaces what is left of the fraction. All numbers are whole, in units of 2**-bits.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import isqrt
from operator import sub

from gmpy2 import mpz

from elitemap.searchspaces.fractions.emission.engine import Term, product, times


def by_series(
    a: Term, b: Term, ratio: tuple[Sequence[int], Sequence[int]], places: int, most: int
) -> tuple[int, int]:
    """The limit of slow convergents, their tails replaced by a series, to so many decimal places.

    Args:
        a: The partial denominators a(n).
        b: The partial numerators b(n), n >= 1.
        ratio: Numerator and denominator of r(n+1), leading coefficients first.
        places: Decimal places to which the series at two depths must agree.
        most: The largest depth.

    Returns:
        Numerator and denominator, the latter a power of two.

    Raises:
        ArithmeticError: If the two do not agree.
    """
    digits, bits = places, 4 * places + 64
    while 12 * digits + 200 <= most:
        order, depth = 8 + 9 * digits // 20, 12 * digits + 200
        series = tail_series(ratio, order, bits + 4 * order)
        fine, coarse = (
            with_tail(a, b, series, n, bits, 4 * order) for n in (depth, 3 * depth // 4)
        )
        if abs(fine - coarse) * 10**places < mpz(1) << bits:
            return fine, mpz(1) << bits
        digits += digits // 3
    raise ArithmeticError(f"the tail's series does not settle to {places} places")


def with_tail(a: Term, b: Term, series: list[int], n: int, bits: int, guard: int) -> int:
    """The limit in units of 2**-bits from the convergents at n and the tail there."""
    total = mpz(0)
    for coefficient in reversed(series):
        total = total // n + coefficient
    tail = (total * n * a(n)) >> guard
    p, r, q, s = times((a(0), 1, 1, 0), product(a, b, 1, n + 1))
    found: int = (((p << bits) + tail * r) << bits) // ((q << bits) + tail * s)
    return found


def tail_series(ratio: tuple[Sequence[int], Sequence[int]], order: int, bits: int) -> list[int]:
    """Coefficients of t(n): of n, 1, 1/n, ..., in units of 2**-bits."""
    right = quotient_series(ratio, order + 4, bits)
    unit = mpz(1) << bits
    if right[0]:  # r(n) grows like n^2, and t(n) like n
        s = mpz(isqrt(right[0] << bits))
        found = [s, ((right[1] - s) * unit - s * s) // (2 * s)]
        moved, row = [s, found[1] + s], list[int]()
    else:  # r(n) tends to -1/4, and t(n) to -1/2
        first = (mpz(isqrt((unit // 4 + 4 * right[4]) << bits)) - unit // 2) // 2
        found, moved, row = [first], [first], [first]
    for k in range(1 if right[0] else 2, order + 1):
        # What t(n+1) has at n^-k without its own coefficient, and at the power after that.
        following = list(accumulate(row, sub, initial=mpz(0)))
        rest, later = -sum(row), -sum(following)
        inner = sum(x * y for x, y in zip(found[1:], reversed(moved[1:]), strict=False)) >> bits
        if right[0]:
            known = right[k + 1] - (s * rest >> bits) - inner - found[k]
            found.append((known << bits) // (2 * s))
        else:
            known = right[k + 3] - inner - (first * rest >> bits) + later // 2
            found.append((known << bits) // (k * unit // 2 + 2 * first))
        moved.append(found[-1] + rest)
        row = list(accumulate(row, sub, initial=found[-1]))
    return found if right[0] else [mpz(0), -unit // 2, *found]


def quotient_series(ratio: tuple[Sequence[int], Sequence[int]], count: int, bits: int) -> list[int]:
    """Coefficients of r(n+1): of n^2, n, 1, 1/n, ..., in units of 2**-bits."""
    above, below = ratio
    found = [mpz(0)] * (2 - len(above) + len(below))
    lead = len(found)
    for k in range(count - lead):
        total = mpz(above[k] if k < len(above) else 0) << bits
        for j in range(1, min(k, len(below) - 1) + 1):
            total -= below[j] * found[lead + k - j]
        found.append(total // below[0])
    return found
