"""gelu by the logarithm of Mills' ratio, with constants of cores looked up piece by piece.

With a = |x|, M(a) = exp(a^2 / 2) erfc(a / sqrt(2)) / 2 and log M(a) = g + d C(d) about a place near
a, where d = a - place and g is a table's, the tail of the normal distribution is

    exp(-a^2 / 2 + g + d C(d)) = 2^k (1 + t),

and gelu(x) = max(x, 0) - 2^k (a + a t). An error of the logarithm is one of the result, in units of
1: -a^2 / 2 is known in two floats of which the first has few bits, so that it, k log 2 and g add up
without rounding to the first part of t, and what is small all the time is added last.
"""

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np

from elitemap.searchspaces.elementary.float32.assembly import CORE, MAGIC, Assembly, rounded
from elitemap.searchspaces.elementary.float32.reduction import Reduction, core_target
from elitemap.searchspaces.elementary.float32.reductions.cuts import best
from elitemap.searchspaces.elementary.float32.reductions.pieces import (
    BIAS,
    LOG2,
    LOG2E,
    PLACE,
    clamped,
    polynomial,
    split_constant,
)
from elitemap.searchspaces.elementary.float32.reductions.tabled import (
    ENTRIES,
    Way,
    near_float,
    tabled,
)
from elitemap.searchspaces.elementary.targets import Target

#: From where on the tail is rounded to 0; and where it is still a normal number, and nothing beside
#: a positive argument: subnormal ones take a hundred times as long.
END, NOTHING = 14.5, 12.0

_MILLS = "log(exp(({0})**2 / 2) * erfc(({0}) / sqrt(2)) / 2)"

#: Pieces are compared by the rest of a polynomial of so many terms, from values at so many points.
_TERMS, _POINTS = 5, 8

#: The exponent k is that of the tail less so much, rounded: t is in [-0.25, 0.5] then, where its
#: last place is smallest beside 1 + t.
_LESS = 0.0846

#: What is added to -a^2 / 2 to leave it with few bits is in [LEAST, 2 LEAST), whose last place that
#: is: with END, too.
_LEAST, _LAST = 512.0, 2.0**-14

#: Added to k, so that both halves of the sum are exponents as floats have them.
_HALVES = 2 * BIAS


@lru_cache(maxsize=4)
def gelu(low: float, high: float) -> Reduction:
    """The reduction for a domain."""
    reach = min(max(-low, min(high, NOTHING)), END)
    cut, left = best(rounded(reach), ENTRIES, _left)
    middles = [near_float(_MILLS.format("x"), (low + high) / 2) for low, high in cut.ends]
    return tabled(Way("tail-pieces", _core, _magnitude, _made_again, sign=-1), cut, left, middles)


def _left(low: float, high: float) -> float:
    """What a polynomial leaves of the logarithm in a piece."""
    nodes = np.cos(np.pi * (np.arange(_POINTS) + 0.5) / _POINTS)
    ends = Fraction(low), Fraction(high)
    points = (low + high) / 2 + (high - low) / 2 * nodes
    values, _ = core_target(_MILLS.format("x"), *ends).sample(points)
    terms = np.polynomial.chebyshev.chebfit(nodes, values, _POINTS - 1)
    return float(abs(terms[_TERMS]))


def _core(low: float, high: float, middle: float) -> tuple[Target, Target]:
    """The difference quotient; errors of the logarithm count in units of 1."""
    ends = Fraction(low) - Fraction(middle), Fraction(high) - Fraction(middle)
    there, less = (_MILLS.format(f"{form}{Fraction(middle)}") for form in ("x + ", ""))
    return core_target(f"({there} - {less}) / x", *ends), core_target("1 / x", *ends)


def _magnitude(code: Assembly, limit: float) -> int:
    return code.do("abs", clamped(code, 0, -limit, min(limit, NOTHING)))


def _made_again(code: Assembly, value: int, magnitude: int, reduced: int) -> None:
    """The result, of g for the value."""
    shifted, whole, square, lost = _exponent(code, value, magnitude, reduced)
    high, low = (code.single(-part) for part in split_constant(LOG2, 2, 14))
    # Without rounding: these have few bits, or cancel.
    first = code.do("fadd", code.do("fma", whole, high, square), value)
    second = code.do("fma", reduced, CORE, code.do("fma", whole, low, lost))
    power = code.do("fadd", first, second)
    half = Fraction(1, 2) + Fraction(1, 64)
    ends = tuple(Fraction(rounded((_LESS + s * float(half)) / LOG2E)) for s in (-1, 1))
    share = polynomial(code, power, "(expm1(x) - x) / x**2", (ends[0], ends[1]), 4, "x**2")
    behind = code.do("fma", code.do("fmul", power, power), share, second)
    # All of a + a t but what is behind, and what is lost of it: the sum is rounded but once.
    most = code.do("fma", magnitude, first, magnitude)
    rest = code.do("fma", magnitude, first, code.do("fsub", magnitude, most))
    result = code.do("fadd", most, code.do("fma", magnitude, behind, rest))
    tail = _scaled(code, result, shifted)
    code.do("fsub", code.do("max", 0, code.single(0.0)), tail)


def _exponent(
    code: Assembly, value: int, magnitude: int, reduced: int
) -> tuple[int, int, int, int]:
    """The exponent with a number added in the last bits of a float, itself, -a^2 / 2 in two."""
    added, turns = _few_bits()
    minus = code.do("fmul", magnitude, code.single(-0.5))
    moved = code.do("fma", magnitude, minus, code.single(-added))
    square = code.do("fadd", moved, code.single(added))
    lost = code.do("fma", magnitude, minus, code.do("neg", square))
    logarithm = code.do("fadd", moved, code.do("fma", reduced, CORE, value))
    # The number that is in it still turns what is rounded by as much as it shall be.
    shifted = code.do("fma", logarithm, code.single(LOG2E), code.single(MAGIC + _HALVES + turns))
    return shifted, code.do("fsub", shifted, code.single(MAGIC + _HALVES)), square, lost


@lru_cache(maxsize=1)
def _few_bits() -> tuple[float, int]:
    """A number to be added to -a^2 / 2, and the whole number that it is in powers of two.

    It is of those that leave it with as many bits the one that is nearest to a whole number and the
    share of one by which k is less.
    """
    tried = np.arange(_LEAST, _LEAST + 1.0, _LAST)
    powers = tried * rounded(LOG2E) - _LESS
    nearest = int(np.argmin(np.abs(powers - np.rint(powers))))
    return float(tried[nearest]), math.floor(powers[nearest] + 0.5)


def _scaled(code: Assembly, value: int, shifted: int) -> int:
    """A value times 2^k in two steps: right for all results."""
    word, place = code.do("bits", shifted), code.word(PLACE)
    half = code.do("shr", word, code.word(1))
    for part in (half, code.do("isub", word, half)):
        value = code.do("fmul", value, code.do("float", code.do("shl", part, place)))
    return value
