"""The true function as polynomials in float64, each with a proved bound on a run of floats.

A binade of floats is halved, by counting floats, until the Taylor polynomial around the middle
keeps within 2^-44 of the function, relative to its smallest value there or to the least subnormal
float32. The bound adds the remainder (its coefficient enclosed by balls on the whole run), the
rounding of the coefficients and that of the evaluation by Horner's rule with fused multiply-adds.

Where a function is beyond float32 by thousands of binades, as 2^x is beyond x = 2000, balls do not
describe it and the domain is refused.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import arb
from numpy.typing import NDArray

from elitemap.archive.errors import SearchError
from elitemap.formulas.expression import Expression
from elitemap.formulas.precision import precision
from elitemap.formulas.vocabulary import ball, interval, jet, value_at, variable

#: Of the polynomials.
DEGREE = 10

#: Most pieces of one domain; less than a minute of work.
MOST = 100_000

_BITS = 128
#: Of values next to a power of two, which the least float32 takes off it by 2^-150.
_FINE = 320
#: Where values count as next to one: further than bounds reach.
_CLOSE = 2.0**-40
_SIGN = 1 << 31
_TOLERANCE = 2.0**-44
_LEAST = 2.0**-149
#: Beyond the largest float32 the function is said to be 2^128: all of it is rounded to infinity.
_BEYOND = 2.0**128
#: Of one operation in float64, with room for the rounding of the bounds themselves.
_UNIT = 2.0**-53 * 1.001


@dataclass(frozen=True)
class Piece:
    """A polynomial on a run of floats of one sign.

    Attributes:
        first: Bits of the float that is nearest to 0.
        count: Number of floats, outwards.
        center: The polynomial is one in ``(x - center) * inverse``.
        inverse: A power of two.
        bound: Of the difference to the function, or to 2^128 where that is less.
        low: No more than the function's size anywhere here.
        high: Its size is nowhere a binade above that of ``high``.
        coefficients: float64[DEGREE + 1], from the constant on.
    """

    first: int
    count: int
    center: float
    inverse: float
    bound: float
    low: float
    high: float
    coefficients: tuple[float, ...]


def number(bits: int) -> float:
    """The float32 with these bits."""
    return float(np.uint32(bits).view(np.float32))


def runs(low: float, high: float) -> list[tuple[int, int]]:
    """The floats of [low, high] as runs of consecutive bits, one of each sign at most.

    0 is among the positive ones and -0 among the negative ones, which there are if ``low`` is
    negative or -0.

    Args:
        low: A finite float32.
        high: A finite float32, not below ``low``.

    Returns:
        (bits of the first, bits of the last) of each run.
    """
    bits = [int(np.float32(end).view(np.uint32)) for end in (low, high)]
    found = []
    if bits[0] >= _SIGN:
        found.append((bits[1] if bits[1] >= _SIGN else _SIGN, bits[0]))
    if bits[1] < _SIGN:
        found.append((bits[0] if bits[0] < _SIGN else 0, bits[1]))
    return found


def pieces(expression: Expression, low: float, high: float) -> Iterator[Piece]:
    """The pieces of a domain, by increasing bits within each run of :func:`runs`.

    Raises:
        SearchError: If the function has no value somewhere, or varies so fast that more than
            :data:`MOST` pieces are needed.
    """
    made = 0
    for first, last in runs(low, high):
        open_ = list(reversed(_binades(first, last)))
        while open_:
            start, end = open_.pop()
            piece = _piece(expression, start, end)
            if piece is None:
                middle = (start + end) // 2
                open_ += [(middle + 1, end), (start, middle)]
                continue
            made += 1
            if made > MOST:
                raise SearchError(
                    f"expected a function that {MOST} polynomials describe, "
                    f"got one that needs more beyond x = {number(start)!r}: choose a smaller domain"
                )
            yield piece


def _binades(first: int, last: int) -> list[tuple[int, int]]:
    """Runs within binades; zero is one of its own, because values beside it may be on one side."""
    size = 1 << 23
    starts = [first, *range((first // size + 1) * size, last + 1, size)]
    if first % _SIGN == 0 and first < last:
        starts.insert(1, first + 1)
    return list(zip(starts, [*(s - 1 for s in starts[1:]), last], strict=True))


def _piece(expression: Expression, first: int, last: int) -> Piece | None:
    if first == last:
        return _single(expression, first)
    near, far = (Fraction(number(b)) for b in (first, last))
    center, radius = (near + far) / 2, abs(far - near) / 2
    power = Fraction(2) ** (radius.numerator.bit_length() - radius.denominator.bit_length() + 1)
    with precision(_BITS, DEGREE + 2):
        whole = jet(expression, variable(interval(*sorted((near, far)))))
        values = whole[0]
        if not values.is_finite():
            return None
        below, above = float(values.abs_lower()), float(values.abs_upper())
        beyond = below >= 2 * _BEYOND
        if beyond or above <= _TOLERANCE * _LEAST:
            value = (-_BEYOND if values < 0 else _BEYOND) if beyond else 0.0
            bound = 0.0 if beyond else above * (1 + _UNIT)
            return _constant(first, last, value, bound)
        remainder = whole[DEGREE + 1] * ball(radius) ** (DEGREE + 1)
        series = jet(expression, variable(ball(center)))
        exact = [series[k] * ball(power) ** k for k in range(DEGREE + 1)]
        if not (remainder.is_finite() and all(c.is_finite() for c in exact)):
            return None
        bound, rounded = _bounded(exact, float(remainder.abs_upper()), float(radius / power))
    if not bound <= _TOLERANCE * max(below * (1 - _UNIT), _LEAST):
        return None
    count, (low, high) = last - first + 1, _sizes(expression, near, far, below, above)
    return Piece(first, count, float(center), float(1 / power), bound, low, high, rounded)


def _sizes(
    expression: Expression, near: Fraction, far: Fraction, below: float, above: float
) -> tuple[float, float]:
    """Ends of the sizes of values, where a power of two that they come close to makes it matter.

    2^x is beside 1 for most float32, on one side of it: without that side the unit of the last
    place would be open for all of them.
    """
    edge = math.frexp(below * (1 - _CLOSE))[1] != math.frexp(above * (1 + _CLOSE))[1]
    if not edge or below == 0.0:
        return 0.0, math.inf
    with precision(_FINE, 1):
        run = interval(*sorted((near, far)))
    values = value_at(expression, run, _FINE)
    if not values.is_finite():
        return 0.0, math.inf
    with precision(_FINE, 1):
        return _floor(values.abs_lower()), _floor(values.abs_upper())


def _floor(size: arb) -> float:
    """The largest float64 that is no more than an exact positive number."""
    mantissa, power = (int(part) for part in size.man_exp())
    exact = Fraction(mantissa) * Fraction(2) ** power
    found = float(exact)
    return found if Fraction(found) <= exact else math.nextafter(found, 0.0)


def _bounded(exact: list[arb], remainder: float, most: float) -> tuple[float, tuple[float, ...]]:
    """The bound of a polynomial, and its coefficients in float64.

    Args:
        exact: The coefficients.
        remainder: Of the Taylor polynomial.
        most: The largest |u|.
    """
    rounded = tuple(float(c.mid()) for c in exact)
    off = sum(
        float(abs(c - arb(r)).upper()) * most**k
        for k, (c, r) in enumerate(zip(exact, rounded, strict=True))
    )
    # The coefficient of u^k passes through k + 1 roundings.
    evaluated = sum((k + 1) * _UNIT * abs(r) * most**k for k, r in enumerate(rounded))
    return (remainder + off + evaluated) * (1 + 2.0**-40) + 2.0**-1000, rounded


def _constant(first: int, last: int, value: float, bound: float) -> Piece:
    rest = (0.0,) * DEGREE
    return Piece(first, last - first + 1, number(first), 1.0, bound, 0.0, math.inf, (value, *rest))


def _single(expression: Expression, bits: int) -> Piece:
    """The value at one float, to the last bit of a float64 or nearly so."""
    x = Fraction(number(bits))
    for working in (_BITS, 8 * _BITS):
        value = value_at(expression, ball(x), working)
        if not value.is_finite():
            continue
        with precision(working):
            middle = float(value.mid())
            if abs(middle) >= 2 * _BEYOND:
                return _constant(bits, bits, _BEYOND if middle > 0 else -_BEYOND, 0.0)
            bound = float(abs(value - arb(middle)).upper()) * (1 + _UNIT)
        if bound <= _TOLERANCE * max(abs(middle), _LEAST):
            return _constant(bits, bits, middle, bound)
    raise SearchError(
        f"expected a function with a value at every float32, got none at x = {float(x)!r}: "
        "choose a domain without that"
    )


def packed(
    made: list[Piece],
) -> tuple[NDArray[np.uint64], NDArray[np.float64], NDArray[np.float64]]:
    """Pieces of one run as the kernel takes them.

    Returns:
        uint64[n + 1], bits of the first float of each and one beyond the last; float64[n, 5],
        center, inverse, bound, low and high; float64[n, DEGREE + 1], coefficients.
    """
    last = made[-1]
    start = np.array([*(p.first for p in made), last.first + last.count], np.uint64)
    frames = np.array([(p.center, p.inverse, p.bound, p.low, p.high) for p in made])
    return start, frames, np.array([p.coefficients for p in made])
