"""What reductions are made of: split constants, powers of two by bits, fixed polynomials.

Constants are split so that products with the small whole numbers of a reduction are exact, or
nearly (Cody and Waite, Software Manual for the Elementary Functions, 1980); they are computed here.
"""

from fractions import Fraction

import numpy as np
from flint import arb

from elitemap.formulas.precision import precision
from elitemap.searchspaces.elementary.float32.assembly import MAGIC, Assembly, bits, rounded
from elitemap.searchspaces.elementary.float32.reduction import core_target
from elitemap.searchspaces.elementary.targets import split

#: How much wider than the exact one a reduced domain is: arguments are reduced with rounding.
SLACK = Fraction(1, 2**18)

#: Of the bits of a float32: what is added to an exponent, and where it stands.
BIAS, PLACE = 127, 23

#: The least normal number.
LEAST = 2.0**-126

#: exp of it is rounded to 0.
LEAST_EXP = -104.0

#: Points for each coefficient of a fixed polynomial.
_POINTS = 8

with precision(160, 1):
    LOG2, PI = arb(2).log(), arb.pi()
    LOG2E = float((1 / LOG2).mid())

#: Half the width of the reduced domain of exp, as :func:`nearest` leaves it.
HALF_EXP = Fraction(rounded(1.0 / LOG2E)) * (Fraction(1, 2) + SLACK)


def split_constant(value: arb, parts: int, kept: int) -> list[float]:
    """A constant as a sum of float32.

    Args:
        value: The constant, as a ball of at least 128 bits.
        parts: How many.
        kept: Mantissa bits of all parts but the last, which has 24.
    """
    high, low = split(value)
    rest = Fraction(high) + Fraction(low)
    found = []
    for k in range(parts):
        part = rounded(float(rest))
        if k + 1 < parts:
            scale = Fraction(2) ** (kept - 1 - _exponent(part))
            part = float(Fraction(round(rest * scale)) / scale)
        found.append(part)
        rest -= Fraction(part)
    return found


def _exponent(value: float) -> int:
    return (bits(abs(value)) >> PLACE) - BIAS


def clamped(code: Assembly, x: int, low: float, high: float) -> int:
    """The number in [low, high] next to x; NaN for NaN."""
    return code.do("min", code.do("max", x, code.single(low)), code.single(high))


def nearest(code: Assembly, x: int, scale: float | None, parts: int = 2) -> tuple[int, int]:
    """The whole number k next to x times a scale, in the last bits of a float, and x - k / scale.

    Args:
        code: Where it is written.
        x: Number of a value.
        scale: None for 1; else log2(e), by whose inverse is reduced.
        parts: In how many parts.
    """
    magic = code.single(MAGIC)
    if scale is None:
        shifted = code.do("fadd", x, magic)
        return shifted, code.do("fsub", x, code.do("fsub", shifted, magic))
    shifted = code.do("fma", x, code.single(scale), magic)
    whole = code.do("fsub", shifted, magic)
    for part in split_constant(LOG2, parts, 15):
        x = code.do("fma", whole, code.single(-part), x)
    return shifted, x


def scaled(code: Assembly, value: int, shifted: int) -> int:
    """A value times 2^k by a sum of bits: right where the result is a normal number."""
    power = code.do("shl", code.do("bits", shifted), code.word(PLACE))
    return code.do("float", code.do("iadd", code.do("bits", value), power))


def scaled_twice(code: Assembly, value: int, shifted: int) -> int:
    """A value times 2^k in two steps: right for all results."""
    whole = code.do("isub", code.do("bits", shifted), code.word(bits(MAGIC)))
    half = code.do("shr", whole, code.word(1))
    for part in (half, code.do("isub", whole, half)):
        value = code.do("fmul", value, power_of_two(code, part))
    return value


def power_of_two(code: Assembly, whole: int) -> int:
    """2^k of a word k from -126 to 127."""
    biased = code.do("iadd", whole, code.word(BIAS))
    return code.do("float", code.do("shl", biased, code.word(PLACE)))


def polynomial(
    code: Assembly,
    x: int,
    expression: str,
    ends: tuple[Fraction, Fraction],
    degree: int,
    weight: str = "1",
) -> int:
    """A fixed polynomial near a function, by Horner's rule: parts that no search varies.

    It has the least sum of squares at Chebyshev's points, which is near the least largest error;
    its coefficients are rounded.

    Args:
        code: Where it is written.
        x: Number of the argument.
        expression: The function.
        ends: Where.
        degree: Of the polynomial.
        weight: What errors count, as a function.
    """
    low, high = map(float, ends)
    many = _POINTS * (degree + 1)
    nodes = np.cos(np.pi * (np.arange(many) + 0.5) / many)
    points = (low + high) / 2 + (high - low) / 2 * nodes
    values, weights = (core_target(f, *ends).sample(points)[0] for f in (expression, weight))
    fitted = np.polynomial.chebyshev.chebfit(nodes, values, degree, w=weights)
    plain = np.polynomial.Chebyshev(fitted, domain=[low, high]).convert(
        kind=np.polynomial.Polynomial
    )
    *rest, first = plain.coef.tolist()
    value = code.single(first)
    for coefficient in reversed(rest):
        value = code.do("fma", value, x, code.single(coefficient))
    return value


def power(code: Assembly, x: int) -> tuple[int, int]:
    """By a fixed polynomial: k in the last bits of a float, and exp(x) / 2^k of a value x."""
    shifted, reduced = nearest(code, x, LOG2E)
    return shifted, polynomial(code, reduced, "exp(x)", (-HALF_EXP, HALF_EXP), 6)
